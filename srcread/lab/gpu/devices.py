"""torch's CUDA where there is none, and one process of a group: what an engine asks of both.

- Tensors that are made on, or moved to, the GPU stay on the CPU; pinned memory is plain memory.
- Memory is as much as a `Memory` says: nothing is measured.
- `torch.compile` gives the function itself, which computes what its Python says.
- The process is one `rank` of `world_size`. To talk to others raises, unless there are none.

Each is replaced until the block ends, by `unittest.mock.patch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from typing import Any
from unittest.mock import patch

import torch
import torch.distributed

from srcread.lab.gpu.flash import StandInError

_FACTORIES = ("arange", "empty", "full", "ones", "rand", "randint", "randn", "tensor", "zeros")
_ALONE = ("all_gather", "all_reduce", "broadcast", "gather", "scatter")


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of a GPU as torch tells of it, in bytes.

    `free` is what no process has taken, all where it is None. `current` is what torch's tensors
    take now, `peak` the most that they took.
    """

    total: int = 1 << 30
    free: int | None = None
    current: int = 0
    peak: int = 0


def standing_in_for_cuda(stack: ExitStack, memory: Memory) -> Iterator[str]:
    """Put torch's CUDA functions into place; tell for what."""
    if torch.cuda.is_available():
        return
    for name in _FACTORIES:
        stack.enter_context(patch.object(torch, name, _on_cpu(getattr(torch, name))))
    stack.enter_context(patch.object(torch.Tensor, "cuda", _stays))
    stack.enter_context(patch.object(torch, "set_default_device", _nothing))
    yield "device='cuda' and pin_memory of torch"
    free = memory.total if memory.free is None else memory.free
    told = {"allocated_bytes.all.current": memory.current, "allocated_bytes.all.peak": memory.peak}
    functions: dict[str, Callable[..., Any]] = {
        "mem_get_info": lambda *_: (free, memory.total),
        "memory_stats": lambda *_: dict(told),
        **dict.fromkeys(
            ("set_device", "empty_cache", "reset_peak_memory_stats", "synchronize"), _nothing
        ),
    }
    for name, function in functions.items():
        stack.enter_context(patch.object(torch.cuda, name, function))
    yield "torch.cuda's memory and synchronisation"


def standing_in_for_compiling(stack: ExitStack) -> Iterator[str]:
    """Let `torch.compile` give the function that it is given; tell for what."""
    stack.enter_context(patch.object(torch, "compile", _as_it_is))
    yield "torch.compile"


def standing_in_for_a_group(stack: ExitStack, rank: int, world_size: int) -> Iterator[str]:
    """Let this process be one of a group; tell for what."""
    functions: dict[str, Callable[..., Any]] = {
        "get_rank": lambda *_: rank,
        "get_world_size": lambda *_: world_size,
        **dict.fromkeys(("init_process_group", "destroy_process_group"), _nothing),
        "barrier": _nothing if world_size == 1 else _refuse("barrier"),
        **{name: _refuse(name) for name in _ALONE},
    }
    for name, function in functions.items():
        stack.enter_context(patch.object(torch.distributed, name, function))
    yield f"torch.distributed: rank {rank} of {world_size}"


def _on_cpu(factory: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(factory)
    def make(*arguments: Any, **named: Any) -> Any:
        if str(named.get("device", "")).startswith("cuda"):
            named["device"] = "cpu"
        named.pop("pin_memory", None)
        return factory(*arguments, **named)

    return make


def _stays(tensor: torch.Tensor, *arguments: object, **named: object) -> torch.Tensor:
    return tensor


def _nothing(*arguments: object, **named: object) -> None:
    return None


def _as_it_is(function: Any = None, **options: object) -> Any:
    return function if function is not None else lambda given: given


def _refuse(name: str) -> Callable[..., Any]:
    def alone(*arguments: object, **named: object) -> Any:
        raise StandInError(f"{name} needs the other processes of the group, which are not here.")

    return alone
