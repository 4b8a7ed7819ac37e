"""Annotations: tours, notes and snippets, their places in the sources, and the rules they keep.

| module | does |
|---|---|
| `format/` | files to values, every key read, every finding gathered |
| `anchors/` | the selector grammar both ways, an anchor's place, and its lock |
| `snippet`, `snippet_rules` | the claims that a snippet makes, and what no claim may be |
| `order`, `resolve` | steps in their places, in the order in which the call graph is read |
| `rules`, `accept` | what `check` says, what `--fix` mends, what a person agrees with |
| `scaffold` | the files of a new step |
| `lookup` | what the room needs to know of the sources |
"""
