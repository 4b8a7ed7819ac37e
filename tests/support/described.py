"""Values described by the observer of a run, as if functions had returned them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from srcread.child.watching.values import Values
from srcread.running.second_runs import Observation, differs


def module(name: str) -> Any:
    """Return a module that observers use, as a payload gives it."""
    return import_module(f"srcread.child.{'' if name == 'describing' else 'watching.'}{name}")


def described(*held: object) -> list[Any]:
    """Return the descriptions of values, each as if a function had returned it."""
    return list(observed(*held).values["rows"])


def observed(*held: object, classes: Sequence[type] = ()) -> Observation:
    """Return what is seen of a run in which a function returned these values.

    Each time it was handed these classes.
    """
    values = Values(module)
    for value in held:
        values.add(0, "returned", value, classes)
    whole = (values.is_whole(0),)
    return Observation(((),), (len(held),), (frozenset(),), (None,), whole, values.result())


def alike(one: object, other: object) -> bool:
    """Tell whether two values count as the same, beyond rounding."""
    return not differs(observed(one), observed(other))


def is_whole(value: object) -> bool:
    """Tell whether all of a value is looked into."""
    return observed(value).whole == (True,)
