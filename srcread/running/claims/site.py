"""The sites of a snippet's claims: what stands in a claim's place, and what the child is told.

`assert a == b, "…"` reports by a lambda on its own line:

    (lambda a, b, _: (REPORT(EVENT, a, b, (h := True if a == b else False)), h or SOFT)[1])(
        a, b, REPORT(READY)
    )

REPORT, EVENT, SOFT and READY are texts that begin with the mark, a text which the snippet does not
hold. The child puts `sys.audit` and whether a false claim lets the snippet go on in the place of
REPORT and SOFT. Who hears the event looks from where it came: so each site has its place, the range
of that call and of the call of the lambda, as `ast` gives them for the rewritten text.

What counts is on the interpreter's stack all the time, except for the parameters as the lambda
begins: a trace function could change them. READY is raised right before, to look for one.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

HELD = "lambda h, _: ({report}({event}, h), h or {soft})[1]"
"""A truth that was taken: `h`."""

COMPARED = (
    "lambda a, b, _: "
    "({report}({event}, a, b, (h := True if a {sign} b else False)), h or {soft})[1]"
)
"""A comparison of two operands, loaded before it is made: it may run the snippet's code."""

CALLED = (
    "lambda f, *g, srcread_, **n: "
    "({report}({event}, *g, (h := True if f(*g, **n) else False)), h or {soft})[1]"
)
"""The truth of what a framework's function gives: `f`. Whatever it is given may decide it."""

SEEN = "lambda a, _: ({report}({event}, a), a)[1]"
"""One operand of a chain, which is evaluated only if the ones before it hold."""

PASSED = (
    "lambda f, *g, srcread_, **n: "
    "({report}({begun}, f, *g[:2]), {report}({event}, {wrap}(f)(*g, **n)))"
)
"""A call that raises an AssertionError if the claim is false: `f`."""

Span = tuple[int, int, int, int]


class _Spans(TypedDict):
    inner: Span
    outer: Span


class PlannedEvent(_Spans):
    """An event of a site: `held`, `begun`, or `seen` of the operand of this number.

    `inner` is the span of the call that raises it, `outer` of the call of the lambda around that:
    first line and column, last line and column.
    """

    name: str
    kind: str
    operand: int


class PlannedSite(TypedDict):
    """One part of a claim, as the child is told it.

    `called` are the dotted names of the functions that it calls, the outermost first.
    """

    claim: int
    part: int
    signs: list[str]
    called: list[str]
    events: list[PlannedEvent]


@dataclass(frozen=True, slots=True)
class Site:
    """One part of a claim, with the signs of its comparison, if it is one."""

    claim: int
    part: int
    signs: tuple[str, ...] = ()


def lambda_of(form: str, mark: str, site: Site, operand: int | None = None) -> str:
    """Return the text of the lambda that reports a site, or one operand of it."""
    event = event_of(mark, site) + ("" if operand is None else f" seen {operand}")
    words = {name: repr(f"{mark} {name}") for name in ("report", "soft", "wrap")}
    begun = repr(f"{event_of(mark, site)} begun")
    sign = site.signs[0] if site.signs else ""
    return f"({form.format(event=repr(event), begun=begun, sign=sign, **words)})"


def ready_of(mark: str, site: Site) -> str:
    """Return the text of the call that says that a site's lambda is called next."""
    return f"{f'{mark} report'!r}({f'{event_of(mark, site)} ready'!r})"


def imported_of(mark: str) -> str:
    """Return the text of the call that says that an import has ended."""
    return f"{f'{mark} report'!r}({f'{mark} imported'!r})"


def event_of(mark: str, site: Site) -> str:
    """Return the event by which a site reports its truth."""
    return f"{mark} {site.claim}.{site.part}"


def planned_sites(
    text: str, mark: str, sites: Sequence[Site], called: Mapping[tuple[int, int], Iterable[str]]
) -> list[PlannedSite]:
    """Return what the child is told of these sites, which stand in a rewritten text."""
    events = _events(text, mark)
    return [
        {
            "claim": site.claim,
            "part": site.part,
            "signs": list(site.signs),
            "called": list(dict.fromkeys(called.get((site.claim, site.part), ()))),
            "events": [
                {"name": name, "kind": kind, "operand": int(operand or 0), **spans}
                for name, spans in events.items()
                for base, kind, operand in [_told(name)]
                if base == event_of(mark, site)
            ],
        }
        for site in sites
    ]


def _told(event: str) -> tuple[str, str, str]:
    """Return an event's site, its kind, and the number of an operand."""
    base, _, operand = event.partition(" seen ")
    if operand:
        return base, "seen", operand
    return base.removesuffix(" begun"), "begun" if base.endswith(" begun") else "held", ""


def _events(text: str, mark: str) -> dict[str, _Spans]:
    """Return the spans of the calls that raise events, by the events' names."""
    found: dict[str, _Spans] = {}
    for node in ast.walk(_parsed(text)):
        match node:
            case ast.Call(func=ast.Lambda(body=body)):
                for inner in ast.walk(body):
                    match inner:
                        case ast.Call(
                            func=ast.Constant(value=str(report)),
                            args=[ast.Constant(value=str(event)), *_],
                        ) if report == f"{mark} report":
                            found[event] = {"inner": _span(inner), "outer": _span(node)}
    return found


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _span(node: ast.expr) -> Span:
    last, end = node.end_lineno, node.end_col_offset
    assert last is not None and end is not None
    return node.lineno, node.col_offset, last, end
