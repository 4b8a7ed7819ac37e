"""Native callees: what compiled modules hold, and the ATen operators behind them.

| module | gives |
|---|---|
| `natives` | `Natives`: the door; stubs of compiled modules, operators by a callee's name |
| `declared` | what a native name stands for, by stubs and the list of operators |
| `stubs` | the declarations of one stub, found by its text |
| `operators` | operators out of native_functions.yaml, with the kernels of structured ones |
| `overloads` | which overload a call means, as far as its form tells |
| `derivatives` | the functions that an operator's backward calls, out of derivatives.yaml |
| `cpp` | the hand-checked table of C++ files, and of plugins by name |

The yaml and stub files are large (0.5, 0.2 and 1.1 MB) and few names of them are asked for, so they
are searched as text and only the blocks that are reached are read; a YAML parser needs 220 ms.
"""

from srcread.graph.native.declared import Kind
from srcread.graph.native.natives import Natives

__all__ = ["Kind", "Natives"]
