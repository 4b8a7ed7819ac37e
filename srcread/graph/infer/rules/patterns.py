"""Patterns of `case`: what the names of a pattern stand for, as parts of what is matched.

A pattern leads from the subject into its parts: to places of a sequence, to keys of a dictionary,
to attributes of an object, by name or by the class's `__match_args__` (the fields of a dataclass or
of a named tuple). A class lets through the objects of that class, and of what is not known one that
may have been made in any way; a literal lets through itself. That an earlier `case` took a value is
left out: it may come to a later one, too.

For example, `match step: case Point(x=f): f()` where `step` is `Point(relu, gelu)` or not known:
`captured` answers what `x` is of this `Point`, the function `relu`, and of any other.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules import dataclass_fields, named_tuples
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    Instance,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    known,
    literal,
    ordered,
    table,
    unknown,
)
from srcread.index.block.bindings import Binding

_PART = "it is a part that a pattern of `case` captures"
_ITSELF = frozenset(
    f"builtins.{name}"
    for name in [
        "bool",
        "bytearray",
        "bytes",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "set",
        "str",
        "tuple",
    ]
)
"""Classes whose one part, `case str(text)`, is the subject itself."""
_TEXT = "builtins.str"


def captured(ask: Interpreter, frame: Frame, binding: Binding) -> Values:
    """Return what a name of a pattern may stand for, as far as the subject tells."""
    assert binding.captured is not None and isinstance(binding.node, ast.expr)
    name, pattern = binding.captured
    found = _Patterns(ask, frame, name).inside(ask.evaluate(frame, binding.node), pattern)
    return found or unknown(_PART)


class _Patterns:
    """Goes through a pattern to one of its names."""

    def __init__(self, ask: Interpreter, frame: Frame, name: str) -> None:
        self._ask = ask
        self._frame = frame
        self._name = name

    def inside(self, values: Values, pattern: ast.pattern) -> Values:
        """Return what the name stands for where some values meet a pattern."""
        match pattern:
            case ast.MatchAs(pattern=inner, name=name):
                found = self._let_through(values, inner) if name == self._name else NOTHING
                return found | self.inside(values, inner) if inner is not None else found
            case ast.MatchOr(patterns=patterns):
                return NOTHING.union(*(self.inside(values, item) for item in patterns))
            case ast.MatchSequence(patterns=patterns):
                return self._in_sequence(self._let_through(values, pattern), patterns)
            case ast.MatchMapping():
                return self._in_mapping(self._let_through(values, pattern), pattern)
            case ast.MatchClass():
                return self._in_object(self._let_through(values, pattern), pattern)
        return NOTHING

    def _in_sequence(self, values: Values, patterns: list[ast.pattern]) -> Values:
        starred = [i for i, item in enumerate(patterns) if isinstance(item, ast.MatchStar)]
        star, count = starred[0] if starred else len(patterns), len(patterns)
        values = frozenset(v for v in values if _fits(v, count, bool(starred)))
        found = NOTHING
        for place, item in enumerate(patterns):
            if isinstance(item, ast.MatchStar):
                if item.name == self._name:
                    found |= self._ask.items.at(values, (place, place + 1 - count or None))
            elif self._names(item):
                index = place if place < star else place - count
                found |= self.inside(self._ask.items.at(values, index), item)
        return found

    def _in_mapping(self, values: Values, pattern: ast.MatchMapping) -> Values:
        found, keys = NOTHING, list[object]()
        for key, item in zip(pattern.keys, pattern.patterns, strict=True):
            told = key.value if isinstance(key, ast.Constant) else None
            keys.append(told)
            if not self._names(item):
                continue
            if isinstance(told, str | int):
                held = self._ask.items.item(values, told)
            else:
                held = self._ask.items.element(values, None)
            found |= self.inside(held, item)
        if pattern.rest == self._name:
            for value in values:
                if isinstance(value, Table):
                    kept = {key: held for key, held in value.entries if key not in keys}
                    named = NOTHING.union(*(held for _, held in value.entries))
                    found |= {table(kept, value.items - named)}
                else:
                    found |= {value}
        return found

    def _in_object(self, values: Values, pattern: ast.MatchClass) -> Values:
        found = NOTHING
        for place, item in enumerate(pattern.patterns):
            if self._names(item):
                parts = (self._at_place(value, place) for value in ordered(values))
                found |= self.inside(NOTHING.union(*parts), item)
        for name, item in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            if self._names(item):
                found |= self.inside(self._ask.attributes.join(values, name), item)
        return found

    def _at_place(self, value: Value, place: int) -> Values:
        """Return what `case Point(part)` takes at a place of an object."""
        match value:
            case Instance(cls):
                names = self._places(cls)
                if place < len(names):
                    return self._ask.attributes.get(value, names[place])
                return unknown(f"{cls} tells of no part at place {place + 1}")
            case Unknown():
                return frozenset({value})
        return frozenset({value}) if place == 0 else NOTHING

    def _places(self, cls: str) -> list[str]:
        for member in self._ask.classes.members(cls, "__match_args__"):
            for value in member.values:
                if isinstance(value, Sequence):
                    texts = (ordered(known(held)) for held in value.positions)
                    return [
                        t.value
                        for many in texts
                        for t in many
                        if isinstance(t, Constant) and t.value
                    ]
        return named_tuples.fields(self._ask, cls) or dataclass_fields.by_place(self._ask, cls)

    def _let_through(self, values: Values, pattern: ast.pattern | None) -> Values:
        """Return the values that a pattern may let through, as what it makes sure that they are."""
        match pattern:
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return self._let_through(values, inner)
            case ast.MatchOr(patterns=patterns):
                return NOTHING.union(*(self._let_through(values, item) for item in patterns))
            case ast.MatchValue(value=ast.Constant(value=value)):
                return literal(value)
            case ast.MatchSingleton(value=value):
                return literal(value)
            case ast.MatchSequence():
                return frozenset(value for value in values if not _is_no_sequence(value))
            case ast.MatchMapping():
                return frozenset(value for value in values if not _is_no_mapping(value))
            case ast.MatchClass(cls=cls):
                return self._of_class(values, cls)
        return values

    def _of_class(self, values: Values, node: ast.expr) -> Values:
        found = NOTHING
        for cls in ordered(known(self._ask.evaluate(self._frame, node))):
            match cls:
                case ClassValue(name):
                    order = self._ask.classes.mro
                    of_class = (
                        v for v in values if isinstance(v, Instance) and name in order(v.cls)
                    )
                    below = (
                        Instance(name, constructed=False)
                        for v in values
                        if isinstance(v, Unknown)
                        or (isinstance(v, Instance) and v.cls in order(name))
                    )
                    found |= {*of_class} or {*below}
                case External(name) if name in _ITSELF:
                    kept = (v for v in values if _is_builtin(v, name))
                    found |= {*kept} or {*self._ask.annotations.values(self._frame, node)}
                case External(name):
                    found |= {ExternalInstance(name)}
        return found

    def _names(self, pattern: ast.pattern) -> bool:
        """Tell whether the name that is looked for stands in a pattern."""
        return any(
            getattr(inner, "name", None) == self._name or getattr(inner, "rest", None) == self._name
            for inner in ast.walk(pattern)
        )


def _fits(value: Value, count: int, starred: bool) -> bool:
    """Tell whether a value may be as long as a sequence of patterns."""
    if not isinstance(value, Sequence) or not value.positions:
        return True
    length = len(value.positions)
    return length >= count - 1 if starred else length == count


def _is_no_sequence(value: Value) -> bool:
    text = isinstance(value, Constant) or value == ExternalInstance(_TEXT)
    return text or isinstance(value, Table | ClassValue)


def _is_no_mapping(value: Value) -> bool:
    return isinstance(value, Constant | ExternalInstance | Sequence | ClassValue)


def _is_builtin(value: Value, name: str) -> bool:
    match value:
        case Constant(str()) | ExternalInstance("builtins.str"):
            return name == _TEXT
        case ExternalInstance(cls):
            return cls == name
        case Sequence():
            return name in ("builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset")
        case Table():
            return name == "builtins.dict"
    return False
