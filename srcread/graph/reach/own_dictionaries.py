"""Attributes that are set by way of an object's own dictionary, and names of a module likewise.

`x.__dict__["run"] = f`, `vars(x)["run"] = f`, `vars(x).update(run=f)` and `x.__dict__ = {…}` set
`x.run`; `globals()["run"] = f` and `vars(module)["run"] = f` a name of a module. What is put there
is noted as what `setattr` puts there is. Left out is what is put under names that are not told: it
might be any attribute.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    Instance,
    ModuleValue,
    Value,
    Values,
    known,
    merged,
    ordered,
)
from srcread.index.block.bindings import How, ImplicitCall

_UPDATE = "builtins.dict.update"
_UPDATING = (_UPDATE, "builtins.dict.setdefault", "builtins.dict.__setitem__")


def note_item_set(ask: Interpreter, frame: Frame, implicit: ImplicitCall) -> None:
    """Note what `x.__dict__["name"] = value` sets."""
    for chance in implicit.chances:
        if len(chance.arguments) == 2 and (owners := _owners(ask, frame, chance.operand)):
            key, put = (ask.evaluate(frame, part) for part in chance.arguments)
            _note(ask, owners, _texts(key), put)


def note_updated(ask: Interpreter, frame: Frame, node: ast.Call, callee: str) -> None:
    """Note what `x.__dict__.update(name=value)` sets; `setdefault` may set it, too."""
    if callee not in _UPDATING or not isinstance(node.func, ast.Attribute):
        return
    owners = _owners(ask, frame, node.func.value)
    if not owners:
        return
    arguments, keywords = ask.contexts.arguments(frame, node)
    if callee == _UPDATE:
        _note_table(ask, owners, arguments[0] if arguments else NOTHING)
        for name, put in keywords.items():
            _note(ask, owners, [name], put)
    elif len(arguments) == 2:
        _note(ask, owners, _texts(arguments[0]), arguments[1])


def note_replaced(ask: Interpreter, owner: Value, put: Values) -> None:
    """Note what `x.__dict__ = {…}` sets."""
    _note_table(ask, frozenset({owner}), put)


def _note_table(ask: Interpreter, owners: Values, put: Values) -> None:
    for name, held in merged(put).items():
        if isinstance(name, str):
            _note(ask, owners, [name], held)


def _note(ask: Interpreter, owners: Values, names: list[str], put: Values) -> None:
    for owner in ordered(owners):
        match owner:
            case Instance() | ClassValue():
                held: Instance | ClassValue | ModuleValue = owner
            case ModuleValue(name):
                held = ModuleValue(name)
            case _:
                continue
        for name in names:
            ask.patches.note_set(held, name, put)


def _owners(ask: Interpreter, frame: Frame, node: ast.expr) -> Values:
    """Return the objects and modules whose own dictionary an expression is."""
    match node:
        case ast.Attribute(value=owner, attr="__dict__"):
            return known(ask.evaluate(frame, owner))
        case ast.Call(func=ast.Name(id="vars"), args=[owner]):
            return known(ask.evaluate(frame, owner))
        case ast.Call(func=ast.Name(id="globals"), args=[]):
            return known(ask.evaluate(frame, node))
        case ast.Name(id=name):
            bindings = frame.scope.bindings.get(name, ())
            if len(bindings) == 1 and bindings[0].how is How.VALUE and not bindings[0].path:
                value = bindings[0].node
                if isinstance(value, ast.Attribute | ast.Call):
                    return _owners(ask, frame, value)
    return NOTHING


def _texts(values: Values) -> list[str]:
    return [key.value for key in ordered(values) if isinstance(key, Constant) and key.value]
