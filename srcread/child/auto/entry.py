"""What the reader named, and by what a model of it is made."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple


class RefusedError(Exception):
    """No rule makes a model of this; the message says why, and is for the reader."""


class Way(NamedTuple):
    """What makes a model: `maker` is called with an object of `settings`, if it has such."""

    maker: Any
    settings: Any = None


def found(module: str, name: str) -> Any:
    """Import what has this name in a module; a method stands for its class.

    Without a name, it is the module's: of `package.part.Class` the first two may be modules.
    """
    value, further = _module(module)
    above = value
    for part in filter(None, [*further, *name.split(".")]):
        above, value = value, getattr(value, part)
    if inspect.ismodule(value):
        raise RefusedError("it is a whole module: name a class in it")
    return above if inspect.isclass(above) else value


def _module(name: str) -> tuple[Any, list[str]]:
    """Import the longest part of a name that is a module; return it, and the names behind it."""
    parts = name.split(".")
    for count in range(len(parts), 1, -1):
        try:
            return importlib.import_module(".".join(parts[:count])), parts[count:]
        except ModuleNotFoundError as error:
            if not ".".join(parts[:count]).startswith(str(error.name)):
                raise  # what the module needs is not there
    return importlib.import_module(parts[0]), parts[1:]


def ways(target: Any, rules: dict[str, Any]) -> Way:
    """Return by what a model is made.

    Raises:
        RefusedError: it needs what no rule knows.
    """
    if not inspect.isclass(target):
        if not callable(target):
            raise RefusedError("it is neither a class nor a function")
        if needed := _needed(target):
            raise RefusedError(f"it needs {_listed(needed)}, and no rule says what")
        return Way(target)
    if not callable(getattr(target, "forward", None)):
        raise RefusedError("it has no forward that could be called")
    settings = getattr(target, rules["names"]["settings_class"], None)
    if inspect.isclass(settings):
        return Way(target, settings)
    if (smallest := _smallest(target, rules)) is not None:
        return Way(smallest)
    needed = _needed(target)
    if not needed:
        return Way(target)
    if len(needed) == 1 and (settings := _dataclass(target, needed[0], rules)) is not None:
        return Way(target, settings)
    raise RefusedError(f"it needs {_listed(needed)}, and no rule says what")


def _needed(target: Any) -> list[str]:
    """Return the parameters without a default."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return []
    empty = inspect.Parameter.empty
    return [one.name for one in parameters if one.default is empty and one.kind not in kinds]


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))


def _dataclass(target: Any, name: str, rules: dict[str, Any]) -> Any:
    """Return the dataclass that a parameter takes, if it can be made of defaults.

    It is told by the annotation; without one it is that beside the class whose name has the
    class's own in it, or the only one.
    """
    try:
        told = typing.get_type_hints(target.__init__).get(name)
    except Exception:  # a name that is imported for type checkers only
        told = None
    if told is not None:
        return told if _is_made_of_defaults(told) else None
    if not re.search(rules["names"]["settings"], name):
        return None
    module = sys.modules[target.__module__]
    near = [one for one in vars(module).values() if _is_made_of_defaults(one)]
    named = [one for one in near if target.__name__ in one.__name__]
    wanted = named or near
    return wanted[0] if len(named) == 1 or len(near) == 1 else None


def _is_made_of_defaults(one: Any) -> bool:
    return inspect.isclass(one) and dataclasses.is_dataclass(one) and not _needed(one)


def _smallest(target: Any, rules: dict[str, Any]) -> Any:
    """Return the function that makes the smallest model of a class, of those beside it, if any."""
    torch, makers = sys.modules["torch"], rules["makers"]
    beside = sorted(
        _makers(sys.modules[target.__module__], rules), key=lambda one: _rank(one, makers)
    )
    best, least = None, 0
    tried = 0
    for maker in beside:
        if tried == makers["most_tried"]:
            break
        try:
            with torch.device("meta"):
                model = maker()
        except Exception:  # whatever a variant needs, the next may not
            continue
        if type(model) is not target:
            continue
        tried += 1
        count = sum(one.numel() for one in model.parameters())
        if best is None or count < least:
            best, least = maker, count
    return best


def _makers(module: Any, rules: dict[str, Any]) -> Iterator[Any]:
    """Yield the functions of a module that make a model, by the names of their parameters."""
    wanted = set(rules["makers"]["parameters"])
    for name, one in vars(module).items():
        if not inspect.isfunction(one) or name.startswith("_") or one.__module__ != module.__name__:
            continue
        if wanted & set(inspect.signature(one).parameters) and not _needed(one):
            yield one


def _rank(maker: Any, makers: dict[str, Any]) -> tuple[int, int, str]:
    name, words = maker.__name__, makers["words"]
    place = next((number for number, word in enumerate(words) if word in name), len(words))
    return place, len(name), name
