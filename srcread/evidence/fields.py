"""Values of a recorded file by key and kind; whatever is of another kind is refused."""

from __future__ import annotations

from typing import TypeVar

from srcread.evidence.loading import Unusable

_T = TypeVar("_T")


def field_of(value: object, key: str, kind: type[_T]) -> _T:
    """Return a value of exactly this kind.

    Raises:
        Unusable: it is not there, or of another kind.
    """
    found = value.get(key) if isinstance(value, dict) else None
    if type(found) is not kind:  # and not isinstance, for a bool is an int
        raise Unusable("EVID004", f"has no key {key!r} of kind {kind.__name__}")
    return found


def optional_of(value: object, key: str) -> str | None:
    """Return a text, or None where there is none.

    Raises:
        Unusable: it is of another kind.
    """
    absent = isinstance(value, dict) and value.get(key) is None
    return None if absent else field_of(value, key, str)


def texts_of(value: object, key: str) -> dict[str, str]:
    """Return a mapping from texts to texts, sorted.

    Raises:
        Unusable: it is not there, or of another kind.
    """
    mapping = field_of(value, key, dict)
    return {name: each_of([mapping[name]], str, key)[0] for name in sorted(mapping)}


def each_of(values: list[object], kind: type[_T], key: str) -> list[_T]:
    """Return the values of a key, all of one kind.

    Raises:
        Unusable: one of them is of another.
    """
    found = [value for value in values if isinstance(value, kind)]
    if len(found) != len(values):
        raise Unusable("EVID004", f"has something else than {kind.__name__} in {key!r}")
    return found


def numbers_of(values: list[object], key: str) -> tuple[int, ...]:
    """Return numbers that must be whole, not negative and in order, each once.

    Raises:
        Unusable: they are not.
    """
    numbers = [value for value in values if type(value) is int and value >= 0]
    if len(numbers) != len(values) or numbers != sorted(set(numbers)):
        raise Unusable("EVID004", f"has something else than rising numbers in {key!r}")
    return tuple(numbers)
