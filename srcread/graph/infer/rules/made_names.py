"""Names that are made when they are looked up: `getattr(nets, f"{kind}_block")`, `vars(x)[name]`.

What a text is that is made when it runs shows in its literal parts alone: what they allow, of the
names that a module or a class has and of what an object holds, is possible. That more may be there
is said beside it, and where it is looked up. A text without a literal part worth the name tells
nothing: then it says only where.

For example, `getattr(nets, f"{kind}_block")` where the module `nets` has `wide_block`, `deep_block`
and `head`: `by_getattr` answers the first two, and that the name that is looked up in nets is made
when it runs. Of `getattr(nets, kind)` it answers only the latter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.name_patterns import Pattern, pattern_of
from srcread.graph.infer.rules.choices import MOST
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    FunctionValue,
    Instance,
    ModuleValue,
    Native,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index.imports import import_source

_BY_GETATTR = "the name that builtins.getattr looks up is made when it runs"
_MOST_STEPS = 3
"""Through how many stars a name may come."""
_FEWEST = 3
"""How many letters a literal part has that tells one name from most others."""


def by_getattr(ask: Interpreter, frame: Frame, node: ast.Call) -> Values:
    """Return what `getattr(x, name)` may give; NOTHING where each name is told by the text."""
    if len(node.args) < 2:
        return NOTHING
    names, owners = ask.evaluate(frame, node.args[1]), ask.evaluate(frame, node.args[0])
    texts = [name.value for name in names if isinstance(name, Constant) and name.value]
    if len(texts) == len(names) or any(name.fails for name in names if isinstance(name, Unknown)):
        return NOTHING
    found = NOTHING.union(*(known(ask.attributes.join(owners, text)) for text in texts))
    found |= allowed(ask, owners, pattern_of(frame, node.args[1]))
    if len(node.args) > 2:
        found |= ask.evaluate(frame, node.args[2])
    return found | _why(owners)


def allowed(ask: Interpreter, owners: Values, pattern: Pattern) -> Values:
    """Return what some values hold under the names that a pattern allows."""
    found = NOTHING
    for value in known(owners):
        match value:
            case Instance() if pattern.is_open:
                found |= ask.instances.put_by_made_names(value)
            case Instance(cls):
                found |= ask.instances.named_like(value, pattern)
                found |= _named(ask, value, _of_class(ask, cls), pattern)
            case ClassValue(cls):
                found |= _named(ask, value, _of_class(ask, cls), pattern)
            case ModuleValue(name):
                found |= _named(ask, ModuleValue(name), _of_module(ask, name), pattern)
    return found


def looked_up_in(owners: Values) -> Unknown:
    """Return the reason why nothing more is known of a name that is looked up in some modules."""
    names = [v.name for v in ordered(owners) if isinstance(v, ModuleValue | ClassValue | Native)]
    return Unknown(f"the name that is looked up in {' or '.join(names)} is made when it runs")


def _why(owners: Values) -> Values:
    told = known(owners)
    if not told:
        return frozenset({min(owners, key=_reason)})
    tables = all(isinstance(value, ModuleValue | ClassValue | Native) for value in told)
    return frozenset({looked_up_in(told) if tables else Unknown(_BY_GETATTR)})


def _reason(value: Value) -> str:
    return value.reason if isinstance(value, Unknown) else ""


def _of_class(ask: Interpreter, cls: str) -> Iterator[str]:
    for owner in ask.classes.mro(cls):
        defined = ask.index.defined(owner)
        yield from defined.scope.bindings if defined is not None else ()


def _of_module(ask: Interpreter, name: str, steps: int = _MOST_STEPS) -> Iterator[str]:
    """Yield the names that a module binds, and those that its stars bring."""
    module = ask.index.module(name)
    if module is None:
        return
    yield from module.scope.bindings
    for node in module.scope.starred if steps else ():
        source = ask.modules.named(import_source(module, node))
        if isinstance(source, ModuleValue):
            yield from _of_module(ask, source.name, steps - 1)


def _named(ask: Interpreter, owner: Value, names: Iterable[str], pattern: Pattern) -> Values:
    """Return what a pattern allows among some names; of very many only how many they are."""
    if max(map(len, pattern.parts)) < _FEWEST:
        return NOTHING
    meant = dict.fromkeys(name for name in names if pattern.allows(name))
    held = NOTHING.union(*(known(ask.attributes.get(owner, name)) for name in meant))
    found = frozenset(
        value for value in held if isinstance(value, FunctionValue | ClassValue | Instance | Native)
    )
    if len(found) <= MOST:
        return found
    where = owner.cls if isinstance(owner, Instance) else getattr(owner, "name", "")
    few = f"one of the {len(found)} names of {where} that the text allows"
    return frozenset({Unknown(few, lasting=True)})
