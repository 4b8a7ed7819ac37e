"""How much of what really runs the static call graph knows: recall and precision, measured.

A process of its own runs scenarios of a model and records which function called which, and where
(`record`); the static graph of the same entry is held against that (`compare`) and told as a table,
the hardest misses and the false edges (`report`). Run it by `python -m benchmarks.call_graph`.
"""
