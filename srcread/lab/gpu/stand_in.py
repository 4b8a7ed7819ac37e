"""What a snippet calls: it puts the stand-ins into the place of what needs a GPU, for one block.

When the block ends, the modules that it imported of the framework are forgotten, for what they hold
of the stand-ins would serve nobody, and what was there before is back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from typing import Any

from srcread.lab import told
from srcread.lab.gpu.devices import (
    Memory,
    standing_in_for_a_group,
    standing_in_for_compiling,
    standing_in_for_cuda,
)
from srcread.lab.gpu.flash import flash_attn_module
from srcread.lab.gpu.triton import triton_modules
from srcread.lab.tensorrt.companions import replaced


@dataclass(slots=True)
class StandIn:
    """What stands in while the block runs, in words: for the evidence."""

    stood_in_for: tuple[str, ...] = ()

    def account(self) -> dict[str, Any]:
        """Return what evidence must say of it, as JSON values."""
        return {"stood_in": list(self.stood_in_for), "references": [], "networks": []}


@contextmanager
def standing_in(
    framework: str,
    *,
    memory: Memory | None = None,
    rank: int = 0,
    world_size: int = 1,
    compiling: bool = False,
) -> Iterator[StandIn]:
    """Let a framework find flash-attn, Triton, CUDA and a group of processes.

    `framework` is the package whose modules are forgotten at the end. With `compiling`,
    torch.compile stays as it is.
    """
    stand_in = StandIn()
    told.stand_ins.append(stand_in.account)
    before = {name for name in sys.modules if _belongs(name, framework)}
    modules = {"flash_attn": flash_attn_module(), **triton_modules()}
    for name, module in modules.items():  # who looks for a package looks for its spec
        module.__spec__ = ModuleSpec(name, None, is_package=hasattr(module, "__path__"))
    with ExitStack() as stack:
        stack.enter_context(replaced(sys.modules, modules))
        words = ["flash_attn", "triton", *standing_in_for_cuda(stack, memory or Memory())]
        words += standing_in_for_a_group(stack, rank, world_size)
        if not compiling:
            words += standing_in_for_compiling(stack)
        stand_in.stood_in_for = tuple(words)
        try:
            yield stand_in
        finally:
            for name in [name for name in sys.modules if _belongs(name, framework)]:
                if name not in before:
                    del sys.modules[name]


def _belongs(name: str, framework: str) -> bool:
    return name == framework or name.startswith(f"{framework}.")
