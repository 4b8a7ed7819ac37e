"""Defaults of fields: what else a field may be, of an object that somebody else made.

The default of a field is what it is where the constructor is not given another. Of an object that
only an annotation tells of it is one of what may be there: whoever made the object may have given
it another, as the caller of a function another argument. What else may be there the field's own
annotation says, as far as it says something; of a number nothing is called, and nothing is said.
Classes with such fields are dataclasses, named tuples, and those that derive from what is not read:
a base such as `pydantic.BaseModel` writes the constructor.

For example, `@dataclass class Config: act: str = "relu"` and `def build(config: Config)`, which
nobody calls: `config.act` is the text "relu" or any other, so `ACTS[config.act]` may be all that
`ACTS` holds. In `build(Config())` it is the text "relu".
"""

from __future__ import annotations

import ast
import re

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.questions import ClassMember
from srcread.graph.infer.rules.dataclass_fields import is_folded
from srcread.graph.infer.rules.named_tuples import fields
from srcread.graph.infer.rules.unread import unread_bases
from srcread.graph.infer.values import (
    ANYTHING,
    NONE,
    NOTHING,
    Constant,
    ExternalInstance,
    Instance,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    known,
)
from srcread.index.block.bindings import How

_OPEN = ("Callable", "Any", "object")


def besides_default(ask: Interpreter, cls: str, member: ClassMember, name: str) -> Values:
    """Return what a field may be besides its default; NOTHING of a class without fields."""
    if not any(map(chooses, member.values)) or not has_fields(ask, cls):
        return NOTHING
    promised, is_open = _promised(ask, member.owner, name)
    own = member.values - promised
    objects = {Instance(v.cls, constructed=False) for v in own if isinstance(v, Instance)}
    says_nothing = is_open or not known(promised | objects) - NONE
    left_open = says_nothing and any(map(chooses, own))
    return promised | objects | ({ANYTHING} if left_open or any(map(_runs, own)) else NOTHING)


def has_fields(ask: Interpreter, cls: str) -> bool:
    """Tell whether a constructor that is not written fills what a class annotates."""
    if ask.classes.is_dataclass(cls) or fields(ask, cls):
        return True
    order = ask.classes.mro(cls)
    if any(
        ask.classes.functions(owner, "__init__") for owner in order if not is_folded(ask, owner)
    ):
        return False
    return bool(unread_bases(ask, cls)) or any(is_folded(ask, owner) for owner in order)


def is_open_ended(annotation: ast.AST | None) -> bool:
    """Tell whether a part of an annotation allows objects of any class: `str | Callable`."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return any(word in _OPEN for word in re.findall(r"\w+", annotation.value))
    return annotation is not None and any(
        isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).rpartition(".")[2] in _OPEN
        for node in ast.walk(annotation)
    )


def _promised(ask: Interpreter, owner: str, name: str) -> tuple[Values, bool]:
    """Return what a field's annotation promises, and whether it allows objects of any class."""
    defined = ask.index.defined(owner)
    found, is_open = NOTHING, False
    for binding in defined.scope.bindings.get(name, ()) if defined is not None else ():
        if binding.how is How.DECLARED and defined is not None:
            found |= ask.names.bound(ask.names.class_frame(defined), binding)
            is_open |= is_open_ended(binding.node)
    return found, is_open


def chooses(value: Value) -> bool:
    """Tell whether a default chooses a callee: a number does not."""
    return not isinstance(value, ExternalInstance | Unknown) and (
        not isinstance(value, Sequence | Table) or any(map(chooses, value.items))
    )


def _runs(value: Value) -> bool:
    """Tell whether a default is called itself, or holds what is."""
    return chooses(value) and not isinstance(value, Constant | Instance)
