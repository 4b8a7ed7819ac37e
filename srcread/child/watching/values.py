"""Describe values so that those of two runs can be compared, and rounding be told from change.

A description is a hash of everything exact (structure, types, texts, shapes, dtypes, sharing) with
two lists beside it: numbers, and tensors of floats, which `sketches` makes comparable. Nothing here
dispatches an operator while the snippet runs, for the snippet may be recording them: the bytes of a
storage are copied, and sketched when the snippet has come to its end.

Each activation has a row, up to a number of them; what comes after is one row for each unit. Of
more floats and tensors than can be listed there is only an exact digest. Where something could not
be looked into, or was too much, the unit counts as not wholly seen: a change that shows nothing may
be one that was not looked at. On a GPU a tensor is only its shape.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

decided = bytearray(1)  # 1 as soon as a claim of this run was false, which values cannot undo

_MOST_ACTIVATIONS = 2000
_MOST_LISTED = 50_000  # floats and tensors; a record of more would be too long
_MOST_BYTES = 1 << 28
_TENSOR = "torch._C.TensorBase"
_FORMATS = {"f": "torch.float32", "d": "torch.float64", "e": "torch.float16"}


class Values:
    """The descriptions of one run, in the order in which they were made.

    `load` gives the other modules of this folder; `text_of` tells the text of a code that a unit
    of this number holds, or None.
    """

    def __init__(
        self,
        load: Callable[[str], Any],
        text_of: Callable[[int, Any], Any] = lambda unit, code: None,
    ) -> None:
        self.natives, self.text_of = load("natives"), text_of
        self.clean = load("describing").clean
        self._walk, self._sketched = load("walking").Walk, load("sketches").sketched
        self._torch: Any = None
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._keys: list[tuple[Any, ...]] = []
        self._digests: dict[int, str] = {}
        self._rows: list[list[Any]] = []
        self._rest: dict[int, _Rest] = {}
        self._partial: set[int] = set()
        self._held = self._listed = 0
        self.torch()

    def torch(self) -> Any:
        """Return torch, once it is imported: of its own classes, and no other in its place."""
        if self._torch is None:
            found = sys.modules.get("torch")
            native = vars(found).get("Tensor") if type(found) is type(sys) else None
            if isinstance(native, type) and self.natives.base_of(native, _TENSOR):
                self._torch = found
        return self._torch

    def add(self, unit: int, ending: str, values: object, classes: Sequence[type] = ()) -> None:
        """Describe what one activation of a unit gave and what it was given, as it is now.

        Of `classes`, what they hold themselves, too.
        """
        walk = self._walk(self, unit)
        with self._untouched():
            walk.visit(values)
            for kind in classes:
                walk.visit_class(kind)
        if not walk.whole:
            self._partial.add(unit)
        text = blake2b("\n".join([ending, *walk.words]).encode("utf-8", "replace"), digest_size=12)
        self._listed += len(walk.tensors) + len(walk.floats)
        if self._listed > _MOST_LISTED:
            text.update(repr((walk.floats, list(map(self.digest, walk.tensors)))).encode())
            walk.tensors, walk.floats = [], []
        if len(self._rows) < _MOST_ACTIVATIONS:
            self._rows.append([unit, text.hexdigest(), walk.tensors, walk.floats])
        else:
            self._rest.setdefault(unit, _Rest()).add(text.digest(), walk.tensors, walk.floats)

    def is_whole(self, unit: int) -> bool:
        """Tell whether all that a unit gave and was given has been looked at."""
        return unit not in self._partial

    def tensor(self, value: Any) -> int:
        """Return the number of a tensor's content; equal bytes have one number.

        Raises:
            Exception: its bytes cannot be read.
        """
        own = self.natives.asked(value, self.natives.layout_of(type(value)).tensor)
        nested, kind = own("is_nested"), str(own("dtype"))
        shape = None if nested else tuple(own("shape"))
        if own("device").type != "cpu":
            return self._number((kind, shape, None, "elsewhere", None), 0)
        storage = own("untyped_storage")()
        size, place = storage.nbytes(), storage.data_ptr()
        if size and not place:
            raise ValueError("it has no bytes")
        data = ctypes.string_at(place, size) if size else b""
        layout = () if nested else (tuple(own("stride")()), own("storage_offset")())
        return self.content(kind, shape, layout, (own("is_conj")(), own("is_neg")()), data)

    def digest(self, number: int) -> str:
        """Return what tells a content exactly, by its number."""
        if number not in self._digests:
            key = repr(self._keys[number]).encode()
            self._digests[number] = blake2b(key, digest_size=12).hexdigest()
        return self._digests[number]

    def buffer(self, kind: str, shape: tuple[int, ...], data: bytes) -> int:
        """Return the number of what lies in a buffer, whose elements follow one another."""
        strides, step = [], 1
        for size in reversed(shape):
            strides.append(step)
            step *= size
        layout = (tuple(reversed(strides)), 0)
        return self.content(_FORMATS.get(kind, kind), shape, layout, (False, False), data)

    def content(self, kind: str, shape: Any, layout: Any, flags: Any, data: bytes) -> int:
        """Return the number of a content: of more than can be kept, only a digest is."""
        if self._held + len(data) <= _MOST_BYTES:
            return self._number((kind, shape, layout, flags, data), len(data))
        digest = blake2b(data, digest_size=16).hexdigest()
        return self._number((kind, shape, layout, flags, digest), 0)

    def result(self) -> dict[str, Any]:
        """Return all descriptions as JSON; now operators may run."""
        rest = [self._rest[unit].row(unit) for unit in sorted(self._rest)]
        with self._untouched():
            tensors = [self._sketched(key, len(self._keys)) for key in self._keys]
        return {"tensors": tensors, "rows": [*self._rows, *rest]}

    def _number(self, key: tuple[Any, ...], size: int) -> int:
        if key not in self._numbers:
            self._held += size
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    @contextlib.contextmanager
    def _untouched(self) -> Iterator[None]:
        """Keep what the snippet has set up for torch's functions from seeing ours."""
        torch = self.torch()
        if torch is None:
            yield
            return
        with torch._C.DisableTorchFunction():
            yield


class _Rest:
    """What a unit did after the rows were full: one row for all of it."""

    def __init__(self) -> None:
        self._text, self._tensors, self._floats = blake2b(digest_size=12), list[int](), list[Any]()

    def add(self, text: bytes, tensors: list[int], floats: list[Any]) -> None:
        self._text.update(text)
        self._tensors += tensors
        self._floats += floats

    def row(self, unit: int) -> list[Any]:
        return [unit, self._text.hexdigest(), self._tensors, self._floats]
