"""What is put into lists and dictionaries after they are made: `x.append(…)`, `x[key] = …`.

For attributes of `self` in any method of the class, and for names of the same block. A weak update:
when it happens is not told, the container holds it from the first; but for a local dictionary that
nobody else gets, of which a read sees what was put in before, and the last of each key. What
functions put into a module's container when modules are imported is the affair of `registries`.

For example, `layers = []`, then `for _ in range(n): layers.append(Linear())`: `filled` answers, for
that list, one that holds an object of `Linear`, so a loop over `layers` calls `Linear.forward`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules import holders
from srcread.graph.infer.rules.containers import all_put, with_put
from srcread.graph.infer.rules.filled_for import fillings_for, is_left_empty
from srcread.graph.infer.rules.lists import is_shared
from srcread.graph.infer.rules.set_by_name import ByName
from srcread.graph.infer.values import (
    Constant,
    Instance,
    Key,
    Sequence,
    Table,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index.block.bindings import Filling, Put, Reach
from srcread.index.block.expressions import FILLING_WORDS

_FILLED = re.compile(rf"\b(\w++)(?:{'|'.join(map(re.escape, FILLING_WORDS))})")
"""Whole words only, and none given back: else every tail of every word of a file is tried."""


class Fillings:
    """Finds what fills the containers of a block."""

    def __init__(self, ask: Interpreter, by_name: ByName) -> None:
        self.ask = ask
        self._by_name = by_name
        self._bare = {name.rpartition(".")[0] + "." for name in ask.idioms.kept_in}

    def filled(self, frame: Frame, path: str, values: Values, reach: Reach | None = None) -> Values:
        """Return the values of a name, its containers with what the block puts into them.

        What was put in before a read, and in which order, counts where nobody else has the
        container. Where nothing is in one, what the functions put in that the block calls counts.
        """
        found = self._filled_here(frame, path, values, reach)
        if not is_left_empty(frame, path, found):
            return found
        for inner, filling in fillings_for(self.ask, frame, path):
            found = frozenset(self.put(inner, value, filling) for value in found)
        return found

    def _filled_here(self, frame: Frame, path: str, values: Values, reach: Reach | None) -> Values:
        """Return the values of a name, its containers with what its own block puts into them."""
        if not any(isinstance(value, Sequence | Table | Instance) for value in values):
            return values
        scope = frame.scope
        if frame.defined is None:
            if not self.may_be_filled(frame.module.file.text, path, values):
                return values  # what a whole module's expressions do is worth a look at its text
            scope = frame.module.whole_scope
        fillings = scope.fillings.get(path, ())
        told = reach is not None and any(isinstance(value, Table) for value in values)
        if told and reach is not None and fillings and not is_shared(frame, path):
            return frozenset(self._in_order(frame, value, reach.fillings) for value in values)
        if not fillings and not self._is_called_on(frame, path, values):
            return values
        return frozenset(self._with(frame, path, value, fillings) for value in values)

    def _is_called_on(self, frame: Frame, path: str, values: Values) -> bool:
        """Tell whether a block may keep something, by name, in what a path names."""
        return any(
            isinstance(value, Instance)
            and (putters := self._by_name.putters(value.cls))
            and (f"{value.cls}." in self._bare or any(self._by_name.calls_on(frame, path, putters)))
            for value in values
        )

    def _with(self, frame: Frame, path: str, value: Value, fillings: Iterable[Filling]) -> Value:
        if isinstance(value, Instance) and f"{value.cls}." in self._bare:
            value = self._set_on(frame, path, value)
        if isinstance(value, Instance) and (putters := self._by_name.putters(value.cls)):
            for inner, name, node in self._by_name.calls_on(frame, path, putters):
                names, pattern = self._by_name.names(inner, name)
                keys = [*sorted(names), *([None] if pattern is not None else [])]
                for key in keys:
                    value = with_put(self.ask, value, self.ask.evaluate(inner, node), key)
        for filling in fillings:
            if "." not in path or not self._is_anything(frame, filling.node):
                value = self.put(frame, value, filling)
        return value

    def _set_on(self, frame: Frame, path: str, value: Instance) -> Instance:
        """Return an object of a framework's own base class with what is set on it: `x.y = …`.

        Nothing else tells one such object from another.
        """
        owner, dot, _ = path.partition(".")
        if dot:
            found = [(s.name, s.binding) for s in frame.scope.settings.get(path, ())]
        else:
            attributes = frame.scope.attributes.items()
            found = [(n, b) for (of, n), bindings in attributes for b in bindings if of == owner]
        for name, binding in found:
            value = holders.with_put(self.ask, value, self.ask.names.bound(frame, binding), name)
        return value

    def _in_order(self, frame: Frame, value: Value, fillings: Iterable[Put]) -> Value:
        for item in fillings:
            value = self.put(frame, value, item.filling, item.sure)
        return value

    def put(self, frame: Frame, value: Value, filling: Filling, sure: bool = False) -> Value:
        """Return a container with what one statement puts into it; in its place if it is `sure`."""
        if filling.above:
            return self._put_inside(frame, value, filling, sure)
        put = self.ask.evaluate(frame, filling.node)
        if filling.spread:
            return all_put(self.ask, value, put, sure)
        keys: list[Key | None] = [filling.key]
        if filling.key is None and filling.at is not None:
            found = self.ask.evaluate(frame, filling.at)
            named = [key.value for key in ordered(found) if isinstance(key, Constant)]
            keys = [*named] if named and len(named) == len(found) else keys
        for key in keys:
            value = with_put(self.ask, value, put, key, sure and len(keys) == 1)
        return value

    def _put_inside(self, frame: Frame, value: Value, filling: Filling, sure: bool) -> Value:
        """Put something into a container that stands under a key of another one."""
        key, *above = filling.above
        if not isinstance(value, Table) or key is None:
            return value
        held = self.ask.items.item(frozenset({value}), key)
        inner = replace(filling, above=tuple(above))
        changed = frozenset(self.put(frame, item, inner, sure) for item in held)
        return with_put(self.ask, value, changed, key, sure=True)

    def _is_anything(self, frame: Frame, node: ast.expr) -> bool:
        """Tell whether a method puts in what it is given, and nobody knows who calls it.

        Who does is the affair of `reach/callbacks`, and an object that nobody fills stays empty.
        """
        return (
            frame.context is not None
            and not frame.context.called
            and isinstance(node, ast.Name)
            and self.ask.parameters.has(frame, node.id)
            and not known(self.ask.evaluate(frame, node))
        )

    def may_be_filled(self, text: str, path: str, values: Values) -> bool:
        """Tell whether some values are containers, and a file has words that would fill them."""
        name = path.rpartition(".")[2]
        return may_be_filled(text, path, values) or any(
            f"{value.cls}." in self._bare or f"{name}.{word}(" in text
            for value in values
            if isinstance(value, Instance)
            for word in self._by_name.putters(value.cls)
        )


def may_be_filled(text: str, path: str, values: Values) -> bool:
    """Tell whether some values are containers, and a file has words that would fill them."""
    if not any(isinstance(value, Sequence | Table | Instance) for value in values):
        return False
    return path.rpartition(".")[2] in _filled_names(text)


@lru_cache(maxsize=1024)
def _filled_names(text: str) -> frozenset[str]:
    """Return the names after which a file's text has a word that would fill a container."""
    return frozenset(_FILLED.findall(text))
