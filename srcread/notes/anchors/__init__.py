"""Anchors: places in a symbol by name, both ways, and whether they are still the locked ones.

| module | does |
|---|---|
| `selector` | the grammar |
| `gather`, `places`, `names`, `statements` | a symbol's places and what each answers to |
| `find`, `shortest` | a selector to its places, a place to its shortest telling selector |
| `locate`, `lock` | an anchor's place in the sources, held against what was locked |
"""
