"""Overloads before the definition are no callees."""

from typing import overload


@overload
def _parse(text: str) -> str: ...
@overload
def _parse(text: bytes) -> bytes: ...
def _parse(text):
    return _strip(text)  # -> ._strip [direct]


def _strip(text):
    return text


def run():
    _parse("x")  # -> ._parse~3 [direct]
