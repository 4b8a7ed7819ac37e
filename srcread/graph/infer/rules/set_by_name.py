"""Attributes that are set by a name which is a value: `setattr(self, name, m)`, `add_module`.

Which methods of a framework keep an object under a name is read in its source: those that put their
second parameter, under the first, into a dictionary of which an idiom says that attributes are kept
there, and those that call one of these. A name that is made when it runs allows the names that the
literal parts of its text allow, and stays a guess.

For example, `setattr(self, f"conv{i}", Conv())` in `__init__`: `put` of that object and "conv0" is
the object of `Conv`, and the reason that the name is made when it runs; of "norm" it is nothing.
Of `self.add_module(*pair)` the parts of the pair are the name and the object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.name_patterns import Pattern, pattern_of
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    FunctionValue,
    Instance,
    Sequence,
    Table,
    Values,
    known,
    merged,
    unknown,
)
from srcread.index import Defined
from srcread.index.block.bindings import Binding, Chance, How, Inner, Scope, Use, path_of

_MADE = unknown("the name under which it is set is made when it runs")
_SETTING = ("setattr", "__setattr__", "__dict__", "vars(")


@dataclass(frozen=True, slots=True)
class Putter:
    """A method that keeps an object by name: where both are among its arguments."""

    name: tuple[int, str]
    value: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Put:
    """A call, or an item that is set, which gives an object an attribute by name."""

    method: Defined
    name: ast.expr | str
    value: ast.expr
    inside: tuple[Inner, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A put of one object: where it runs, the names that it may be under, and those it allows."""

    frame: Frame
    put: Put
    names: frozenset[str]
    pattern: Pattern | None


class ByName:
    """Finds what is set by name."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._putters: dict[str, dict[str, Putter]] = {}
        self._puts: dict[tuple[str, str], list[Put]] = {}
        self._calls: dict[int, tuple[Scope, dict[str, list[Use]]]] = {}
        self._of_order: dict[tuple[str, ...], dict[str, Putter]] = {}
        self._all: dict[tuple[str, ...], list[tuple[str, Put]]] = {}

    def putters(self, cls: str) -> dict[str, Putter]:
        """Return the methods by which objects of a class keep others, by their names."""
        order = self.ask.classes.mro(cls)
        if order not in self._of_order:
            found: dict[str, Putter] = {}
            for owner in order:
                found |= self._own_putters(owner)
            self._of_order[order] = found
        return self._of_order[order]

    def _own_putters(self, cls: str) -> dict[str, Putter]:
        if cls not in self._putters:
            found = self._putters[cls] = {}
            kept = [name for name in self.ask.idioms.kept_in if name.rpartition(".")[0] == cls]
            defined = self.ask.index.defined(cls) if kept else None
            for name in kept if defined is not None else ():
                assert defined is not None
                attribute = name.rpartition(".")[2]
                for method in defined.mentioning(attribute):
                    if f".{attribute}[" in method.text:
                        found |= _keeping(method, attribute)
                for method in [m for put in tuple(found) for m in defined.mentioning(put)]:
                    found |= _calling(method, found)
        return self._putters[cls]

    def of(self, value: Instance) -> list[tuple[str, Put]]:
        """Return where the classes of an object set its attributes by name, each with its class."""
        order = self.ask.classes.mro(value.cls)
        if order not in self._all:
            putters = self.putters(value.cls)
            self._all[order] = [(cls, put) for cls in order for put in self._in_class(cls, putters)]
        return self._all[order]

    def placed(self, frame: Frame, put: Put, keeps: bool) -> Placed | None:
        """Return a put with its names; None where it tells of none, in a class that keeps none."""
        frame = frame.within(*put.inside)
        names, pattern = self.names(frame, put.name)
        if pattern is not None and pattern.is_open and not keeps:
            pattern = None
        if not names and pattern is None:
            return None
        return Placed(frame, put, frozenset(names), pattern)

    def _in_class(self, cls: str, putters: dict[str, Putter]) -> list[Put]:
        """Return the puts of a class's own methods; those of holders are known by what is given."""
        key = (cls, ",".join(putters))
        if key not in self._puts:
            defined = self.ask.index.defined(cls)
            own = defined is None or cls in self.ask.idioms.holds or self._own_putters(cls)
            kept = [name.rpartition(".")[2] for name in self.ask.idioms.kept_in]
            words = (*_SETTING, *putters, *(f".{name}" for name in kept if putters))
            if own or defined is None or not any(word in defined.text for word in words):
                self._puts[key] = []
                return []
            self._puts[key] = [
                put
                for method in defined.inner().values()
                if method.receiver is not None and any(word in method.text for word in words)
                for put in _puts(method, putters, ("__dict__", *kept))
            ]
        return self._puts[key]

    def given(self, placed: Placed, name: str) -> Values:
        """Return what is put under a name, and a reason where the name is only possible."""
        if name in placed.names:
            paired = self._paired(placed.frame, placed.put, name)
            return paired or self.ask.evaluate(placed.frame, placed.put.value)
        pattern = placed.pattern
        if pattern is None or pattern.is_open or not pattern.allows(name):
            return NOTHING
        return self.telling(placed)

    def _paired(self, frame: Frame, put: Put, name: str) -> Values:
        """Return what stands under a name where a loop goes through pairs: `in parts.items()`."""
        match _loop(frame, put.name), _loop(frame, put.value):
            case Binding(node=names, path=(0,)), Binding(node=values, path=(1,)) if names is values:
                pass
            case _:
                return NOTHING
        match names:
            case ast.Call(func=ast.Attribute(value=owner, attr="items"), args=[]):
                tables = self.ask.evaluate(frame, owner)
                if all(isinstance(table, Table) for table in tables):
                    return merged(tables).get(name, NOTHING)
        return NOTHING

    def telling(self, placed: Placed) -> Values:
        """Return what is put that chooses a callee, under a name that is made when it runs."""
        values = known(self.ask.evaluate(placed.frame, placed.put.value))
        telling = frozenset(value for value in values if _tells(value))
        return telling | _MADE if telling else NOTHING

    def calls_on(
        self, frame: Frame, path: str, putters: dict[str, Putter]
    ) -> Iterator[tuple[Frame, ast.expr, ast.expr]]:
        """Yield the names and values that a block puts into what a path names, by their calls."""
        for use in self._calls_of(frame.scope).get(path, ()):
            match use.node:
                case ast.Call(func=ast.Attribute(attr=method)) if method in putters:
                    if given := _given(use.node, putters[method]):
                        yield frame.within(*use.inside), *given

    def _calls_of(self, scope: Scope) -> dict[str, list[Use]]:
        """Return a block's calls of methods by the paths before them: it may have thousands."""
        if id(scope) not in self._calls:
            found: dict[str, list[Use]] = {}
            for use in scope.calls:
                match use.node:
                    case ast.Call(func=ast.Attribute(value=owner)) if path := path_of(owner):
                        found.setdefault(path, []).append(use)
            self._calls[id(scope)] = scope, found
        return self._calls[id(scope)][1]

    def names(self, frame: Frame, name: ast.expr | str) -> tuple[set[str], Pattern | None]:
        """Return the names that an expression gives; a pattern for those made when it runs."""
        if isinstance(name, str):
            return {name}, None
        values = self.ask.evaluate(frame, name)
        texts = {value.value for value in values if isinstance(value, Constant) and value.value}
        if len(texts) == len(values):
            return texts, None
        return texts, pattern_of(frame, name)


def _puts(method: Defined, putters: dict[str, Putter], kept: tuple[str, ...]) -> Iterator[Put]:
    """Yield what a method sets on its own object by name."""
    receiver = method.receiver
    for use in method.scope.calls:
        assert isinstance(use.node, ast.Call)
        if (given := _set(use.node, receiver or "", putters)) is not None:
            yield Put(method, *given, use.inside)
        for name, value in _updated(use.node, receiver or ""):
            yield Put(method, name, value, use.inside)
    for implicit in method.scope.implicit_calls:
        match implicit.chances:
            case (Chance(operand=ast.Call() as owner, arguments=(name, value)),) if (
                _is_dictionary_of(owner, receiver or "")
            ):
                yield Put(method, name, value, implicit.inside)
    for name in kept:
        for filling in method.scope.fillings.get(f"{receiver}.{name}", ()):
            if isinstance(filling.key, str):
                yield Put(method, filling.key, filling.node)
            elif filling.at is not None:
                yield Put(method, filling.at, filling.node)


def _set(
    node: ast.Call, receiver: str, putters: dict[str, Putter]
) -> tuple[ast.expr, ast.expr] | None:
    match node:
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=owner), name, value]):
            return (name, value) if owner == receiver else None
        case ast.Call(func=ast.Attribute(value=up, attr="__setattr__"), args=[*arguments]):
            if isinstance(up, ast.Call) and len(arguments) == 2:
                return arguments[0], arguments[1]
            if len(arguments) == 3 and path_of(arguments[0]) == receiver:
                return arguments[1], arguments[2]
        case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method in putters:
            if path_of(owner) == receiver or _is_super(owner):
                return _given(_unpacked(node), putters[method])
    return None


def _updated(node: ast.Call, receiver: str) -> Iterator[tuple[ast.expr | str, ast.expr]]:
    """Yield the names and values of `self.__dict__.update(name=value)`."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="update")) if _is_dictionary_of(
            owner, receiver
        ):
            yield from ((item.arg, item.value) for item in node.keywords if item.arg)
            for given in node.args:
                if isinstance(given, ast.Dict):
                    pairs = zip(given.keys, given.values, strict=True)
                    yield from ((name, value) for name, value in pairs if name is not None)


def _is_dictionary_of(node: ast.expr, receiver: str) -> bool:
    """Tell whether an expression is the dictionary of what a name is: `self.__dict__`."""
    match node:
        case ast.Call(func=ast.Name(id="vars"), args=[ast.Name(id=owner)]):
            return owner == receiver
    return path_of(node) == f"{receiver}.__dict__"


def _unpacked(node: ast.Call) -> ast.Call:
    """Write `self.add_module(*pair)` as a call with the two parts of the pair."""
    match node:
        case ast.Call(args=[ast.Starred(value=pair)], keywords=[]):
            parts = (ast.Subscript(pair, ast.Constant(place), ast.Load()) for place in (0, 1))
            return ast.Call(node.func, [*map(ast.copy_location, parts, (pair, pair))], [])
    return node


def _given(node: ast.Call, putter: Putter) -> tuple[ast.expr, ast.expr] | None:
    """Return the name and the value among a call's arguments."""
    by_name = {keyword.arg: keyword.value for keyword in node.keywords}
    found = [
        node.args[place] if place < len(node.args) else by_name.get(name)
        for place, name in (putter.name, putter.value)
    ]
    match found:
        case [ast.expr() as name, ast.expr() as value]:
            return name, value
    return None


def _keeping(method: Defined, attribute: str) -> dict[str, Putter]:
    """Return a method that puts one of its parameters, under another, into a dictionary."""
    for filling in method.scope.fillings.get(f"{method.receiver}.{attribute}", ()):
        match filling.at, filling.node:
            case ast.Name(id=name), ast.Name(id=value):
                return _putter(method, name, value)
    return {}


def _calling(method: Defined, putters: dict[str, Putter]) -> dict[str, Putter]:
    """Return a method that hands its parameters on to one that keeps them."""
    for use in method.scope.calls:
        match use.node:
            case ast.Call(func=ast.Attribute(attr=called), args=[ast.Name() as name, *_]):
                if called in putters and called != method.node.name:
                    given = _given(use.node, putters[called])
                    if given is not None and isinstance(given[1], ast.Name):
                        return _putter(method, name.id, given[1].id)
    return {}


def _putter(method: Defined, name: str, value: str) -> dict[str, Putter]:
    assert not isinstance(method.node, ast.ClassDef)
    arguments = method.node.args
    parameters = [item.arg for item in (*arguments.posonlyargs, *arguments.args)][1:]
    if name not in parameters or value not in parameters:
        return {}
    places = (parameters.index(name), name), (parameters.index(value), value)
    return {method.node.name: Putter(*places)}


def _loop(frame: Frame, node: ast.expr | str) -> Binding | None:
    """Return how a loop binds a name that nothing else binds."""
    found = frame.scope.bindings.get(node.id, []) if isinstance(node, ast.Name) else []
    return found[0] if len(found) == 1 and found[0].how is How.ELEMENT else None


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and path_of(node.func) == "super"


def _tells(value: object) -> bool:
    return isinstance(value, Instance | FunctionValue | ClassValue | Sequence | Table)
