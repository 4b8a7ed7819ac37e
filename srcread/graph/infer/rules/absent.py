"""Which attributes Python's own classes and functions have: no other name of theirs is made up.

Asked of the modules below alone, which are Python's own and part of every run. Of what is not a
class or a function, a module or an object of the library, nothing is denied; nor are attributes
that a class of the library, written in Python, may set on its objects.

For example, of a function `relu` that is read, `relu.__name__` is there and `relu.config` is not;
of an object whose only base is `abc.ABC`, what no method sets is not either, and `abc.ABC.keys` is
no name of anything; nor is `enum.Enum.step`, or `builtins.dict.walk` of a class made of `dict`.
"""

from __future__ import annotations

import abc
import builtins
import collections
import collections.abc
import enum
import functools
import itertools
import math
import operator
import os
import re
import types
import typing

_MODULES = {
    module.__name__: module
    for module in (
        *(abc, builtins, collections, collections.abc, enum, functools, itertools, math),
        *(operator, os, re, types, typing),
    )
}
_KINDS = {
    "builtins.function": types.FunctionType,
    "builtins.generator": types.GeneratorType,
    "builtins.module": types.ModuleType,
}
"""Classes that Python's builtins do not name."""
_ALSO = {
    "builtins.list": (
        "builtins.set",
        "builtins.frozenset",
        "types.GeneratorType",
        "types.AsyncGeneratorType",
    ),
    "builtins.tuple": ("types.GeneratorType",),
    "builtins.dict": ("collections.OrderedDict", "collections.Counter"),
}
"""What else a container may be that is told by its elements alone."""
_BROUGHT = {
    "typing.NamedTuple": frozenset({"_asdict", "_fields", "_make", "_replace", *dir(tuple)}),
    "typing.Generic": frozenset(dir(typing.Generic)),
    "typing.Protocol": frozenset(dir(typing.Protocol)),
    "builtins.object": frozenset(dir(object)),
    "abc.ABC": frozenset(dir(abc.ABC)),
}
"""All that a base brings that sets nothing on its objects; some are no classes in truth."""
_OF_MEMBERS = frozenset({"name", "value", "_name_", "_value_", "_sort_order_"})
"""What is set on an enumeration's members."""
_SETTING_NOTHING = ("builtins", "collections.abc")
"""Modules whose classes set nothing on their objects that the classes do not name, either."""


def owner_of(cls: str, name: str) -> str | None:
    """Return which class an attribute of an object is of; None if neither it nor its like has it.

    A class that is not Python's own may have any.
    """
    return next((own for own in (cls, *_ALSO.get(cls, ())) if _has(own, name)), None)


def brings_no(base: str, name: str) -> bool:
    """Tell whether a base that is not read gives no object an attribute of this name."""
    if base in _BROUGHT:
        return name not in _BROUGHT[base]
    found = _found(base)
    if not isinstance(found, type) or _is_special(name):
        return False
    if issubclass(found, enum.Enum):
        classes = (*found.__mro__, *type.mro(enum.EnumMeta))
        return name not in _OF_MEMBERS and not any(name in vars(cls) for cls in classes)
    return base.rpartition(".")[0] in _SETTING_NOTHING and not hasattr(found, name)


def _is_special(name: str) -> bool:
    """Tell whether Python itself may put such a name on any object: `__notes__`, `__dict__`."""
    return name.startswith("__") and name.endswith("__")


def lacks(external: str, name: str) -> bool:
    """Tell whether this is a class or function of Python's own without such an attribute."""
    found = _KINDS.get(external) or _found(external)
    return isinstance(found, type | types.FunctionType | types.BuiltinFunctionType) and not (
        hasattr(found, name)
    )


def _has(cls: str, name: str) -> bool:
    module = cls.rpartition(".")[0]
    own = _KINDS.get(cls) or (
        _found(cls) if module in ("builtins", "collections", "types") else None
    )
    return own is None or hasattr(own, name)


def _found(full: str) -> object | None:
    """Return what a full name of one of the modules above stands for; None if there is none."""
    held = [module for module in _MODULES if full.startswith(f"{module}.")]
    if not held:
        return None
    module = max(held, key=len)
    found: object = _MODULES[module]
    for part in full[len(module) + 1 :].split("."):
        found = getattr(found, part, None)
    return found
