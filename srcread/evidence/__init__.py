"""The evidence room: records of runs, read with suspicion and weighed against notes as they are.

| module | does |
|---|---|
| `files` | `evidence/<stem>.json`, written only when it says something new |
| `runs` | a run as JSON, both ways; `lab`, `reasons`: parts; `format1`: the older form |
| `loading`, `fields` | JSON read with suspicion |
| `bounds`, `contradictions` | what no run can have written |
| `admission` | what a run must be to be written at all |
| `standing` | what recorded runs say about a note now; `elsewhere`: those on other versions |
| `grading` | the grade of a run, and what a control's id says |
| `findings` | what `check` says about evidence |
| `sentences` | reasons in words |
| `intoto` | a run as an in-toto statement, both ways |
| `traces` | recorded runs of scenarios |

**Invariant.** Only files are read and written here: no process is started, no code is parsed, and a
record that is damaged or contradicts itself never confirms. What runs is `srcread.running`.
"""

from srcread.evidence.files import evidence_path, read_evidence, record_run
from srcread.evidence.findings import check_evidence, check_superseded, check_versions
from srcread.evidence.standing import standing

__all__ = [
    "check_evidence",
    "check_superseded",
    "check_versions",
    "evidence_path",
    "read_evidence",
    "record_run",
    "standing",
]
