"""docs/figures.md: what the call graph finds of what ran, what it costs, and what others find.

Each subject is read as a person types it, by the command, cold; what its scenarios ran is the truth
(`benchmarks.call_graph`). Other tools get the files in which anything ran. Results are kept as
numbers in results.json, so that a part of them can be measured anew; the page is written from them.
"""
