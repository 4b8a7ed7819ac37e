"""Classes that are not read: what their objects are said to be, and what a call of one may come to.

Of an object of such a class nothing is known, and that is what is said. An own class that derives
from one is half known: whether calling its object ends in its `forward` is up to a `__call__` that
nobody sees, so that edge is possible. Python's own library does not count: what it lacks is known.

For example, `class Inner(lightning.LightningModule)` with a `forward`, where lightning is not read:
`inner(x)` calls `lightning.LightningModule.__call__`, and `forwards` answers `Inner.forward`, which
may be called from there.
"""

from __future__ import annotations

import sys

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    NOTHING,
    External,
    FunctionValue,
    Instance,
    Native,
    Values,
    known,
)

_OWN = sys.stdlib_module_names | {"typing_extensions"}


def is_unread(name: str) -> bool:
    """Tell whether a name is of a distribution that is not read; Python's own library is none."""
    return name.partition(".")[0] not in _OWN


def why_unread(name: str) -> str:
    """Return the reason why nothing is known of a class's objects."""
    return f"{name} is not read"


def unread_bases(ask: Interpreter, cls: str) -> list[str]:
    """Return the bases of a class whose distribution is not read, its own and inherited ones."""
    names = (base.name for base in ask.classes.foreign_bases(cls) if isinstance(base, External))
    return [name for name in dict.fromkeys(names) if is_unread(name)]


def forwards(ask: Interpreter, value: Instance) -> Values:
    """Return the methods to which a `__call__` that is not read may come."""
    if not unread_bases(ask, value.cls):
        return NOTHING
    called = ask.attributes.get(value, "__call__")
    if any(isinstance(method, FunctionValue | Native) for method in called):
        return NOTHING
    found = NOTHING
    for method in sorted(set(ask.idioms.call_dispatches_to.values())):
        found |= known(ask.attributes.get(value, method))
    return frozenset(method for method in found if isinstance(method, FunctionValue))
