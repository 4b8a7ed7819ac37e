"""Named dimensions: which variable of a function a number in a recorded shape is.

| module | does |
|---|---|
| `values` | dimensions as products of symbols, and what operations make of them |
| `binding` | which names statements bind |
| `expressions` | what an expression gives |
| `activation` | follows the statements that ran, and names what stands on the page |

No name is better than a wrong one: a name is there only where syntax proves it, and where no
recorded number speaks against it.
"""
