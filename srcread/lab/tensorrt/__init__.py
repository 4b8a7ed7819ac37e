"""A stand-in for TensorRT: it records the network that a framework defines, and computes it.

    from srcread.lab.tensorrt import standing_in

A framework builds its graph by calls to `tensorrt`, which most machines cannot have. The stand-in
takes the calls, keeps each with the line that made it, and computes the graph with torch, so that
the framework's own graph can be compared with another implementation. It builds no engine, chooses
no kernel, measures nothing, and knows no plugin's kernel.

| module | does |
|---|---|
| `stand_in` | the door: puts the stand-in into place and takes it away |
| `companions` | stands in for what a framework loads beside TensorRT |
| `api` | TensorRT's names, which record |
| `evaluation` | computes what was recorded |
| `outline` | shows what was recorded, as data and as a text |
| `shown` | what a snippet shows of it on its note's page |
"""

from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.evaluation.run import evaluate
from srcread.lab.tensorrt.outline import calls_by_line, layers_by_module, outline
from srcread.lab.tensorrt.stand_in import StandIn, install, standing_in

__all__ = [
    "StandIn",
    "StandInError",
    "calls_by_line",
    "evaluate",
    "install",
    "layers_by_module",
    "outline",
    "standing_in",
]
