"""Registries that are objects or stand in a class: what the import of modules puts into them.

`@BACKBONES.register()` above a class calls a method of a module's object, which puts the class into
a dictionary of that object; `__init_subclass__` puts each subclass into a dictionary of the class.
Where this happens is looked for as for a module's own tables (`registries`).

For example, `ACTS = Registry()`, where `Registry.register` ends in `self._map[name] = f`, and
`@ACTS.register("relu")` above a function: `filled` answers the object with that function in its
`_map`, under "relu", so `ACTS.get("relu")(x)` calls it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import with_put
from srcread.graph.infer.rules.registries import Registries
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    Context,
    FunctionValue,
    Instance,
    Key,
    Sequence,
    Table,
    Value,
    Values,
    known,
    ordered,
    same,
    table,
)
from srcread.index import Defined, Module
from srcread.index.block.bindings import Filling

_MAX_STEPS = 4
_IS_SAID = "regist"
"""It stands in a module whose object is filled from other modules: they are not opened else."""
_FILLED = re.compile(r"\b\w+\.\w+(?:\[[^\]]+\] *=[^=]|\.(?:append|add|insert|setdefault)\()")


class RegistryObjects:
    """Finds what the import of modules puts into objects of modules, and into classes."""

    def __init__(self, ask: Interpreter, registries: Registries) -> None:
        self.ask = ask
        self._registries = registries
        self._known: dict[str, bool] = {}
        """Which classes' objects are registries, as far as their methods tell."""

    def filled(self, frame: Frame, name: str, values: Values) -> Values:
        """Return a module's objects under a name with what is registered in them."""
        if not any(isinstance(v, Instance) and self._registers(v.cls) for v in values):
            return values
        used = re.compile(rf"^[ \t]*@?{re.escape(name)}\.", re.MULTILINE)
        if not used.search(frame.module.file.text) and not (
            _IS_SAID in frame.module.file.text.lower()
            and any(used.search(m.file.text) for m in self._around(frame.module, name))
        ):
            return values
        return frozenset(
            self._with(frame.module, name, value)
            if isinstance(value, Instance) and self._registers(value.cls)
            else value
            for value in values
        )

    def of_class(self, defined: Defined, name: str, values: Values) -> Values:
        """Return the containers that a class holds with what subclasses and calls put into them."""
        if not any(isinstance(value, Sequence | Table) for value in values):
            return values
        text = defined.module.file.text
        if f".{name}[" not in text and f".{name}." not in text:
            return values
        cls = ClassValue(defined.name)
        methods = [item for item in defined.inner().values() if f".{name}" in item.text]
        hooks = [item for item in methods if _is_hook(item) and _fills(item, name)]
        if not hooks:
            return values
        contexts = self._runs(defined.module, defined.node.name, defined.module, hooks)
        for context in contexts:
            for attribute, key, put in self._puts(context, cls):
                if attribute == name:
                    values = frozenset(with_put(self.ask, value, put, key) for value in values)
        return values

    def _around(self, module: Module, name: str) -> list[Module]:
        return self._registries.around(module, [f"@{name}.", f"\n{name}."])

    def _registers(self, cls: str) -> bool:
        """Tell whether methods of a class put their arguments into a container of the object."""
        if cls not in self._known:
            defined = self.ask.index.defined(cls)
            methods = defined.inner().values() if defined is not None else ()
            filling = [item for item in methods if _FILLED.search(item.text)]
            self._known[cls] = any(_fills(method, "") for method in filling)
        return self._known[cls]

    def _with(self, module: Module, name: str, value: Instance) -> Instance:
        defined = self.ask.index.defined(value.cls)
        assert defined is not None
        held: dict[str, dict[Key, Values]] = {}
        loose: dict[str, Values] = {}
        for context in self._runs(module, name, defined.module, []):
            for attribute, key, put in self._puts(context, value):
                if key is None:
                    loose[attribute] = loose.get(attribute, NOTHING) | put
                else:
                    entries = held.setdefault(attribute, {})
                    entries[key] = entries.get(key, NOTHING) | put
        named = {
            attribute: frozenset({table(held.get(attribute, {}), loose.get(attribute, NOTHING))})
            for attribute in {**held, **loose}
        }
        return same(Instance(value.cls, value.arguments, named=tuple(sorted(named.items()))))

    def _runs(self, module: Module, name: str, home: Module, hooks: list[Defined]) -> list[Context]:
        """Return the contexts of the functions that registering runs, and of what they call."""
        found: dict[Context, None] = {}
        fillers = {hook.name: hook for hook in hooks}
        for other in self._registries.around(module, [name]):
            begun = self._registries.imported(other, {name})
            for context in (*begun, *self._registries.subclasses(other, fillers)):
                for reached in self._reached(home, context, _MAX_STEPS):
                    found[reached] = None
        return list(found)

    def _reached(self, home: Module, context: Context, steps: int) -> Iterator[Context]:
        """Yield a context and those of the functions of a registry's module that it calls."""
        yield context
        frame = self.ask.frame(context)
        for use in frame.scope.calls if frame.module is home and steps else ():
            if isinstance(use.node, ast.Call):
                inner = frame.within(*use.inside)
                for value in ordered(known(self.ask.evaluate(inner, use.node.func))):
                    if isinstance(value, FunctionValue) and value.name.startswith(home.name):
                        called = self.ask.contexts.of_call(value, inner, use.node)
                        yield from self._reached(home, called, steps - 1)

    def _puts(self, context: Context, owner: Value) -> Iterator[tuple[str, Key | None, Values]]:
        """Yield what a function puts into the containers of an object or a class: where, what."""
        frame = self.ask.frame(context)
        for path, fillings in frame.scope.fillings.items():
            head, _, attribute = path.partition(".")
            if attribute.isidentifier() and self._is(frame, head, owner):
                for filling in fillings:
                    yield from self._put(frame, attribute, filling)

    def _put(
        self, frame: Frame, attribute: str, filling: Filling
    ) -> Iterator[tuple[str, Key | None, Values]]:
        put = known(self.ask.evaluate(frame, filling.node))
        keys = self.ask.evaluate(frame, filling.at) if filling.at is not None else NOTHING
        named = [key.value for key in ordered(keys) if isinstance(key, Constant) and key.value]
        for key in named:
            yield attribute, key, put
        if put and (not named or len(named) < len(known(keys))):
            yield attribute, None, put

    def _is(self, frame: Frame, name: str, owner: Value) -> bool:
        """Tell whether a function's name stands for an object of the owner's class, or for it."""
        for value in known(self.ask.names.look_up(frame, name)):
            match value, owner:
                case Instance(cls=cls), Instance(cls=own) if cls == own:
                    return True
                case ClassValue(name=cls), ClassValue(name=own):
                    return own in self.ask.classes.mro(cls)
        return False


def _is_hook(defined: Defined) -> bool:
    """Tell whether a method is one that a class runs without an object."""
    return defined.node.name == "__init_subclass__" or any(
        ast.unparse(item) in ("classmethod", "staticmethod") for item in defined.node.decorator_list
    )


def _fills(defined: Defined, attribute: str) -> bool:
    """Tell whether a function, or one in it, fills a container that is an attribute."""
    if isinstance(defined.node, ast.ClassDef):
        return False
    own = _paths(defined.scope.fillings, attribute)
    return own or any(_fills(inner, attribute) for inner in defined.inner().values())


def _paths(paths: Iterable[str], attribute: str) -> bool:
    parts = (path.partition(".") for path in paths)
    return any(part == attribute or (not attribute and part.isidentifier()) for _, _, part in parts)
