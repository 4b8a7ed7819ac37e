"""What the page of figures says around its tables."""

from __future__ import annotations

HEAD = """\
# Figures

What srcread's call graph finds of what really ran, what it costs, and what other tools find.
`python -m benchmarks.figures` measures and writes this page; its docstring says how. Read with
{versions}.

**The truth.** Each subject is a small random configuration of a model, run in several ways on a
CPU: training, evaluation, with masks, with a cache, by each of its attentions. A profiler records
every call below the entry, at the exact range of its expression, with the function that it went
to (`benchmarks/call_graph`). What an import runs and calls inside compiled code are left out.

**A share** is followed by its numerator and denominator. Time is CPU (user and system) of whole
processes, as a ratio to a unit: `ast.parse` over every file of torch/nn, taken beside it. Memory
is the largest resident size of a process.
"""

OWN = """\
## What ran, and what the graph says

The entry is what a person types, and nothing is in the cache. Columns stand in the order of what
is farthest below its goal; the ones without a goal follow.

- *module calls*: places where `module(...)` ran, with the forward that ran there. Found is the
  same forward at the same place.
- *own explicit calls*: call expressions in the subject's own files, to Python functions.
- *builtins*: the same, to compiled functions of torch.
- *right of resolved*, *right of all*: of the edges at a place that ran, those that a run took. An
  edge counts against the graph if its place ran and never went there; an edge at a place that did
  not run is not judged. This is a bound: a further run might take the edge. *All* has the edges
  that are marked as possible, too.
- *unresolved*: call sites with an edge that has a reason in the place of a callee.
- *built, never entered*: classes with an `__init__` and a `forward` of their own, of which the
  graph has the first alone. The number counts those that a run entered; in parentheses, all: a
  part may be built and never called in truth.
- *functions*: how many the graph has walked or folded.
"""

BESIDE = """\

## Beside other tools

Each tool gets the files in which anything of a subject ran, with the `__init__.py` of the
packages around them and the stubs of torch's compiled functions, and is run as its documentation
says. It need not find an entry or a package; srcread is run as above, from the entry, over whole
installed packages. jedi, which answers one question at a time, is asked at every call of the
subject's own files. pyan3's uses are taken for calls. A class stands for its constructor. Edges
without a target in the tool's own graph are left out.

Pairs of caller and callee are compared, as most tools give no places of calls. *Right of what is
said* takes the pairs out of functions whose every line ran. The columns in which another tool is
ahead stand first.
"""

MICRO = """\

## Programs of PyCG and Jarvis

The published micro-benchmark programs as they are: the entry is the file `main.py`, its own code
included. A program is exact if the edges are those of its published expectation, under the
mapping that `benchmarks/figures/micro.py` states.
"""

PROGRAMS = {
    "PyCG": ("micro-benchmark/snippets", "--pycg"),
    "Jarvis": ("ground_truth/micro_benchmark", "--jarvis"),
}
"""The programs by name: where they lie in a checkout, and the option that names it."""
