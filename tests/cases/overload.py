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


class Parser:
    @overload
    def _parse(self, text: str) -> str: ...
    def _parse(self, text):
        return text

    def run(self):
        self._parse("x")  # -> .Parser._parse~2 [method]


def run():
    _parse("x")  # -> ._parse~3 [direct]
