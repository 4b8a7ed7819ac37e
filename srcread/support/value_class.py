"""Classes of values that are made by the ten thousand: dataclasses without a check at run time.

A frozen dataclass takes three times as long to be made as one that is not, for every field is set
around the guard that it has. Types tell as well that nobody changes one, before anything runs.

For example, of `@value_class class Pair: left: int; right: int` two with equal fields are equal, a
set holds one of them, and a type checker refuses `pair.left = 3`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast, dataclass_transform

_Class = TypeVar("_Class", bound=type)


class Hashed:
    """What remembers its hash: values nest deep, and most are asked for it again and again."""

    __slots__ = ("_hash",)


@dataclass_transform(frozen_default=True)
def value_class(cls: _Class) -> _Class:
    """Make a class one of values: typed as frozen, compared by its fields.

    The objects of one that is `Hashed` keep their hash, and so are not to be pickled.
    """
    made: Any = dataclass(slots=True, unsafe_hash=True)(cls)
    if issubclass(made, Hashed):
        made.__hash__ = _remembering(made.__hash__)
    return cast("_Class", made)


def _remembering(find: Callable[[Any], int]) -> Callable[[Any], int]:
    def remembered(held: Any) -> int:
        try:
            found: int = held._hash
        except AttributeError:
            held._hash = found = find(held)
        return found

    return remembered
