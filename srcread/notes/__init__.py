"""Annotations: tours, notes and snippets, their places in the sources, and the rules they keep.

| module | does |
|---|---|
| `format/` | files to values, every key read, every finding gathered |
| `anchors/` | the selector grammar both ways, an anchor's place, and its lock |
| `claims`, `snippet`, `snippet_rules` | what a claim is, which a snippet makes, what none may be |
| `order`, `resolve` | steps in their places, in the order in which the call graph is read |
| `rules`, `accept` | what `check` says, what `--fix` mends, what a person agrees with |
| `scaffold` | the files of a new step |
| `lookup` | what the room needs to know of the sources |
"""
