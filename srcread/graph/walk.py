"""The walk: from the entries down, every call of every function that is reached.

A function is looked at once per context in which it is called, and what it calls in any of them are
its edges. Contexts are capped: beyond the cap a function is looked at with its arguments unknown,
which may add rivals but loses no edge.
"""

from __future__ import annotations

import ast
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from srcread.graph.entries import resolve_entry
from srcread.graph.idioms import Idioms
from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.lambdas import Placed
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import Context, forget
from srcread.graph.native.overloads import CallForm, call_form
from srcread.graph.reach.accesses import attribute_targets
from srcread.graph.reach.callbacks import put_targets
from srcread.graph.reach.implicit import (
    class_bodies,
    class_made_targets,
    implicit_targets,
)
from srcread.graph.reach.target import CallTarget
from srcread.graph.reach.targets import call_targets, raised_targets
from srcread.graph.tree import in_place, reading_order
from srcread.index import Index
from srcread.index.block.bindings import ImplicitCall
from srcread.index.trees import uncollected
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
    Symbol,
    SymbolKind,
)

_MAX_CONTEXTS = 12
_MAX_WALKS = 8
_MAKING = ("__new__", "__init__")
"""The roles of a class's own functions at the call that makes an object."""
_MAX_RIVALS = 12
_TOO_MANY = "one of {} that may be called here: too many to be walked into"


def build_graph(
    index: Index,
    entries: Sequence[str],
    idioms: Idioms | None = None,
    methods: Mapping[str, Sequence[str]] | None = None,
) -> CallGraph:
    """Return the static call graph below the entries.

    `methods` lists, for an entry that is a class, the public methods to walk instead of all.

    Raises:
        NotFoundError: an entry does not exist; the message names the nearest that does.
    """
    with uncollected():
        try:
            return _build(index, entries, idioms, methods or {})
        finally:
            forget()


def _build(
    index: Index,
    entries: Sequence[str],
    idioms: Idioms | None,
    methods: Mapping[str, Sequence[str]],
) -> CallGraph:
    """Walk until nothing that was looked at has changed since: what is found late changes it."""
    evaluator = Evaluator(index, idioms, entries)
    looks: dict[Context, Cell[_Look]] = {}
    for _ in range(_MAX_WALKS):
        starts = _starts(evaluator, entries, methods)
        walk = _Worklist(evaluator, looks)
        walk.run(starts)
        if not walk.is_stale():
            break
    return walk.graph(tuple(dict.fromkeys(context.function for context in starts)))


def _starts(
    evaluator: Evaluator, entries: Sequence[str], methods: Mapping[str, Sequence[str]]
) -> list[Context]:
    return [
        context
        for entry in entries
        for context in resolve_entry(evaluator, entry, methods.get(entry, ()))
    ]


_Look = tuple[tuple[ast.expr | ast.stmt, ast.expr | None, list[CallTarget]], ...]
"""What one context reaches, by node and condition."""


class _Worklist:
    """The worklist of contexts and the edges found so far; `looks` are kept from walk to walk."""

    def __init__(self, evaluator: Evaluator, looks: dict[Context, Cell[_Look]]) -> None:
        self.evaluator = evaluator
        self.looks = looks
        self.queue: deque[Context] = deque()
        self.seen: dict[str, set[Context]] = {}
        self.sites: dict[tuple[CallSite, str], dict[tuple[str | None, EdgeKind], Edge]] = {}
        self.forms: dict[str, set[CallForm]] = {}
        self.added: set[tuple[object, ...]] = set()
        self.quiet: dict[tuple[CallSite, str | None], Edge] = {}
        self.offered: dict[tuple[CallSite, str], dict[tuple[str | None, EdgeKind], Edge]] = {}
        """What an entry's parameters may be: it counts where no caller that is read tells more."""
        self.unsearched: list[str] = []
        """The functions seen whose lambdas were not looked for."""

    def run(self, starts: Iterable[Context]) -> None:
        for context in starts:
            self.reach(context)
        while self.queue or self.reach_lambdas():
            self.look_at(self.queue.popleft())

    def is_stale(self) -> bool:
        """Tell whether something that was looked at has changed since."""
        return any(self.looks[at].is_stale for contexts in self.seen.values() for at in contexts)

    def reach(self, context: Context) -> None:
        if context.function not in self.seen:
            self.seen[context.function] = set()
            self.unsearched.append(context.function)
        contexts = self.seen[context.function]
        if len(contexts) >= _MAX_CONTEXTS:
            context = replace(context, bound=None, arguments=(), called=False)
        if context not in contexts:
            contexts.add(context)
            self.queue.append(context)

    def look_at(self, context: Context) -> None:
        """Add the edges of one context."""
        solver = self.evaluator.solver
        for node, condition, targets in solver.ask(self.looks, context, (), self.look, context):
            self.add(context, node, condition, targets)

    def look(self, context: Context) -> _Look:
        """Return what one context reaches."""
        reached: list[tuple[ast.expr | ast.stmt, ast.expr | None, list[CallTarget]]] = []
        self.look_into(self.evaluator.frame(context), reached)
        return tuple(reached)

    def look_into(
        self,
        frame: Frame,
        look: list[tuple[ast.expr | ast.stmt, ast.expr | None, list[CallTarget]]],
    ) -> None:
        """Find what a block reaches, and the class bodies in it: they run with it."""

        def note(
            node: ast.expr | ast.stmt, condition: ast.expr | None, found: list[CallTarget]
        ) -> None:
            if found:
                targets = _not_too_many(found, self.evaluator.fallen_back_on)
                look.append((node, condition, targets))

        self.evaluator.patches.note_fillings(frame)
        for use in frame.scope.calls:
            assert isinstance(use.node, ast.Call)
            find = partial(call_targets, self.evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, _followed(find))
        for use in frame.scope.reads:
            assert isinstance(use.node, ast.Attribute)
            find = partial(attribute_targets, self.evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, _followed(find))
        for implicit in frame.scope.implicit_calls:
            find = partial(self.implied, frame.within(*implicit.inside), implicit)
            note(implicit.node, implicit.condition, _followed(find))
        for body in class_bodies(frame):
            self.look_into(body, look)
            for node, made in class_made_targets(self.evaluator, body):
                note(node, None, [made])

    def reach_lambdas(self) -> bool:
        """Walk the lambdas that nothing calls, as far as the text tells: their calls count too."""
        names, self.unsearched = self.unsearched, []
        for name in names:
            defined = self.evaluator.index.defined(name)
            assert defined is not None
            for placed in self.evaluator.lambdas.of(defined.module, defined):
                if placed.defined.name not in self.seen:
                    context = next(iter(self.seen[name]))
                    self.add_lambda(placed, context)
        return bool(self.queue)

    def add_lambda(self, placed: Placed, context: Context) -> None:
        reason = "nothing that is read calls it: it may be called with anything"
        name = placed.defined.name
        reached = Context(name, called=False, outer=context)
        target = CallTarget(name, EdgeKind.DIRECT, reached, reason, uncertain=True)
        self.add(context, placed.node, None, [target])

    def implied(self, frame: Frame, implicit: ImplicitCall) -> list[CallTarget]:
        """Return what an implicit call reaches; of an item put somewhere what gets it, too."""
        if implicit.role == "raise":
            return raised_targets(self.evaluator, frame, implicit.chances[0].operand)
        targets = implicit_targets(self.evaluator, frame, implicit)
        if implicit.role == "item":
            targets += put_targets(self.evaluator, frame, implicit)
        return targets

    def add(
        self,
        context: Context,
        node: ast.expr | ast.stmt,
        condition: ast.expr | None,
        targets: list[CallTarget],
    ) -> None:
        for target in targets:
            # In another context a node mostly reaches what it did in the first.
            key = (
                id(node),
                target.callee,
                target.kind,
                target.reason,
                target.role,
                target.uncertain,
            )
            if key not in self.added:
                self.added.add(key)
                self.add_edge(context.function, node, condition, target)
            if target.context is not None:
                self.reach(target.context)

    def add_edge(
        self, caller: str, node: ast.expr | ast.stmt, condition: ast.expr | None, target: CallTarget
    ) -> None:
        defined = self.evaluator.index.defined(caller)
        assert defined is not None
        site = CallSite(caller, defined.module.range(node))
        branch = defined.module.range(condition) if condition is not None else None
        certainty = Certainty.POSSIBLE if target.uncertain else Certainty.RESOLVED
        edge = Edge(site, target.callee, target.kind, certainty, branch, target.reason)
        if target.quiet:
            self.quiet[site, target.callee] = edge
            return
        sites = self.offered if target.of_entry else self.sites
        edges = sites.setdefault((site, target.role), {})
        first = edges.setdefault((target.callee, target.kind), edge)
        if target.callee is None and target.uncertain and first.certainty is Certainty.RESOLVED:
            edges[None, target.kind] = edge  # what is beside something says more
        if target.kind is EdgeKind.NATIVE and isinstance(node, ast.Call):
            self.forms.setdefault(str(target.callee), set()).add(call_form(node))

    def graph(self, entries: tuple[str, ...]) -> CallGraph:
        edges = self.weighed()
        order = reading_order(entries, edges)
        edges = {name: edges[name] for name in order}
        position = {name: number for number, name in enumerate(order)}

        def place(edge: Edge) -> tuple[object, ...]:
            return position[edge.site.caller], *in_place(edge)

        found = sorted((edge for edges_of in edges.values() for edge in edges_of), key=place)
        quiet = sorted(self.quiet.values(), key=place)
        index = self.evaluator.index
        symbols, operators = self.symbols(order, [*found, *quiet]), self.operators(found)
        files = {**index.files, **self.evaluator.natives.files}
        return CallGraph(
            entries=entries,
            order=order,
            symbols=symbols,
            edges=tuple(found),
            quiet=tuple(quiet),
            operators=operators,
            plugins=self.plugins(found),
            files=dict(sorted(files.items())),
            diagnostics=tuple(sorted(set(index.diagnostics))),
        )

    def weighed(self) -> dict[str, list[Edge]]:
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
            found = [edge for edge in rivals.values() if edge.kind is not EdgeKind.UNRESOLVED]
            if len(found) > 1 or site in still_open:
                found = [replace(edge, certainty=Certainty.POSSIBLE) for edge in found]
            if found:
                found += _beside(rivals.values())
            edges[site.caller].extend(found or list(rivals.values())[:1])
        return edges

    def symbols(self, order: Iterable[str], edges: Iterable[Edge]) -> dict[str, Symbol]:
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
                symbol = self.symbol(edge.callee)
                if symbol is not None:
                    symbols[edge.callee] = symbol
        return dict(sorted(symbols.items()))

    def symbol(self, name: str) -> Symbol | None:
        index = self.evaluator.index
        folded = self.evaluator.is_closed(name.rpartition(".")[0])
        return (index.glimpse(name) if folded else None) or index.symbol(name)

    def operators(self, edges: Iterable[Edge]) -> dict[str, Operator]:
        """Return the operator behind each native callee: the overload that all its calls fit."""
        operators: dict[str, Operator] = {}
        for edge in edges:
            if edge.kind is EdgeKind.NATIVE and edge.callee is not None:
                forms = self.forms.get(edge.callee, set())
                operator = self.evaluator.natives.described(edge.callee, tuple(forms))
                if operator is not None:
                    operators[edge.callee] = operator
        return dict(sorted(operators.items()))

    def plugins(self, edges: Iterable[Edge]) -> dict[str, Plugin]:
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


def _followed(find: Callable[[], list[CallTarget]]) -> list[CallTarget]:
    """Return what is found; what exhausts Python's stack is unresolved, not the run's end."""
    try:
        return find()
    except RecursionError:
        reason = "it is nested too deeply to be followed"
        return [CallTarget(None, EdgeKind.UNRESOLVED, reason=reason)]


def _not_too_many(targets: list[CallTarget], chosen: set[str]) -> list[CallTarget]:
    """Let the walk stop at a call that may reach many functions: a table of all models' losses.

    Each of them stays an edge, so that nothing is hidden, but none is walked into except those that
    are `chosen`, which stand under a key that the text itself falls back on. What is read of a
    model's graph would be the table's other entries. Any of them can be an entry of its own.
    """
    if len(targets) <= _MAX_RIVALS:
        return targets
    several = Counter(target.role for target in targets)
    return [
        replace(
            target, context=None, reason=target.reason or _TOO_MANY.format(several[target.role])
        )
        if several[target.role] > _MAX_RIVALS and target.callee not in chosen
        else target
        for target in targets
    ]


def _native_symbol(name: str) -> Symbol:
    nowhere = Range(Position(0, 0), Position(0, 0))
    return Symbol(name, SymbolKind.NATIVE, "", "", nowhere, 0)
