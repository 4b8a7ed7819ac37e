"""What stands on a function's page, as plain data: source, calls, callers, the way here and on.

The data are named tuples of strings and numbers, because `json` writes those at C speed: a page's
key is the digest of exactly what its template receives. Nothing here depends on the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from srcread.graph.observe import SEEN
from srcread.model import (
    Certainty,
    Distribution,
    Edge,
    EdgeKind,
    Operator,
    Plugin,
    Range,
    SourceFile,
)
from srcread.site.data.address import fragment, permalink, short_name, web
from srcread.site.data.elsewhere import Elsewhere, elsewhere
from srcread.site.data.layout import Layout, call_path, neighbours

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

_MAIN_KEYS = ("CPU", "CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd")
"""The keys that most readers run on; the functions of the others are folded away."""
_GITHUB = "https://github.com/"

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


class LinkedCall(NamedTuple):
    """Calls that lead to the same code that is read.

    Several targets are rivals if they are possible, and all run if they are resolved: `__new__`
    and `__init__`, a call and the `__enter__` of its result.
    """

    anchor: str
    lines: tuple[int, ...]
    targets: tuple[LinkTarget, ...]


class Kernel(NamedTuple):
    """A C++ function: its dispatch keys, its file where that is known, a link to it or a search."""

    function: str
    keys: tuple[str, ...]
    path: str
    href: str | None


class NativeCall(NamedTuple):
    """A function outside Python that is called here, and the operator behind it.

    `declared` leads to the operator's line upstream. `kernels` are those of the main keys, `others`
    the rest; `derivative` is a word of `Derivative`.
    """

    anchor: str
    name: str
    lines: tuple[int, ...]
    operator: str
    schema: str
    declared: str | None
    overloads: int
    kernels: tuple[Kernel, ...]
    others: tuple[Kernel, ...]
    derivative: str
    backward: tuple[Kernel, ...]


class OpenCall(NamedTuple):
    """Calls that could not be resolved, for one reason."""

    reason: str
    lines: tuple[int, ...]


class Caller(NamedTuple):
    """A function that calls this one, and where."""

    link: Link
    lines: tuple[int, ...]


class FunctionPage(NamedTuple):
    """All of a function's page that is the same in every language.

    `absent` is what to fetch where the source is not here; then there is no `text`.
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
    path: tuple[Link, ...]
    previous: Link | None
    next: Link | None
    upstream: str | None
    last: int
    absent: str
    elsewhere: Elsewhere | None


def function_page(layout: Layout, name: str, lines: Lines) -> FunctionPage:
    """Gather what the page of the function `name` shows; `lines` returns those of a file."""
    symbol = layout.symbols[name]
    edges = layout.calls.get(name, ())
    absent = symbol.distribution in layout.view.absent
    text = [] if absent else lines(symbol.distribution, symbol.path)
    first, last = symbol.range.first_line, symbol.range.last_line
    holder = {item.name: item for item in layout.view.distributions}.get(symbol.distribution)
    upstream = f"{holder.folder if holder else ''}{symbol.path}"
    sites = _by_site(edges)
    before, after = neighbours(layout, name)
    return FunctionPage(
        name=name,
        short=short_name(name),
        kind=symbol.kind.value,
        place=f"{symbol.distribution}:{symbol.path}",
        first=first,
        text="\n".join(text[first - 1 : last]),
        marks=tuple(_marks(layout, sites)),
        calls=tuple(_calls(layout, sites)),
        natives=_natives(layout, edges),
        unresolved=_unresolved(edges),
        outside=tuple(
            sorted({edge.callee for edge in edges if edge.callee and _kind(edge) == "external"})
        ),
        callers=_callers(layout, name),
        path=tuple(link_to(layout, step) for step in call_path(layout, name)),
        previous=link_to(layout, before) if before else None,
        next=link_to(layout, after) if after else None,
        upstream=permalink(holder, upstream, first, last),
        last=last,
        absent=f"{holder.name}=={holder.version}" if absent and holder else "",
        elsewhere=elsewhere(layout, name),
    )


def link_to(layout: Layout, name: str) -> Link:
    """Return a link to the page of `name`, for a page of the same tour and language."""
    return Link(name, short_name(name), layout.files.get(name))


def native_anchor(name: str) -> str:
    """Return the `id` of a native function in the list below the code."""
    return "native-" + fragment(name)


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
        edge = _principal(edges)
        kind = _kind(edge)
        span = _span(edge.site.range)
        rivals = [one for one in edges if one.certainty is not Certainty.RESOLVED]
        unsure = any(one.certainty is Certainty.POSSIBLE for one in edges)
        if len(rivals) > 1 and unsure and any(_kind(one) == "read" for one in rivals):
            yield Mark(span, "#" + anchor, "rivals", " | ".join(str(one.callee) for one in rivals))
        elif kind == "external":
            continue
        elif kind == "unresolved":
            yield Mark(span, None, kind, edge.reason or "")
        elif kind == "native":
            yield Mark(span, "#" + native_anchor(edge.callee or ""), kind, edge.callee or "")
        else:
            href = layout.files.get(edge.callee or "", "#" + anchor)
            css = "forward" if edge.kind is EdgeKind.FORWARD else "call"
            yield Mark(span, href, css, edge.callee or "")


def _calls(layout: Layout, sites: list[tuple[str, tuple[Edge, ...]]]) -> Iterable[LinkedCall]:
    shown: dict[str, list[tuple[Edge, ...]]] = {}
    for anchor, edges in sites:
        if any(_kind(edge) == "read" for edge in edges):
            shown.setdefault(anchor, []).append(edges)
    for anchor, calls in shown.items():
        lines = sorted({edges[0].site.range.first_line for edges in calls})
        targets = tuple(
            LinkTarget(
                link_to(layout, edge.callee or ""), edge.kind.value, edge.reason or "", _seen(edge)
            )
            for edge in calls[0]
        )
        yield LinkedCall(anchor, tuple(lines), targets)


def _natives(layout: Layout, edges: tuple[Edge, ...]) -> tuple[NativeCall, ...]:
    lines: dict[str, set[int]] = {}
    for edge in edges:
        if edge.callee and _kind(edge) == "native":
            lines.setdefault(edge.callee, set()).add(edge.site.range.first_line)
    operators = layout.view.graph.operators
    distributions = {item.name: item for item in layout.view.distributions}
    found = []
    for name, places in lines.items():
        operator = operators.get(name)
        brings = distributions.get(operator.distribution) if operator else None
        plugin = layout.view.graph.plugins.get(name)
        if plugin is not None:
            found.append(_plugin(plugin, tuple(sorted(places)), layout.view.distributions))
            continue
        found.append(_native(name, tuple(sorted(places)), operator, brings))
    return tuple(found)


def _plugin(
    plugin: Plugin, lines: tuple[int, ...], distributions: Iterable[Distribution]
) -> NativeCall:
    """A plugin's C++ class stands where an operator's kernels do, its versions for their keys."""
    known = [item for item in distributions if item.repository]
    function = Operator(plugin.name, "", {}, 0, files={plugin.cpp_class: plugin.file})
    brings = next((item for item in known if item.version in plugin.versions), None)
    kernel = _kernel(plugin.cpp_class, plugin.versions, function, brings)
    anchor = native_anchor(plugin.name)
    return NativeCall(anchor, plugin.name, lines, "", "", None, 0, (kernel,), (), "", ())


def _native(
    name: str, lines: tuple[int, ...], operator: Operator | None, distribution: Distribution | None
) -> NativeCall:
    if operator is None:
        return NativeCall(native_anchor(name), name, lines, "", "", None, 0, (), (), "", ())
    keys: dict[str, list[str]] = {}  # by C++ function: torch lists up to twenty keys for one
    for key, function in sorted(operator.dispatch.items(), key=_key_order):
        keys.setdefault(function, []).append(key)
    kernels = [
        _kernel(function, tuple(its), operator, distribution) for function, its in keys.items()
    ]
    main = [kernel for kernel in kernels if _is_main(kernel.keys[0])] or kernels
    return NativeCall(
        anchor=native_anchor(name),
        name=name,
        lines=lines,
        operator=operator.name,
        schema=operator.schema,
        declared=(
            permalink(distribution, operator.path, operator.line, operator.line)
            if operator.path
            else None
        ),
        overloads=operator.overloads,
        kernels=tuple(main),
        others=tuple(kernel for kernel in kernels if kernel not in main),
        derivative=operator.derivative.value,
        backward=tuple(
            _kernel(function, (), operator, distribution) for function in operator.backward
        ),
    )


def _key_order(item: tuple[str, str]) -> tuple[int, str]:
    key = item[0]
    return (_MAIN_KEYS.index(key) if key in _MAIN_KEYS else len(_MAIN_KEYS), key)


def _is_main(key: str) -> bool:
    return key in _MAIN_KEYS


def _kernel(
    function: str, keys: tuple[str, ...], operator: Operator, distribution: Distribution | None
) -> Kernel:
    path = operator.files.get(function, "")
    repository = web(distribution.repository if distribution else None)
    if distribution is None or repository is None:
        return Kernel(function, keys, path, None)
    repository = repository.rstrip("/").removesuffix(".git")
    if path and distribution.revision:
        return Kernel(function, keys, path, f"{repository}/blob/{distribution.revision}/{path}")
    owner = repository.removeprefix(_GITHUB)
    href = f"{_GITHUB}search?type=code&q=repo:{owner}+{function}"
    return Kernel(function, keys, path, href if owner != repository else None)


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
