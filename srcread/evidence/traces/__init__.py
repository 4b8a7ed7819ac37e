"""Traces: what recorded runs of scenarios were seen to do, read from files.

| module | does |
|---|---|
| `scenario` | a scenario script to its title, group and text, without running it |
| `files` | `traces/<scenario>.<device>.json`, written only when it says something new |
| `content` | the content of such a file to a Trace, with suspicion |

`srcread.running.traces` records them; `srcread.opening.coverage` tells which lines they run.
"""
