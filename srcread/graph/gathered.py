"""Gathering: from what single contexts reach to the edges of a graph.

Of one place the contexts may reach different things: those are rivals of each other. A place that
one context resolves and another does not is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcread.graph.bases import unread_bases
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import FunctionValue, Instance
from srcread.graph.limits import stop_words
from srcread.graph.looks import Reached
from srcread.graph.native.overloads import CallForm
from srcread.graph.reach.target import OFFERED
from srcread.graph.reading import in_reading_order
from srcread.graph.tree import in_place
from srcread.model import (
    CallGraph,
    CallSite,
    Certainty,
    Edge,
    EdgeKind,
    Operator,
    Plugin,
    Position,
    Range,
    Stop,
    Symbol,
    SymbolKind,
)

_MAKING = ("__new__", "__init__")
"""The roles of a class's own functions at the call that makes an object."""


class Gathered:
    """The edges found so far, of the functions that were looked at."""

    def __init__(self, evaluator: Interpreter) -> None:
        self.evaluator = evaluator
        self.sites: dict[tuple[CallSite, str], dict[tuple[str | None, EdgeKind], Edge]] = {}
        self.forms: dict[str, set[CallForm]] = {}
        self.quiet: dict[tuple[CallSite, str | None], Edge] = {}
        self.offered: dict[tuple[CallSite, str], dict[tuple[str | None, EdgeKind], Edge]] = {}
        """What an entry's parameters may be: it counts where no caller that is read tells more."""
        self.seen: dict[str, None] = {}
        self.made: dict[str, None] = {}
        """The classes of which an object is made."""
        self._added: set[tuple[object, ...]] = set()

    def add(self, caller: str, reached: Iterable[Reached]) -> None:
        """Add what one context of a function reaches."""
        self.seen[caller] = None
        for item in reached:
            # In another context a place mostly reaches what it did in the first.
            target = item.target
            if target.makes:
                self.made[target.makes] = None
            key = (
                id(item.place),
                target.callee,
                target.kind,
                target.reason,
                target.role,
                target.uncertain,
            )
            if key not in self._added:
                self._added.add(key)
                self._add_edge(caller, item)

    def _add_edge(self, caller: str, reached: Reached) -> None:
        target = reached.target
        site = CallSite(caller, reached.place)
        certainty = Certainty.POSSIBLE if target.uncertain else Certainty.RESOLVED
        edge = Edge(site, target.callee, target.kind, certainty, reached.condition, target.reason)
        if target.quiet:
            self.quiet[site, target.callee] = edge
            return
        sites = self.offered if target.of_entry else self.sites
        edges = sites.setdefault((site, target.role), {})
        first = edges.setdefault((target.callee, target.kind), edge)
        if target.callee is None and target.uncertain and first.certainty is Certainty.RESOLVED:
            edges[None, target.kind] = edge  # what is beside something says more
        if reached.form is not None:
            self.forms.setdefault(str(target.callee), set()).add(reached.form)

    def graph(
        self,
        entries: tuple[str, ...],
        native: tuple[str, ...],
        stopped: Stop | None,
        reached: Iterable[str],
    ) -> CallGraph:
        """Return the graph; one that `stopped` ends at what was `reached` and not looked at."""
        frontier = tuple(sorted(set(reached) - set(self.seen)))
        where = stop_words(stopped) if stopped is not None else ""
        edges = self._weighed(set(frontier), f"not followed: the walk stopped {where}")
        for of_one in edges.values():
            of_one.sort(key=in_place)
        order = tuple(reach.name for reach in in_reading_order(entries, edges))
        position = {name: number for number, name in enumerate(order)}

        def place(edge: Edge) -> tuple[object, ...]:
            return position[edge.site.caller], *in_place(edge)

        found = sorted((edge for name in order for edge in edges[name]), key=place)
        quiet = [edge for edge in self.quiet.values() if edge.site.caller in position]
        quiet.sort(key=place)
        index = self.evaluator.index
        symbols = self._symbols(order, [*found, *quiet])
        symbols |= {name: _native_symbol(name) for name in native}
        operators = self._operators(native, found)
        files = {**index.files, **self.evaluator.natives.files}
        return CallGraph(
            entries=(*(entry for entry in entries if entry in self.seen), *native),
            order=order,
            symbols=symbols,
            edges=tuple(found),
            quiet=tuple(quiet),
            operators=operators,
            plugins=self._plugins(found),
            files=dict(sorted(files.items())),
            diagnostics=tuple(sorted(set(index.diagnostics))),
            unread_bases=unread_bases(self.evaluator, symbols.values()),
            unentered=self._unentered(found),
            stopped=stopped,
            frontier=frontier,
        )

    def _weighed(self, frontier: set[str], why: str) -> dict[str, list[Edge]]:
        """Return the edges by caller; several callees of one site are rivals of each other.

        A call that one context resolves and another does not is resolved; where a context knows
        some of what a call reaches, what else it may be stays beside.
        """
        edges: dict[str, list[Edge]] = {name: [] for name in self.seen}
        for at, rivals in self.offered.items():
            told = self.sites.get(at, {})
            if all(callee is None for callee, _ in told):
                self.sites[at] = rivals
        still_open = {site for (site, _), rivals in self.sites.items() if _beside(rivals.values())}
        made = {site for site, role in self.sites if role in _MAKING}
        for (site, role), rivals in self.sites.items():
            if not role and site in made and all(e.callee is None for e in rivals.values()):
                continue
            if role == OFFERED and any(e.callee for e in self.sites.get((site, ""), {}).values()):
                continue  # another context knows
            found = [edge for edge in rivals.values() if edge.kind is not EdgeKind.UNRESOLVED]
            if len(found) > 1 or site in still_open:
                found = [replace(edge, certainty=Certainty.POSSIBLE) for edge in found]
            if found:
                found += _beside(rivals.values())
            if frontier:
                found = [
                    replace(edge, reason=edge.reason or why) if edge.callee in frontier else edge
                    for edge in found
                ]
            edges[site.caller].extend(found or list(rivals.values())[:1])
        return edges

    def _unentered(self, edges: Iterable[Edge]) -> tuple[str, ...]:
        """Return the modules that are made here, and whose `forward` no call is known to reach."""
        met = {edge.callee for edge in edges} | set(self.seen)
        return tuple(
            sorted(cls for cls in self.made if (names := self._forwards(cls)) and not names & met)
        )

    def _forwards(self, cls: str) -> set[str | None]:
        """Return the functions that calling an object of a class comes to, if it is a module."""
        value, attributes = Instance(cls, constructed=False), self.evaluator.attributes
        idioms = self.evaluator.idioms
        ends = {
            idioms.call_dispatches_to[call.name]
            for call in attributes.get(value, "__call__")
            if isinstance(call, FunctionValue) and call.name in idioms.call_dispatches_to
        }
        found = (item for method in ends for item in attributes.get(value, method))
        names = {item.name for item in found if isinstance(item, FunctionValue)}
        return {name for name in names if name not in idioms.abstract}

    def _symbols(self, order: Iterable[str], edges: Iterable[Edge]) -> dict[str, Symbol]:
        symbols: dict[str, Symbol] = {}
        for name in order:
            symbol = self.evaluator.index.symbol(name)
            assert symbol is not None
            symbols[name] = symbol
        for edge in edges:
            if edge.callee is None or edge.callee in symbols:
                continue
            if edge.kind is EdgeKind.NATIVE:
                symbols[edge.callee] = _native_symbol(edge.callee)
            elif edge.kind is not EdgeKind.EXTERNAL:
                symbol = self._symbol(edge.callee)
                if symbol is not None:
                    symbols[edge.callee] = symbol
        return dict(sorted(symbols.items()))

    def _symbol(self, name: str) -> Symbol | None:
        index = self.evaluator.index
        folded = self.evaluator.is_closed(name.rpartition(".")[0])
        return (index.glimpse(name) if folded else None) or index.symbol(name)

    def _operators(self, native: Iterable[str], edges: Iterable[Edge]) -> dict[str, Operator]:
        """Return the operator behind each native callee: the overload that all its calls fit."""
        operators: dict[str, Operator] = {}
        called = (str(edge.callee) for edge in edges if edge.kind is EdgeKind.NATIVE)
        for name in dict.fromkeys((*native, *called)):
            forms = self.forms.get(name, set())
            operator = self.evaluator.natives.described(name, tuple(forms))
            if operator is not None:
                operators[name] = operator
        return dict(sorted(operators.items()))

    def _plugins(self, edges: Iterable[Edge]) -> dict[str, Plugin]:
        """Return the plugins among the native callees."""
        names = {str(edge.callee) for edge in edges if edge.kind is EdgeKind.NATIVE}
        found = ((name, self.evaluator.natives.plugin(name)) for name in sorted(names))
        return {name: plugin for name, plugin in found if plugin is not None}


def _beside(rivals: Iterable[Edge]) -> list[Edge]:
    """Return what says of a call, of which something is known, that it may reach more."""
    return [
        edge
        for edge in rivals
        if edge.kind is EdgeKind.UNRESOLVED and edge.certainty is Certainty.POSSIBLE
    ]


def _native_symbol(name: str) -> Symbol:
    nowhere = Range(Position(0, 0), Position(0, 0))
    return Symbol(name, SymbolKind.NATIVE, "", "", nowhere, 0)
