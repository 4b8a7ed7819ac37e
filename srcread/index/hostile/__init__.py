"""Files that may do harm: parsed in processes with limits, so that one costs itself, not the run.

A parser in C may hang, or eat all memory, on a few kilobytes of brackets. What is suspicious is
tried here before `srcread.index.parse` parses it; what is many is parsed here anyway.

| module | does |
|---|---|
| `pool` | several workers; the file that ends one is blamed |
| `child` | the worker process, and the limits that it runs under |
"""
