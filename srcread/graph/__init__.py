"""The static call graph: from an entry down, every call site, to native operators.

| module | does |
|---|---|
| `walk` | the worklist: contexts in, edges out |
| `entries` | what a user types to where the walk starts |
| `reach/` | one call site, operator or attribute to its callees |
| `infer/` | expressions to abstract values |
| `native` | compiled modules and ATen operators |
| `unnamed` | the rows of a user's idioms that name nothing |
| `idioms` | what is known of frameworks, all of it in data that users extend |
| `observe` | what recorded traces went, merged in |
| `present` | the graph as a tree and as JSON |
"""
