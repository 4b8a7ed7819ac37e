"""Python's own library: the class of what its functions return, from a table.

The table is written by tools/python_results.py from the annotations of typeshed. It lacks what
depends on the arguments: the methods of containers, `max`, `getattr` and the like have rules of
their own.

For example, `name.lower().split(".")`: `builtins.str.lower` gives a text, and `builtins.str.split`
a list of texts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ExternalInstance,
    Sequence,
    Values,
)

_TEXT: Values = frozenset({ExternalInstance("builtins.str")})


def library_result(name: str) -> Values:
    """Return what a function of Python's own library returns; NOTHING where it is not listed."""
    return _results().get(name, NOTHING)


@cache
def _results() -> Mapping[str, Values]:
    path = Path(__file__).with_name("python_results.toml")
    listed = tomllib.loads(path.read_text("utf-8")).items()
    return {name: _object(result) for result, names in listed for name in names}


def _object(result: str) -> Values:
    """Return an object of a class as the table writes it: `re.Match | None`, `list[str]`."""
    cls, _, none = result.partition(" | ")
    also = NONE if none else NOTHING
    if cls == "list[str]":
        return also | {Sequence(_TEXT)}
    if cls.startswith("tuple["):
        return also | {Sequence(_TEXT, (_TEXT,) * (1 + cls.count(",")))}
    return also | {ExternalInstance(cls)}
