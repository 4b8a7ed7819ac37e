"""A recorded network computed with torch: a tensor when it is asked, or a whole network at once.

| module | does |
|---|---|
| `run` | computes tensors from their inputs, in order and once |
| `inference` | tells shapes and types from two runs |
| `pointwise`, `reductions`, `shapes`, `spatial` | compute one layer each, by family |
| `plugins` | the outputs of a plugin: by a reference that was given, or in shape only |
"""
