"""Contexts: what a call tells a function, of all that it is given; context sensitivity.

A function is looked at once per context, so each further value kept makes contexts. Kept is what
can choose a callee further down: numbers and texts are dropped, constructions nested too deep, too,
so that contexts stay finitely many (widening); so are tensors, but where a parameter has no
annotation to say so.

For example, `F.dropout(x, self.p, training=True)` binds to the parameters of
torch.nn.functional.dropout, but the float and the bool say nothing: the context is the same as for
any other dropout. `self.run(relu)` is another one than `self.run(gelu)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.nesting import cut, depth, shallow
from srcread.graph.infer.rules.field_defaults import chooses
from srcread.graph.infer.rules.offers import offers
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    ANYTHING,
    NONE,
    NOTHING,
    OFFERED,
    OPEN,
    Arguments,
    ClassValue,
    Constant,
    Context,
    ExternalInstance,
    FunctionValue,
    Instance,
    Partial,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    as_open,
    known,
    merged,
    same,
)
from srcread.index import Defined

_MAX_NESTING = 5
_TEXT = ExternalInstance("builtins.str")


@dataclass(frozen=True, slots=True)
class _Signature:
    """What binding a call asks of a function's parameters.

    `unsaid` have no annotation; those with stars are in `loose` instead.
    """

    by_position: tuple[str, ...]
    by_name_only: frozenset[str]
    unsaid: frozenset[str]
    loose: frozenset[str]
    starred: str | None
    double_starred: str | None


class Contexts:
    """Pairs what calls give with what functions take."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._alike: dict[str, Cell[frozenset[str]]] = {}
        self._signatures: dict[str, _Signature] = {}
        self._worth: dict[Values, Cell[Values]] = {}
        """What of a set of values is worth keeping: nearly all questions are about a few sets."""

    def arguments(self, frame: Frame, node: ast.Call) -> tuple[list[Values], dict[str, Values]]:
        """Evaluate a call's arguments; a starred one gives its elements, by place if known."""
        positional: list[Values] = []
        may_give = NOTHING
        for argument in node.args:
            values = self.ask.evaluate(frame, argument)
            if isinstance(argument, ast.Starred):
                starred = [v for v in values if isinstance(v, Sequence) and v.positions]
                if len(starred) == 1:
                    positional.extend(starred[0].positions)
                    continue
                values = self.ask.items.elements(values)
                may_give |= as_open(values) or {ANYTHING}
            positional.append(values)
        keywords: dict[str, Values] = {}
        for keyword in node.keywords:
            values = self.ask.evaluate(frame, keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = values
                continue
            given = merged(values)
            keywords.update((name, held) for name, held in given.items() if isinstance(name, str))
            may_give |= _loose(values)
        if may_give:
            keywords[OPEN] = may_give
        return positional, keywords

    def of_call(
        self, callee: FunctionValue, frame: Frame, node: ast.Call, before: Partial | None = None
    ) -> Context:
        """Return the context in which a call runs a function, `before` being what it is part of."""
        arguments, keywords = self.all_arguments(frame, node, before)
        return self.bind(callee, arguments, keywords)

    def all_arguments(
        self, frame: Frame, node: ast.Call, before: Partial | None
    ) -> tuple[list[Values], dict[str, Values]]:
        """Return a call's arguments behind those that a partial function holds."""
        arguments, keywords = self.arguments(frame, node)
        if before is None:
            return arguments, keywords
        return [*before.arguments, *arguments], {**dict(before.keywords), **keywords}

    def bind(
        self, callee: FunctionValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Context:
        """Pair arguments with parameters; keep what can choose a callee further down."""
        defined = self.ask.index.defined(callee.name)
        assert defined is not None
        signature = self._signature(defined)
        worth_keeping, worth_passing_on = self.worth_keeping, self._worth_passing_on
        names = signature.by_position
        receiver = callee.bound
        if receiver is not None and defined.receiver is None:
            arguments = [frozenset({receiver}), *arguments]  # a wrapper that stands for a method
        elif receiver is not None:
            names = names[1:]
        elif defined.receiver is not None and arguments and len(arguments[0]) == 1:
            (receiver,) = arguments[0]  # `Class.method(self)`
            if isinstance(receiver, Instance | ClassValue):
                names, arguments = names[1:], arguments[1:]
            else:
                receiver = None
        bound: dict[str, Values] = dict(zip(names, arguments, strict=False))
        if signature.starred is not None:
            keep = worth_passing_on if signature.starred in signature.loose else worth_keeping
            rest = tuple(_inner(keep(item)) for item in arguments[len(names) :])
            bound[signature.starred] = frozenset({Sequence(NOTHING.union(*rest), rest)})
        extra: dict[str, Values] = {}
        may_give = keywords.get(OPEN, NOTHING)
        keep = worth_passing_on if signature.double_starred in signature.loose else worth_keeping
        for name, values in sorted(keywords.items()):
            if name in names or name in signature.by_name_only:
                bound[name] = values
            elif name != OPEN:
                extra[name] = _inner(keep(values))
        if signature.double_starred is not None:
            table = Table(tuple(extra.items()), may_give.union(*extra.values()))
            bound[signature.double_starred] = frozenset({table})
        if may_give:
            left = {*names, *signature.by_name_only} - bound.keys()
            bound |= self._besides_defaults(callee, sorted(left), may_give)
        kept = self._told(defined, bound)
        return same(Context(callee.name, receiver, kept, outer=callee.context))

    def _besides_defaults(
        self, callee: FunctionValue, names: list[str], may_give: Values
    ) -> dict[str, Values]:
        """Return what parameters hold that a call may give, or leave to defaults that choose."""
        frame = self.ask.frame(Context(callee.name, called=False, outer=callee.context))
        defaults = {name: self.ask.parameters.default(frame, name) or NOTHING for name in names}
        return {
            name: default | may_give
            for name, default in defaults.items()
            if any(map(chooses, default - NONE))
        }

    def _told(self, defined: Defined, bound: Mapping[str, Values]) -> Arguments:
        """Return what a call tells the parameters of a function, by name."""
        assert not isinstance(defined.node, ast.ClassDef)
        alike = self._alike_of(defined)
        signature = self._signature(defined)
        starred = (signature.starred, signature.double_starred)
        kept = []
        for name, values in sorted(bound.items()):
            keep = self._worth_passing_on if name in signature.unsaid else self.worth_keeping
            worth = keep(values)
            if name in starred:
                worth |= self._holding_arrays(values)
                worth |= {v for v in values if isinstance(v, Table) and ANYTHING in v.items}
            kept.append((name, NOTHING if name in alike and self._is_alike(worth) else worth))
        return tuple(kept)

    def worth_keeping(self, values: Values) -> Values:
        """Drop what chooses no callee, and constructions nested too deep to stay finite."""
        # 19 of 20 questions are about the same few sets.
        return self.ask.solver.ask(self._worth, values, NOTHING, self._worthy, values)

    def _worthy(self, values: Values) -> Values:
        kept = frozenset(
            value
            for value in (cut(shallow(value), _MAX_NESTING) for value in values)
            if not isinstance(value, Unknown)
            and not self.ask.plain.is_plain(value, none=False)
            and depth(value) <= _MAX_NESTING
        )
        if _TEXT in values and any(isinstance(v, Constant) and v.value for v in kept):
            kept |= frozenset({_TEXT})  # it is that text, or any
        still_open = [v for v in values if isinstance(v, Unknown) and not v.fails]
        if not still_open or not (kept or ANYTHING in values):
            return kept
        return kept | {OFFERED if all(value.of_entry for value in still_open) else ANYTHING}

    def _worth_passing_on(self, values: Values) -> Values:
        """Keep tensors too: they may be handed on to parameters that no annotation tells of."""
        kept = self.worth_keeping(values) | self._arrays(values)
        return (
            kept
            if known(kept)
            else frozenset(v for v in offers(values) if self.ask.plain.arrays(_offer(v)))
        )

    def _holding_arrays(self, values: Values) -> Values:
        """Return what holds tensors among what `*args` and `**kwargs` take."""
        arrays = self.ask.plain.arrays
        return frozenset(v for v in values if isinstance(v, Sequence | Table) and arrays(v.items))

    def _arrays(self, values: Values) -> Values:
        """Return the tensors among some values, as tensors that nothing more is known of."""
        leaves = self.ask.idioms.schema_types.values()
        order = self.ask.classes.mro
        return frozenset(
            Instance(next(name for name in order(value.cls) if name in leaves), constructed=False)
            for value in self.ask.plain.arrays(values)
            if isinstance(value, Instance)
        )

    def _is_alike(self, values: Values) -> bool:
        """Tell whether values say no more than an annotation that promises objects all alike."""
        others = values - NONE
        return bool(others) and all(
            isinstance(value, Unknown) or self.ask.plain.is_data(value) for value in others
        )

    def _signature(self, defined: Defined) -> _Signature:
        """Return the parameters of a function as calls are bound to them."""
        if defined.name not in self._signatures:
            assert not isinstance(defined.node, ast.ClassDef)
            self._signatures[defined.name] = _parameters(defined.node.args)
        return self._signatures[defined.name]

    def _alike_of(self, defined: Defined) -> frozenset[str]:
        """Return the parameters that are annotated with classes whose objects are all alike."""
        nothing: frozenset[str] = frozenset()
        return self.ask.solver.ask(
            self._alike, defined.name, nothing, self._annotated_alike, defined
        )

    def _annotated_alike(self, defined: Defined) -> frozenset[str]:
        return frozenset(self._promised_alike(defined))

    def _promised_alike(self, defined: Defined) -> Iterator[str]:
        names = self.ask.idioms.alike
        if not names or isinstance(defined.node, ast.ClassDef):
            return
        arguments = defined.node.args
        frame = self.ask.names.standing(defined)
        for single in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if single.annotation is not None:
                values = self.ask.annotations.values(frame, single.annotation) - NONE
                if values and all(isinstance(v, Instance) and v.cls in names for v in values):
                    yield single.arg


def _loose(values: Values) -> Values:
    """Return what `**values` may give besides what stands under keys that are told."""
    found = NOTHING
    for value in values:
        match value:
            case Table(entries, items):
                found |= as_open(items - NOTHING.union(*(held for _, held in entries)))
            case Unknown(fails=False):
                found |= {ANYTHING}
    return found


def _inner(values: Values) -> Values:
    """Return what can be kept inside a container; what nests deeper would cost all of it."""
    return frozenset(value for value in values if depth(value) < _MAX_NESTING)


def _offer(value: Value) -> Values:
    return frozenset({value.may_be}) if isinstance(value, Unknown) and value.may_be else NOTHING


def _parameters(arguments: ast.arguments) -> _Signature:
    positional = (*arguments.posonlyargs, *arguments.args)
    every = (*positional, *arguments.kwonlyargs)
    starred = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    return _Signature(
        by_position=tuple(item.arg for item in positional),
        by_name_only=frozenset(item.arg for item in arguments.kwonlyargs),
        unsaid=frozenset(item.arg for item in every if item.annotation is None),
        loose=frozenset(item.arg for item in starred if item.annotation is None),
        starred=arguments.vararg.arg if arguments.vararg is not None else None,
        double_starred=arguments.kwarg.arg if arguments.kwarg is not None else None,
    )
