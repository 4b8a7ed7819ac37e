"""Annotations: tours, notes and snippets, their places in the sources, and the rules they keep.

| module | does |
|---|---|
| `frontmatter`, `tour`, `snippet` | files to values, every key read, every finding gathered |
| `selector`, `places`, `find`, `shortest` | the selector grammar, both ways |
| `locate`, `lock` | an anchor's place, and whether it is still the locked one |
| `order` | steps in the order in which the call graph is read |
| `rules` | what `check` says about a tour |
"""
