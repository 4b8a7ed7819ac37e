"""Traces: scenarios run and watched, recorded and read.

| module | does |
|---|---|
| `scenario` | a scenario script to its title, group and text, without running it |
| `files` | `traces/<scenario>.<device>.json`, written only when it says something new |
| `content` | the content of such a file to a Trace, with suspicion |
| `record` | scenarios to traces: four runs each, compared |
| `coverage` | which lines of which functions the traces of a tour run, and why not the others |

Reading is light and serves a build; `record` brings subprocess and libcst, and only `trace` imports
it.
"""
