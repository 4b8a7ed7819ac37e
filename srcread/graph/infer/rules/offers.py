"""What a place speaks for where nothing is known: offered as possible, beside the reason.

What the forward of a module is given is mostly a tensor: of a parameter without an annotation and
without another default than None, a tensor's methods are offered, and what these give is offered in
turn, also to other functions. Never more: an offer is no value and chooses nothing.

For example, `def forward(self, ids): return ids.float().mean()` in a module that nobody calls: both
calls are unresolved, for `ids` may hold anything, and beside each stands the tensor's method,
possible. `ids.items()` is only unresolved: a tensor has none.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.nesting import stacked
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    Constant,
    ExternalInstance,
    FunctionValue,
    Instance,
    Native,
    Sequence,
    Unknown,
    Values,
    known,
    unknown,
)

_TENSOR = "Tensor"
"""What the operators' schemas call it."""
_MAX_STACKED = 1


def offered(reason: str, values: Values) -> Values:
    """Return what is unknown for a reason, each with one of some values that it may be."""
    found = NOTHING
    for value in values:
        match value:
            case Native() | ExternalInstance() | Instance() | FunctionValue():
                found |= {Unknown(reason, may_be=value)}
            case Sequence() if stacked(value) <= _MAX_STACKED:
                found |= {Unknown(reason, may_be=value)}
            case Constant(None):
                continue
            case _:
                found |= {Unknown(reason)}
    return found or unknown(reason)


def offers(values: Values) -> Values:
    """Return the unknown values for which something is offered."""
    return frozenset(v for v in values if isinstance(v, Unknown) and v.may_be is not None)


def tensor_given(ask: Interpreter, frame: Frame, parameter: ast.arg, values: Values) -> Values:
    """Return what a parameter may be, with a tensor offered where it is a module's to forward."""
    reasons = sorted(value.reason for value in values if isinstance(value, Unknown))
    cls = ask.idioms.schema_types.get(_TENSOR)
    if not reasons or known(values) - NONE or cls is None:
        return values
    if not _is_untyped(parameter) or not _is_forward(ask, frame):
        return values
    return values | offered(reasons[0], frozenset({Instance(cls, constructed=False)}))


def _is_untyped(parameter: ast.arg) -> bool:
    hint = parameter.annotation
    return hint is None or ast.unparse(hint).rpartition(".")[2] == "Any"


def _is_forward(ask: Interpreter, frame: Frame) -> bool:
    """Tell whether this is the method in which calling an object of its class ends."""
    defined = frame.defined
    ends = ask.idioms.call_dispatches_to
    if defined is None or defined.owner is None or defined.node.name not in ends.values():
        return False
    if not isinstance(defined.owner.node, ast.ClassDef):
        return False
    called = ask.attributes.special(Instance(defined.owner.name), "__call__")
    return any(ends.get(function.name) == defined.node.name for function in called)
