"""What a run came to: its output to the byte, and where the random generators stand.

A digest is taken of each tensor's bytes, with its type and shape, so that two runs can be told
apart without keeping either's tensors.
"""

from __future__ import annotations

import ctypes
import hashlib
import random
import sys
from collections.abc import Callable
from typing import Any


def outcome(
    module: dict[str, Any], load: Callable[[str], Any], every: bool = False
) -> dict[str, Any]:
    """Return digests of a script's `output`, part by part, and of the random generators.

    With `every`, of one that has no `output`, those of all that it left in its variables.
    """
    left = ["output"] if "output" in module else _variables(module) if every else []
    if not left:
        return {"output": None, "random": ""}
    clean = load("describing").clean
    parts = [part for name in left for part in _parts(module[name], name, clean)]
    return {"output": parts, "random": _random()}


def _variables(module: dict[str, Any]) -> list[str]:
    return [name for name in module if not name.startswith("_")]


def _parts(value: Any, name: str, clean: Callable[[str], str]) -> Any:
    """Yield [name, what it is, digest] of every part of a value."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        yield from _tensor(torch, value, name)
    elif isinstance(value, (tuple, list)):
        yield [name, type(value).__name__, str(len(value))]
        for number, item in enumerate(value):
            yield from _parts(item, f"{name}[{number}]", clean)
    elif isinstance(value, dict):
        yield [name, "dict", str(len(value))]
        for key in value:
            yield from _parts(value[key], f"{name}[{key!r}]", clean)
    elif isinstance(value, BaseException):
        yield [name, type(value).__name__, clean(" ".join(str(value).split()))[:200]]
    else:
        plain = value is None or isinstance(value, (bool, int, float, complex, str, bytes))
        yield [name, type(value).__name__, repr(value)[:200] if plain else ""]


def _tensor(torch: Any, value: Any, name: str) -> Any:
    if value.device.type == "meta":
        yield [name, f"{value.dtype} meta", str(tuple(value.shape))]
        return
    if value.is_nested:
        yield [name, f"nested {value.dtype}", str(value.size(0))]
        for number, item in enumerate(value.unbind()):
            yield from _tensor(torch, item, f"{name}[{number}]")
        return
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        data = _bytes(value.detach().resolve_conj().resolve_neg().cpu().contiguous())
    about = f"{type(value).__name__} {value.dtype} {value.device.type} {tuple(value.shape)}"
    yield [name, about, hashlib.sha256(data).hexdigest()]


def _bytes(flat: Any) -> bytes:
    return ctypes.string_at(flat.data_ptr(), flat.numel() * flat.element_size())


def _random() -> str:
    state = hashlib.sha256(repr(random.getstate()).encode())
    torch = sys.modules.get("torch")
    if torch is not None:
        states = [torch.get_rng_state()]
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            states += torch.cuda.get_rng_state_all()
        for item in states:
            state.update(_bytes(item))
    return state.hexdigest()
