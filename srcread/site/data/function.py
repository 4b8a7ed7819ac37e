"""What stands on a function's page, as plain data: source, calls, callers, the way here and on.

The data are named tuples of strings and numbers, because `json` writes those at C speed: a page's
key is the digest of exactly what its template receives. Nothing here depends on the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from srcread.graph.observe import SEEN
from srcread.model import CallSite, Certainty, Edge, EdgeKind, Range, SourceFile, Symbol
from srcread.site.data.address import permalink, short_name
from srcread.site.data.elsewhere import Elsewhere, elsewhere
from srcread.site.data.layout import Layout, call_path, entrance, unfolds
from srcread.site.data.natives import NativeCall, native_anchor, native_calls

_NOT_READ = {
    EdgeKind.NATIVE: "native",
    EdgeKind.EXTERNAL: "external",
    EdgeKind.UNRESOLVED: "unresolved",
}

_BY_WEIGHT = (
    EdgeKind.FORWARD,
    EdgeKind.CONSTRUCTOR,
    EdgeKind.DIRECT,
    EdgeKind.SUPER,
    EdgeKind.NATIVE,
    EdgeKind.EXTERNAL,
    EdgeKind.METHOD,
    EdgeKind.PROPERTY,
    EdgeKind.DECORATOR,
    EdgeKind.UNRESOLVED,
)

_SAID = (
    EdgeKind.FORWARD,
    EdgeKind.DIRECT,
    EdgeKind.SUPER,
    EdgeKind.METHOD,
    EdgeKind.PROPERTY,
)
"""Kinds of which reading, where it is sure, names the one callee."""

Lines = Callable[[str, str], Sequence[str]]

Span = tuple[int, int, int, int]
"""First line, column, last line, column behind the last character."""


class Link(NamedTuple):
    """A name that leads to a page; `href` is None where there is no page."""

    name: str
    short: str
    href: str | None


class Mark(NamedTuple):
    """A call in the code that leads somewhere: `css` is its class, `title` its full name."""

    span: Span
    href: str | None
    css: str
    title: str


class LinkTarget(NamedTuple):
    """One way that a call may go; `seen` is "call" if a run went it, "only" if only a run did."""

    link: Link
    kind: str
    reason: str
    seen: str


class Overruled(NamedTuple):
    """What reading says of a call that a run saw go elsewhere; `sure` if it says nothing else."""

    link: Link
    sure: bool


class LinkedCall(NamedTuple):
    """Calls that lead to the same code that is read.

    Several targets are rivals if they are possible, and all run if they are resolved: `__new__`
    and `__init__`, a call and the `__enter__` of its result.
    """

    anchor: str
    lines: tuple[int, ...]
    targets: tuple[LinkTarget, ...]
    overruled: tuple[Overruled, ...] = ()


class OpenCall(NamedTuple):
    """Calls that could not be resolved, for one reason."""

    reason: str
    lines: tuple[int, ...]


class Caller(NamedTuple):
    """A function that calls this one, and where."""

    link: Link
    lines: tuple[int, ...]


class Crumbs(NamedTuple):
    """The way here from a root, this function the last; `more` are left out between both parts."""

    first: tuple[Link, ...]
    more: int
    last: tuple[Link, ...]


class FunctionPage(NamedTuple):
    """All of a function's page that is the same in every language.

    `absent` is what to fetch where the source is not here; then there is no `text`. One that
    is not `walked` has a page for its notes alone.
    """

    name: str
    short: str
    kind: str
    place: str
    first: int
    text: str
    marks: tuple[Mark, ...]
    calls: tuple[LinkedCall, ...]
    natives: tuple[NativeCall, ...]
    unresolved: tuple[OpenCall, ...]
    outside: tuple[str, ...]
    callers: tuple[Caller, ...]
    path: Crumbs
    previous: Link | None
    next: Link | None
    upstream: str | None
    last: int
    absent: str
    elsewhere: Elsewhere | None
    walked: bool


def function_page(layout: Layout, name: str, lines: Lines) -> FunctionPage:
    """Gather what the page of the function `name` shows; `lines` returns those of a file."""
    symbol = layout.symbols[name]
    edges = layout.calls.get(name, ())
    absent = symbol.distribution in layout.view.absent
    first, last = symbol.range.first_line, symbol.range.last_line
    holder = {item.name: item for item in layout.view.distributions}.get(symbol.distribution)
    upstream = f"{holder.folder if holder else ''}{symbol.path}"
    sites = _by_site(edges)
    moves = layout.moves[name]
    return FunctionPage(
        name=name,
        short=short_name(name),
        kind=symbol.kind.value,
        place=f"{symbol.distribution}:{symbol.path}",
        first=first,
        text="" if absent else text_of(symbol, lines),
        marks=tuple(_marks(layout, sites)),
        calls=tuple(_calls(layout, sites)),
        natives=native_calls(layout, edges),
        unresolved=_unresolved(edges),
        outside=tuple(
            sorted({edge.callee for edge in edges if edge.callee and _kind(edge) == "external"})
        ),
        callers=_callers(layout, name),
        path=_crumbs(layout, name),
        previous=_move(layout, moves.previous) if moves.previous else None,
        next=_move(layout, moves.next) if moves.next else None,
        upstream=permalink(holder, upstream, first, last),
        last=last,
        absent=f"{holder.name}=={holder.version}" if absent and holder else "",
        elsewhere=elsewhere(layout, name),
        walked=name in layout.reached,
    )


def text_of(symbol: Symbol, lines: Lines) -> str:
    """Return a function's source, as its page has it; `lines` returns those of a file."""
    first, last = symbol.range.first_line, symbol.range.last_line
    return "\n".join(lines(symbol.distribution, symbol.path)[first - 1 : last])


def link_to(layout: Layout, name: str) -> Link:
    """Return a link to the page of `name`, for a page of the same tour and language."""
    return Link(name, short_name(name), layout.files.get(name))


def _move(layout: Layout, name: str) -> Link:
    return Link(name, short_name(name), entrance(layout, name))


def lines_once(read: Callable[[str, str], SourceFile]) -> Lines:
    """Return what gives the lines of a file, split when they are first asked for."""
    files: dict[tuple[str, str], list[str]] = {}

    def lines(distribution: str, path: str) -> list[str]:
        if (distribution, path) not in files:
            files[distribution, path] = source_lines(read(distribution, path))
        return files[distribution, path]

    return lines


def source_lines(file: SourceFile) -> list[str]:
    """Split a file into lines; the plain split is ten times as fast, and nearly always right."""
    if "\r" not in file.text:
        return file.text.split("\n")
    from srcread.index.trees import split_lines  # brings the index, which a plan does not need

    return split_lines(file.text)


def _by_site(edges: Iterable[Edge]) -> list[tuple[str, tuple[Edge, ...]]]:
    """Keep a site's rivals together, in order of place; equal callees share an anchor."""
    sites: dict[Span, list[Edge]] = {}  # a Range hashes and compares in Python, ten times as slow
    for edge in edges:
        sites.setdefault(_span(edge.site.range), []).append(edge)
    anchors: dict[tuple[tuple[str | None, EdgeKind], ...], str] = {}
    found = []
    for place in sorted(sites):
        targets = tuple((edge.callee, edge.kind) for edge in sites[place])
        anchor = anchors.setdefault(targets, f"call-{len(anchors) + 1}")
        found.append((anchor, tuple(sites[place])))
    return found


def _marks(layout: Layout, sites: list[tuple[str, tuple[Edge, ...]]]) -> Iterable[Mark]:
    for anchor, edges in sites:
        known = tuple(edge for edge in edges if edge.callee)
        edge = _principal(known or edges)
        kind = _kind(edge)
        span = _span(edge.site.range)
        rivals = [one for one in known if one.certainty is not Certainty.RESOLVED]
        unsure = any(one.certainty is Certainty.POSSIBLE for one in known)
        beside = "".join(f" | {one.reason}" for one in edges if known and not one.callee)
        if len(rivals) > 1 and unsure and any(_kind(one) == "read" for one in rivals):
            title = " | ".join(str(one.callee) for one in rivals)
            yield Mark(span, "#" + anchor, "rivals", title + beside)
        elif kind == "external" and edge.callee not in layout.files:
            continue
        elif kind == "unresolved":
            yield Mark(span, None, kind, edge.reason or "")
        elif kind == "native":
            title = f"{edge.callee}{beside}"
            yield Mark(span, "#" + native_anchor(edge.callee or ""), kind, title)
        else:
            callee = edge.callee or ""
            css = "forward" if edge.kind is EdgeKind.FORWARD else "call"
            if (
                callee == edge.site.caller
                or callee not in layout.files
                or not unfolds(layout, callee)
            ):
                css += " long"  # there is nothing to unfold, or too much
            yield Mark(span, layout.files.get(callee, "#" + anchor), css, f"{callee}{beside}")


def _calls(layout: Layout, sites: list[tuple[str, tuple[Edge, ...]]]) -> Iterable[LinkedCall]:
    shown: dict[str, list[tuple[Edge, ...]]] = {}
    for anchor, edges in sites:
        if any(_kind(edge) == "read" for edge in edges):
            shown.setdefault(anchor, []).append(edges)
    overruled = _overruled(layout, sites)
    for anchor, calls in shown.items():
        lines = sorted({edges[0].site.range.first_line for edges in calls})
        targets = tuple(
            LinkTarget(
                link_to(layout, edge.callee or ""), edge.kind.value, edge.reason or "", _seen(edge)
            )
            for edge in calls[0]
            if edge.callee
        )
        yield LinkedCall(anchor, tuple(lines), targets, tuple(overruled.get(anchor, ())))


def _overruled(
    layout: Layout, sites: list[tuple[str, tuple[Edge, ...]]]
) -> dict[str, list[Overruled]]:
    """Return by anchor what reading says and a run did not do; several calls may share one."""
    callers = {edges[0].site.caller for _, edges in sites}
    at: dict[CallSite, list[Edge]] = {}
    for edge in (edge for caller in callers for edge in layout.overruled.get(caller, ())):
        at.setdefault(edge.site, []).append(edge)
    found: dict[str, list[Overruled]] = {}
    for anchor, edges in sites if at else ():
        for edge in at.get(edges[0].site, ()):
            sure = edge.certainty is Certainty.RESOLVED and edge.kind in _SAID
            one = Overruled(link_to(layout, edge.callee or ""), sure)
            if one not in found.setdefault(anchor, []):
                found[anchor].append(one)
    return found


def _unresolved(edges: tuple[Edge, ...]) -> tuple[OpenCall, ...]:
    lines: dict[str, set[int]] = {}
    for edge in edges:
        if _kind(edge) == "unresolved":
            lines.setdefault(edge.reason or "", set()).add(edge.site.range.first_line)
    return tuple(OpenCall(reason, tuple(sorted(places))) for reason, places in lines.items())


def _callers(layout: Layout, name: str) -> tuple[Caller, ...]:
    lines: dict[str, set[int]] = {}
    for edge in layout.callers.get(name, ()):
        lines.setdefault(edge.site.caller, set()).add(edge.site.range.first_line)
    return tuple(
        Caller(link_to(layout, caller), tuple(sorted(places))) for caller, places in lines.items()
    )


def _crumbs(layout: Layout, name: str) -> Crumbs:
    first, more, last = call_path(layout, name)
    return Crumbs(
        tuple(link_to(layout, step) for step in first),
        more,
        tuple(link_to(layout, step) for step in last),
    )


def _kind(edge: Edge) -> str:
    return _NOT_READ.get(edge.kind, "read")


def _seen(edge: Edge) -> str:
    if edge.certainty is not Certainty.OBSERVED:
        return ""
    return "only" if edge.reason == SEEN else "call"


def _principal(edges: tuple[Edge, ...]) -> Edge:
    """Return the edge that a reader of the call means: what is called, not what that implies."""
    return min(
        edges,
        key=lambda edge: (
            _BY_WEIGHT.index(edge.kind),
            (edge.callee or "").endswith(".__new__"),
        ),
    )


def _span(place: Range) -> Span:
    return (place.start.line, place.start.column, place.end.line, place.end.column)
