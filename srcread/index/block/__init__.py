"""One block of code, a module's, a class's or a function's, read in a single pass.

| module | does |
|---|---|
| `scope` | the pass over statements: what a block binds, calls, runs implicitly, fills and tests |
| `expressions` | the same pass, inside expressions |
| `bindings` | what it gathers, as data |
| `targets` | what an assignment, `case` or comprehension binds |
| `operations` | what one operator, loop or stored attribute may run |
| `facts` | what a test says about a name |
"""
