"""Sketches of tensors: so few numbers of each that those of two runs tell rounding from change.

A tensor's elements are cut into at most 64 blocks. Of each block there are four sums: its norm, and
its elements weighted in three ways. One changed element shows in all of them, and another order of
summation in none, measured by the block's own size.

A mask puts -1e9 or less beside numbers of a common size, which would then count as rounding. So
elements that are far larger than all others are giants, and counted apart: their places exactly,
and their sizes by logarithms. Where no element is finite, its kind and place are exact.

What is here runs operators, so only when the snippet has come to its end. Too large for that are
tensors of more than four million elements, whose bytes are compared.
"""

from __future__ import annotations

import ctypes
import math
import sys
from hashlib import blake2b
from typing import Any

Key = tuple[Any, ...]

_LARGE = 1 << 22  # sketching more elements than this would take longer than the snippet
_ROUNDING = 3e-5
_BLOCKS = ((256, 64), (2048, 16), (math.inf, 4))  # of so many tensors, in so many blocks
_NARROWEST = 64
_GIANT, _GAP = 10, 8  # in powers of two: a giant is above 512, and 128 times the next smaller one
_kept: dict[tuple[int, int], Any] = {}
_WEIGHTS = ((1.1, 0.0), (2.3, 1 - math.pi / 2), (0.7, 2.0))


def sketched(key: Key, tensors: int) -> list[Any]:
    """Return of a tensor its exact part, the tolerance of its sums, its sums and those of giants.

    Sums come in fours, the norm first. A key is what `Values.tensor` made; of many `tensors` each
    has fewer blocks, for a record has its limit.
    """
    kind, shape, layout, flags, data = key
    exact = blake2b(repr((kind, shape)).encode(), digest_size=12)
    if type(data) is not bytes:
        exact.update(repr((flags, data)).encode())
        return [exact.hexdigest(), 0.0, [], []]
    try:
        torch = sys.modules["torch"]
        flat = _elements(torch, kind, shape, layout, flags, data)
        if flat.is_floating_point() and flat.numel() <= _LARGE:
            return _sketch(torch, flat, exact, next(n for most, n in _BLOCKS if tensors <= most))
        flat = flat.contiguous()
        exact.update(ctypes.string_at(flat.data_ptr(), flat.numel() * flat.element_size()))
        return [exact.hexdigest(), 0.0, [], []]
    except Exception:  # no torch, or a type that it cannot do this with
        exact.update(repr((layout, flags)).encode() + data)
        return [exact.hexdigest(), 0.0, [], []]


def _elements(torch: Any, kind: str, shape: Any, layout: Any, flags: Any, data: bytes) -> Any:
    """Return the elements of a tensor, one after the other; of complex ones, their parts."""
    dtype = getattr(torch, kind.partition(".")[2])
    if not data:
        return torch.empty(0, dtype=torch.uint8, device="cpu")
    flat = torch.frombuffer(bytearray(data), dtype=dtype)
    flat = flat if shape is None else flat.as_strided(shape, *layout).reshape(-1)
    conjugate, negative = flags
    if dtype.is_complex:
        flat = torch.view_as_real(flat.conj_physical() if conjugate else flat).reshape(-1)
    return -flat if negative else flat


def _sketch(torch: Any, flat: Any, exact: Any, most: int) -> list[Any]:
    epsilon = torch.finfo(flat.dtype).eps
    wide = flat.detach().to(torch.float64)
    finite = torch.isfinite(wide)
    if not bool(finite.all()):
        odd = torch.nan_to_num(wide, nan=2.0, posinf=1.0, neginf=-1.0).masked_fill(finite, 0.0)
        exact.update(_bytes(torch, odd + 1))
        wide = wide.masked_fill(~finite, 0.0)
    giants: list[float] = []
    limit = _limit(torch, wide)
    if limit is not None:
        giant = wide.abs() >= limit
        exact.update(b"giants" + _bytes(torch, giant))
        powers = torch.where(giant, wide.abs(), 1.0).log2() * wide.sign()
        giants = _sums(torch, powers, 1)
        wide = wide.masked_fill(giant, 0.0)
    tolerance = _ROUNDING if epsilon < 1e-5 else 8 * epsilon
    blocks = min(most, max(1, wide.numel() // _NARROWEST))
    return [exact.hexdigest(), tolerance, _sums(torch, wide, blocks), giants]


def _limit(torch: Any, wide: Any) -> float | None:
    """Return from which size on elements are giants, None where there are none."""
    if not wide.numel() or float(wide.abs().max()) < 1 << (_GIANT - 1):
        return None
    powers = sorted(set(torch.frexp(wide)[1].masked_fill(wide == 0, -2000).tolist()))
    pairs = zip(powers, powers[1:])  # noqa: B905, RUF007 - Python 3.9
    return next((2.0 ** (b - 1) for a, b in pairs if b >= _GIANT and b - a >= _GAP), None)


def _sums(torch: Any, wide: Any, blocks: int) -> list[float]:
    """Return four sums of each block, which is filled up with zeros."""
    count = wide.numel()
    width = -(-count // blocks) if count else 1
    if count != blocks * width:
        padding = torch.zeros(blocks * width - count, dtype=torch.float64, device="cpu")
        wide = torch.cat((wide, padding))
    whole = wide.view(blocks, width)
    weighted = (whole * _weights(torch, blocks, width)).sum(2)
    sums = torch.cat((whole.norm(dim=1).unsqueeze(0), weighted)).T.reshape(-1) / math.sqrt(width)
    return [float(f"{each:.7g}") for each in sums.tolist()]


def _weights(torch: Any, blocks: int, width: int) -> Any:
    """Return the weights of blocks; many tensors of a run are of one size."""
    if (blocks, width) not in _kept:
        place = torch.arange(blocks * width, dtype=torch.float64, device="cpu")
        waves = [torch.cos(pitch * place + start) for pitch, start in _WEIGHTS]
        if len(_kept) > 32:
            _kept.clear()
        _kept[blocks, width] = torch.stack(waves).view(len(waves), blocks, width)
    return _kept[blocks, width]


def _bytes(torch: Any, small: Any) -> bytes:
    flat = small.to(torch.uint8).contiguous()
    return ctypes.string_at(flat.data_ptr(), flat.numel())
