"""The parent of a run: plans what a child process is told, starts it, judges what it reports.

| module | does |
|---|---|
| `plan` | what a child is told, with the texts of its modules |
| `runner` | starts children and yields what each run passed on |
| `judge` | from what was passed on to a verdict |
| `batch` | all runs of several notes: plain, watched, changed |
| `imports` | whether a framework can be imported at all, where a snippet was stopped |
| `traces` | scenarios to traces: four runs each, compared |
| `claims` | how claims are made to report themselves |
| `targets` | what a note is about, as a run can watch it |
| `second_runs` | a snippet again, with its targets watched; `executed`: again, looked at whole |
| `controls` | changes of the source, to see whether claims notice |

**Invariant.** No framework is imported here; code that is not srcread's own runs in `srcread.child`
and nowhere else.
"""
