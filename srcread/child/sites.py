"""The places of a snippet's code from which its claims report, and how to tell them from others.

A report is an audit event, which anybody may raise. It counts only from its place: the call that
raises it, in the lambda that the claim's own line calls, in the snippet's own namespace. No name
leads there, and what is called elsewhere has another frame. Before Python 3.11 codes know lines and
no columns: there, a report of the lambda counts from anywhere on the lines of its claim.
"""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

Place = tuple[types.CodeType, frozenset[int], int, int]
"""A call: the code that it stands in, the offsets of its instructions, its first and last line."""


def is_at(place: Place, frame: types.FrameType, code: types.CodeType) -> bool:
    """Tell whether a frame, which runs this code, is at a place."""
    own, offsets, first, last = place
    if code is not own:
        return False
    return frame.f_lasti in offsets if offsets else first <= frame.f_lineno <= last


def compiled(source: str, path: str) -> types.CodeType:
    """Compile a run's snippet, in which texts stand for what its claims report to."""
    with warnings.catch_warnings():
        # Our own calls of constants; a snippet's other warnings are shown as ever.
        warnings.filterwarnings("ignore", "'str' object is not callable", SyntaxWarning)
        return compile(source, path, "exec", dont_inherit=True, optimize=0)


def connected(code: types.CodeType, run: dict[str, Any], constants: Any) -> types.CodeType:
    """Return a snippet's code with its claims connected to `sys.audit`."""
    mark, soft = run["mark"], run["soft"]
    objects = {"report": sys.audit, "soft": soft, "wrap": _softened if soft else partial}
    named = {f"{mark} {name}": one for name, one in objects.items()}
    return constants.replaced(code, named)  # type: ignore[no-any-return] # a module of the payload


FAILED = object()
"""What a call returns that has failed, where the snippet goes on."""


def events(code: types.CodeType, sites: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return by name the events of these sites, with their places in a snippet's code.

    An event has the `claim` and `part` that it is of, its `kind` (`held`, `begun`, or `seen` of an
    `operand`), the `signs` of a comparison and the dotted names `called`. `inner` is the place of
    the call that raises it, `outer` that of the call of the lambda around it.
    """
    holders = {
        constant: (inner, outer)
        for outer, inner in _nested(code)
        for constant in inner.co_consts
        if isinstance(constant, str)
    }
    found, offsets = {}, dict[int, dict[Any, list[int]]]()
    for site in sites:
        about = {key: site[key] for key in ("claim", "part", "signs")}
        called = [tuple(name.split(".")) for name in site["called"]]
        for event in site["events"]:
            if event["name"] not in holders:
                continue  # code that nothing leads to is not compiled
            inner, outer = (
                _place(code, event[name], offsets)
                for code, name in zip(holders[event["name"]], ("inner", "outer"))  # noqa: B905 - 3.9
            )
            own = {"kind": event["kind"], "operand": event["operand"], "called": called}
            found[event["name"]] = {**about, **own, "inner": inner, "outer": outer}
    return found


def _nested(code: types.CodeType) -> Iterator[tuple[types.CodeType, types.CodeType]]:
    """Yield every code in a code, after the one that holds it."""
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            yield code, item
            yield from _nested(item)


def _place(code: types.CodeType, span: list[int], known: dict[int, dict[Any, list[int]]]) -> Place:
    """Return a place in a code, whose offsets by span are `known` after the first look at it."""
    if id(code) not in known:
        known[id(code)] = {}
        for number, found in enumerate(getattr(code, "co_positions", list)()):
            known[id(code)].setdefault(found, []).append(2 * number)
    line, column, last, end = span
    return code, frozenset(known[id(code)].get((line, last, column, end), ())), line, last


def _softened(function: Any) -> Any:
    """Return a function that fails without an error."""

    def call(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except AssertionError:
            return FAILED

    return call
