"""Maps of models: a run's modules as nested blocks, drawn as the papers draw them.

| module | does |
|---|---|
| `run` | questions about the activations of a run, and of a function's syntax |
| `flow` | statement by statement: which value went where; with `calls`, `loops`, `values` |
| `static` | the call graph in the form of a run, where nobody has run the model |
| `whole` | which maps a tour has, and what fused blocks take the place of |
| `folding` | folds what is too much for one picture |
| `drawing/` | blocks arranged, laid out and written as SVG; `figure` puts them on a page |

No model is known here, and no class by its name: what a block is, its calls and operators say. Left
out: values, sizes in bytes and time, which no trace has.
"""
