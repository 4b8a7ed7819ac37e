"""Which places of a symbol a selector names.

The names of a step select by themselves and `>` narrows to what is inside, so that steps before the
last may name several places. `def`, `param` and `doc` at the start of a path mean those of the
symbol itself wherever it has them, not those of a function nested in it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from srcread.errors import did_you_mean
from srcread.model import Range, Selector, SelectorStep
from srcread.notes.anchors.places import Place, Places, text_of


def find(places: Places, selector: Selector) -> tuple[Place, ...]:
    """Return every place that the selector names, in order; one means that it is good.

    For `a .. b` each is a stretch, from an `a` to the end of a `b` that ends behind it.
    """
    starts = tuple(places.of(matches(places, selector.start)))
    if selector.end is None:
        return starts
    ends = tuple(places.of(matches(places, selector.end)))
    return tuple(
        _stretch(places, start, end)
        for start in starts
        for end in ends
        if start.range.start <= end.range.start and start.range.end <= end.range.end
    )


def matches(places: Places, steps: Sequence[SelectorStep]) -> int:
    """Return the bit mask of the places that a path names."""
    found = match(places, steps[0])
    for step in steps[1:]:
        found = match(places, step, within=found)
    return found


def match(places: Places, step: SelectorStep, within: int | None = None) -> int:
    """Return the bit mask of the places that one step names, inside others if they are given."""
    keys = [(step.kind, name) for name in step.names] or [(step.kind, "")]
    found = -1
    for key in keys:
        found &= places.index.get(key, 0)
    if within is not None:
        found &= _inside(places, within, step.kind)
    elif step.kind in ("def", "param", "doc"):
        found = found & places.own or found
    if step.argument or step.value:
        found = _with_details(places, found, step)
    return found if step.count is None else _nth(found, step.count)


def nearest(places: Places, selector: Selector) -> str:
    """Say for a selector that names nothing which step fails first, and what would be near."""
    for path in (selector.start, selector.end or ()):
        for end in range(1, len(path) + 1):
            if not matches(places, path[:end]):
                return _why(places, path[: end - 1], path[end - 1])
    return f"The end of {selector.text!r} stands before its start."


def _inside(places: Places, mask: int, kind: str) -> int:
    # A call stands inside its own statement: `assign x > call f`.
    found = mask & places.simple if kind == "call" else 0
    for place in places.of(mask):
        found |= places.inside[place.number]
    return found


def _with_details(places: Places, mask: int, step: SelectorStep) -> int:
    found = 0
    for place in places.of(mask):
        if step.value in place.values or any(
            step.argument in call.arguments and step.names[0] in call.callees
            for call in place.calls
        ):
            found |= 1 << place.number
    return found


def _nth(mask: int, count: int) -> int:
    for _ in range(count - 1):
        mask &= mask - 1
        if not mask:
            break
    return mask & -mask


def _stretch(places: Places, start: Place, end: Place) -> Place:
    """Return the place from the start of one to the end of another.

    Its code is every outermost statement that lies in it whole, and the headers of those that
    begin in it and end behind it.
    """
    range_ = Range(start.range.start, end.range.end)
    code: list[ast.AST] = []
    covered = range_.start
    for place in places.places:
        if place.range.start < covered or place.range.start >= range_.end:
            continue
        if place.range.end <= range_.end:
            code.extend(place.code)
            covered = place.range.end
        else:
            code.extend(place.header)
    as_text = start.text is not None and end.text is not None
    text = text_of(places.lines, range_) if as_text else None
    return replace(start, range=range_, code=tuple(code), text=text)


def _why(places: Places, before: tuple[SelectorStep, ...], step: SelectorStep) -> str:
    scope, where = -1, ""
    if before:
        scope, where = _inside(places, matches(places, before), step.kind), " there"
    of_kind = [place for place in places.of(scope & _everything(places)) if _is(place, step.kind)]
    if not of_kind:
        return f"There is no {step.kind!r}{where}."
    known = {name for place in of_kind for name in _names(place, step.kind)}
    for name in step.names:
        if name not in known:
            return f"No {step.kind!r}{where} names {name!r}.{did_you_mean(name, known)}"
    if step.count:
        return f"There are fewer than {step.count}."
    wanted = step.argument or step.value
    return f"No {step.kind!r}{where} has all of these names" + (
        f" with {wanted!r}." if wanted else "."
    )


def _everything(places: Places) -> int:
    return (1 << len(places.places)) - 1


def _is(place: Place, kind: str) -> bool:
    return bool(place.calls) if kind == "call" else place.kind == kind


def _names(place: Place, kind: str) -> tuple[str, ...]:
    if kind != "call":
        return place.names
    return tuple(callee for call in place.calls for callee in call.callees)
