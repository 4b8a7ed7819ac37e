"""`equation`: an equation of the note, evaluated in a snippet's run against what the code computed.

    assert equation("scores", scores, q=q, k=k), "The scores are scaled by the head's size."

The formula stands in the note alone, so a snippet cannot drift from what readers see. The right
side is evaluated with the values given, by torch's functions of the names in
`srcread.equations.vocabulary`; other functions of the formula are given like values. A name that
another line of the fence defines is computed from that. `mask[i, j] = …` is evaluated for each i
and j that the value has.

`srcread confirm` gives a run its note's equations. A snippet that is run by hand finds the note
beside itself; where there is none, it prints the reason and ends with status 77.
"""

from __future__ import annotations

import ast
import itertools
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from srcread.equations import Stated, equations_in, needed_names
from srcread.equations.names import definition, indices
from srcread.equations.note import VARIABLE, stated_in
from srcread.errors import SrcreadError, did_you_mean
from srcread.lab.evaluation import Evaluator

MOST = 100_000
"""Items for which a formula with indices is evaluated, one by one."""

_CANNOT_RUN = 77
_TOLERANCES = {"float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5)}
_FINE = (1e-7, 1e-7)


def equation(name: str, actual: Any, /, **values: Any) -> bool:
    """Tell whether the note's equation for `name` gives what the code computed.

    It does if shapes are equal and numbers nearly so, by the tolerances of
    `torch.testing.assert_close`; NaN equals NaN. Where not, how far off it is is printed.

    Raises:
        SrcreadError: the note has no such equation, a value is missing, or one that it has no use
            for is given.
    """
    stated = _stated(name)
    needed = needed_names(stated.equation, stated.fence, values)
    for missing in (one for one in needed if one not in values):
        raise SrcreadError(f"equation({name!r}, …) needs {missing!r}. Add {missing}=…")
    known = {*needed, *needed_names(stated.equation, stated.fence)}
    for strange in (one for one in values if one not in known and not _defines(stated, one)):
        hint = did_you_mean(strange, needed)
        raise SrcreadError(f"{strange!r} stands nowhere in the equation for {name!r}.{hint}")
    try:
        problem = next(_problems(stated, actual, values), None)
    except (
        ArithmeticError,
        AttributeError,
        IndexError,
        RuntimeError,
        TypeError,
        ValueError,
    ) as error:
        what = f"{type(error).__name__}: {error}"
        raise SrcreadError(f"{stated.equation.text!r} cannot be evaluated: {what}") from error
    if problem is not None:
        print(f"equation {name!r}: {problem}")
    return problem is None


def _stated(name: str) -> Stated:
    told = os.environ.get(VARIABLE)
    if told is not None:
        texts: Mapping[str, str] = json.loads(told)
        known = {one: _of_fence(one, text) for one, text in texts.items()}
    else:
        known = {one.name: one for one in equations_in(_note_beside())}
    found = known.get(name)
    if found is None:
        hint = did_you_mean(name, known) or f" It has: {', '.join(known) or 'none'}."
        raise SrcreadError(f"The note has no equation for {name!r}.{hint}")
    return found


def _of_fence(name: str, text: str) -> Stated | None:
    """Return the equation of a name out of its fence, of which a note may have another before."""
    bare, _, count = name.partition(" #")
    same = [one for one in stated_in(text) if one.equation.name == bare]
    return same[min(int(count or 1), len(same)) - 1] if same else None


def _note_beside() -> str:
    """Return the text of the note beside the snippet; without one, end as what cannot run here."""
    file = getattr(sys.modules["__main__"], "__file__", None)
    note = Path(file).with_suffix(".md") if file else None
    if note is None or not note.is_file():
        print("the equations of the note are not here: put it beside the snippet, as STEM.md")
        raise SystemExit(_CANNOT_RUN)
    return note.read_text("utf-8")


def _defines(stated: Stated, name: str) -> bool:
    return definition(name, stated.equation, stated.fence) is not None


def _problems(stated: Stated, actual: Any, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not as the equation says."""
    evaluator = Evaluator(_lookup(stated, values))
    target, value = stated.equation.target, stated.equation.value
    match target:
        case ast.Subscript() if free := [one for one in indices(target) if one not in values]:
            yield from _differing_items(evaluator, target, value, actual, free)
        case ast.Subscript():
            part = evaluator.item(actual, target.slice)
            yield from _differing(part, evaluator.value(value))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            computed = tuple(evaluator.value(value))
            if not len(parts) == len(computed) == len(actual):
                yield f"{len(parts)} names, {len(computed)} computed, {len(actual)} given"
            for one, expected in zip(actual, computed, strict=False):
                yield from _differing(one, expected)
        case _:
            yield from _differing(actual, evaluator.value(value))


def _lookup(stated: Stated, values: Mapping[str, Any]) -> Any:
    """Return what gives a name's value: as given, else as another line of the fence defines it."""
    known = {name: _as_torch(value) for name, value in values.items()}

    def value(name: str) -> Any:
        if name not in known:
            other = definition(name, stated.equation, stated.fence)
            if other is None:
                raise SrcreadError(f"{name!r} is not given. Add {name}=…")
            known[name] = Evaluator(value).value(other.value)
        return known[name]

    return value


def _as_torch(value: Any) -> Any:
    """Return an array of numpy as a tensor, all else as it is."""
    if type(value).__module__ != "numpy":
        return value
    import torch

    return torch.as_tensor(value)


def _differing_items(
    evaluator: Evaluator, target: Any, formula: Any, actual: Any, free: list[str]
) -> Iterator[str]:
    """Yield what differs of the items that the left side names, for all values of its indices."""
    ranges = [range(one) for one in _sizes(target.slice, actual.shape, free)]
    if math.prod(map(len, ranges)) > MOST:
        raise SrcreadError(f"{tuple(actual.shape)} has too many items. Give a smaller one.")
    seen = 0
    for numbers in itertools.product(*ranges):
        inner = evaluator.within(dict(zip(free, numbers, strict=True)))
        place = inner.place(target.slice)
        if any(isinstance(one, int) and one < 0 for one in place):
            continue
        with suppress(IndexError):
            item = actual[place]
            seen += 1
            where = ", ".join(f"{n} = {v}" for n, v in zip(free, numbers, strict=True))
            yield from (f"{one} at {where}" for one in _differing(item, inner.value(formula)))
    if not seen:
        yield "no item has these indices"


def _sizes(index: ast.expr, shape: Sequence[int], free: Sequence[str]) -> Iterator[int]:
    """Yield for each index how far it may go: as far as the largest dimension that it is in."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    plain = not any(isinstance(one, ast.Constant) and one.value is ... for one in parts)
    for name in free:
        pairs = zip(parts, shape, strict=False) if plain else ((index, one) for one in shape)
        sizes = (size for part, size in pairs if _has(part, name))
        yield max(sizes, default=max(shape, default=0))


def _has(node: ast.expr, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def _differing(actual: Any, expected: Any) -> Iterator[str]:
    """Yield how two values differ: plain numbers, or tensors and what can be made one."""
    if not (hasattr(actual, "shape") or hasattr(expected, "shape")):
        if type(actual) in (int, float, bool) and type(expected) in (int, float, bool):
            near = math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12)
            same = near or (actual != actual and expected != expected)
        else:
            same = bool(actual == expected)
        if not same:
            yield f"{actual!r}, where the formula gives {expected!r}"
        return
    import torch

    try:
        first, second = torch.as_tensor(actual), torch.as_tensor(expected)
    except (TypeError, ValueError, RuntimeError):
        yield f"a {type(actual).__name__}, where the formula gives a {type(expected).__name__}"
        return
    if first.shape != second.shape:
        yield f"of shape {tuple(first.shape)}, where the formula gives {tuple(second.shape)}"
        return
    relative, absolute = _tolerance(first, second)
    a, b = (one.detach().cpu().to(torch.float64) for one in (first, second))
    if not torch.allclose(a, b, relative, absolute, equal_nan=True):
        off = (a - b).abs().nan_to_num(nan=math.inf, posinf=math.inf)
        most = "by no number" if off.numel() == 0 else f"by {off.max().item():g} at most"
        yield f"differs {most} in {int((off > absolute).sum())} of {off.numel()} numbers"


def _tolerance(*values: Any) -> tuple[float, float]:
    """Return the relative and the absolute tolerance of the coarsest of these types."""
    names = [str(one.dtype).removeprefix("torch.") for one in values]
    return max((_TOLERANCES.get(name, _FINE) for name in names), default=_FINE)
