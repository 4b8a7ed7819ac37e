"""Stand-ins for what needs a GPU: flash-attn's paged attention, Triton's language, torch's CUDA.

    from srcread.lab.gpu import standing_in

    with standing_in("engine", memory=Memory(total=1 << 30)) as stand_in:
        from engine import Runner  # imports flash_attn and triton, and asks torch for CUDA

A framework that serves models on GPUs is mostly Python: which tokens go into a batch, where keys
and values lie, what a kernel is told. With its kernels stood in for by torch on a CPU all of that
runs as it is, and what comes out can be compared with another implementation. Nothing is measured,
and no kernel of flash-attn or compiled by Triton runs.

| module | does |
|---|---|
| `stand_in` | the door: puts the stand-ins into place and takes them away |
| `flash` | flash-attn's two functions for sequences of several lengths and for a paged cache |
| `triton` | Triton's language, as far as kernels that move data need it: one program at a time |
| `devices` | torch's CUDA where there is none: tensors stay, memory is as much as a snippet says |
"""

from srcread.lab.gpu.devices import Memory
from srcread.lab.gpu.flash import StandInError
from srcread.lab.gpu.stand_in import StandIn, standing_in

__all__ = ["Memory", "StandIn", "StandInError", "standing_in"]
