"""A tour or an entry, opened: its sources, graph, notes in their places, and recorded runs.

**Invariant.** Opening reads files and runs nothing; where a tour's sources cannot be had, its
graph.json stands in for them, and what is not known is said.
"""
