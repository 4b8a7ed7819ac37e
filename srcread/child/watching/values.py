"""Describe values so that those of two runs can be compared, and rounding be told from change.

A description is a hash of everything exact (structure, types, texts, shapes, dtypes, sharing) with
two lists beside it: numbers, and tensors of floats. A tensor is described by a sketch of four sums,
its norm among them, each with its elements weighted otherwise: one changed element shows in all of
them, and another order of summation in none. So two branches that agree to rounding are the same.

Nothing here dispatches an operator while the snippet runs, for the snippet may be recording them:
the bytes of a storage are copied, and sketched when the snippet has come to its end. Values of
unknown classes are their attributes; no code of theirs is run. On a GPU a tensor is only its shape.
Of a network that the lab's stand-in records, each part is its names: any of them leads to the whole
network, which a walk from every call would take minutes for, and to addresses of memory. So the
numbers of a recorded constant are not compared: only a claim notices that they have changed.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import sys
import types
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

_DEEPEST = 16
_MOST_ITEMS = 2000
_MOST_ACTIVATIONS = 2000
_MOST_BYTES = 1 << 28
_LARGE = 1 << 22  # sketching more elements than this would take longer than the snippet
_ROUNDING = 3e-5
_RECORDED = "srcread.lab.tensorrt."
_NAMED = (types.FunctionType, types.BuiltinFunctionType, type)


class Values:
    """The descriptions of one run, in the order in which they were made."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._rows: list[list[Any]] = []
        self._held = 0

    def add(self, unit: int, ending: str, values: object) -> None:
        """Describe what one activation of a unit returned and what it was given, as it is now."""
        if len(self._rows) >= _MOST_ACTIVATIONS:
            return
        walk = _Walk(self)
        with _untouched():
            walk.visit(values, 0)
        text = blake2b("\n".join([ending, *walk.words]).encode("utf-8", "replace"), digest_size=12)
        self._rows.append([unit, text.hexdigest(), walk.tensors, walk.floats])

    def tensor(self, value: Any) -> int:
        """Return the number of a tensor's content; equal bytes have one number."""
        storage = value.untyped_storage()
        size, kind = storage.nbytes(), str(value.dtype)
        if value.device.type != "cpu" or self._held + size > _MOST_BYTES:
            key: tuple[Any, ...] = (kind, tuple(value.shape), "not read")
        else:
            data = ctypes.string_at(storage.data_ptr(), size) if size else b""
            nested = value.is_nested
            shape = None if nested else tuple(value.shape)
            layout = () if nested else (tuple(value.stride()), value.storage_offset())
            key = (kind, shape, layout, value.is_conj(), data)
        if key not in self._numbers:
            self._held += size
            self._numbers[key] = len(self._numbers)
        return self._numbers[key]

    def result(self) -> dict[str, Any]:
        """Return all descriptions as JSON; now operators may run."""
        with _untouched():
            return {"tensors": [_sketched(key) for key in self._numbers], "rows": self._rows}


class _Walk:
    """One walk over values: words that must be equal, and the floats and tensors among them."""

    def __init__(self, values: Values) -> None:
        self.words: list[str] = []
        self.floats: list[float | str] = []
        self.tensors: list[int] = []
        self._values = values
        self._seen: dict[int, int] = {}

    def visit(self, value: Any, depth: int) -> None:
        kind = type(value)  # not isinstance: that asks `__class__`, which may be anything
        if value is None or kind in (bool, int, complex) or value is Ellipsis:
            self.words.append(repr(value))
        elif kind is float:
            self.words.append("float")
            self.floats.append(value if math.isfinite(value) else repr(value))
        elif kind in (str, bytes):
            self.words.append(repr(value))
        elif kind in _NAMED:
            self.words.append(f"{value.__module__}.{value.__qualname__}")
        elif id(value) in self._seen:
            self.words.append(f"the same as {self._seen[id(value)]}")
        elif depth > _DEEPEST or len(self.words) > _MOST_ITEMS * _DEEPEST:
            self.words.append(f"a {kind.__qualname__}")
        else:
            self._seen[id(value)] = len(self._seen)
            self._structure(value, kind, depth)

    def _structure(self, value: Any, kind: type, depth: int) -> None:
        self.words.append(f"{kind.__module__}.{kind.__qualname__}")
        torch = sys.modules.get("torch")
        if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
            self._tensor(value)
        elif torch is not None and kind in (torch.dtype, torch.device, torch.layout):
            self.words.append(str(value))
        elif issubclass(kind, dict):
            self._items([part for item in list(dict.items(value)) for part in item], depth)
        elif issubclass(kind, (list, tuple)):
            base: Any = list if issubclass(kind, list) else tuple
            self._items(list(base.__iter__(value)), depth)
        elif issubclass(kind, (set, frozenset)):
            self.words += sorted(repr(type(item)) for item in value)
        elif kind.__module__ != "builtins":
            with contextlib.suppress(AttributeError):
                held = object.__getattribute__(value, "__dict__")
                names = sorted(name for name in held if isinstance(name, str))
                if kind.__module__.startswith(_RECORDED):
                    kept = [name for name in names if name != "address"]  # where weights lie
                    self.words += [f"{name} {_names(held[name])}" for name in kept]
                else:
                    self._items([part for name in names for part in (name, held[name])], depth)

    def _items(self, items: list[Any], depth: int) -> None:
        self.words.append(f"{len(items)} items")
        for item in items[:_MOST_ITEMS]:
            self.visit(item, depth + 1)

    def _tensor(self, value: Any) -> None:
        try:
            about = f"{value.dtype} {value.device.type} {value.layout} {value.requires_grad}"
            self.words.append(about if value.is_nested else f"{about} {tuple(value.shape)}")
            self.tensors.append(self._values.tensor(value))
        except Exception as error:  # sparse, fake and wrapped tensors have no bytes to read
            self.words.append(f"its bytes cannot be read: {type(error).__name__}")


def _names(held: Any) -> str:
    """Return what tells an attribute of a recorded part: a name, or the names of what it lists."""
    kind = type(held)
    if held is None or kind in (str, bool, int, float):
        return str(held)
    if issubclass(kind, (list, tuple)):
        return f"{len(held)}: {', '.join(map(_names, list(held)))}"
    try:
        own = object.__getattribute__(held, "__dict__")
    except AttributeError:
        return kind.__qualname__
    name = own.get("name", own.get("_name_"))
    return name if type(name) is str else kind.__qualname__


@contextlib.contextmanager
def _untouched() -> Iterator[None]:
    """Keep what the snippet has set up for torch's functions from seeing ours."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    with torch._C.DisableTorchFunction():
        yield


def _sketched(key: tuple[Any, ...]) -> list[Any]:
    """Return the exact part of a tensor, the tolerance of its sketch, and the sketch."""
    if key[-1] == "not read":
        return [repr(key), 0.0, []]
    kind, shape, layout, _, data = key
    torch: Any = sys.modules["torch"]
    dtype = getattr(torch, kind.partition(".")[2])
    exact = blake2b(repr((kind, shape)).encode(), digest_size=12)
    if not dtype.is_floating_point or not data:
        view = _contiguous(torch, dtype, shape, layout, data)
        exact.update(view)
        return [exact.hexdigest(), 0.0, []]
    flat = torch.frombuffer(bytearray(data), dtype=dtype)
    flat = flat if shape is None else flat.as_strided(shape, *layout).reshape(-1)
    if flat.numel() > _LARGE:
        exact.update(data)
        return [exact.hexdigest(), 0.0, []]
    return _sketch(torch, flat, exact)


def _contiguous(torch: Any, dtype: Any, shape: Any, layout: Any, data: bytes) -> bytes:
    """Return the bytes of the elements that a view shows, in order."""
    if shape is None or not data or dtype.is_complex or not hasattr(dtype, "itemsize"):
        return data
    whole = torch.frombuffer(bytearray(data), dtype=dtype).as_strided(shape, *layout)
    flat = whole.reshape(-1).contiguous().view(torch.uint8)
    return bytes(flat.tolist())


def _sketch(torch: Any, flat: Any, exact: Any) -> list[Any]:
    epsilon = torch.finfo(flat.dtype).eps
    wide = flat.detach().to(torch.float64)
    finite = torch.isfinite(wide)
    if not bool(finite.all()):
        odd = torch.nan_to_num(wide, nan=2.0, posinf=1.0, neginf=-1.0).masked_fill(finite, 0.0)
        exact.update(bytes(int(each) + 1 for each in odd.tolist()))
        wide = wide.masked_fill(~finite, 0.0)
    place = torch.arange(wide.numel(), dtype=torch.float64, device="cpu")
    scale = 1 / math.sqrt(max(1, wide.numel()))
    sums = [wide.norm() * scale]
    for weights in (torch.cos(1.1 * place), torch.sin(2.3 * place + 1), torch.cos(0.7 * place + 2)):
        sums.append((wide * weights).sum() * scale)
    tolerance = _ROUNDING if epsilon < 1e-5 else 8 * epsilon
    return [exact.hexdigest(), tolerance, [float(f"{float(one):.7g}") for one in sums]]
