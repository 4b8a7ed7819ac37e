"""A named tuple: unpacked, by place, by name and gone through."""

from collections.abc import Callable
from typing import NamedTuple


class Part:
    def go(self):
        pass


class Out(NamedTuple):
    part: Part
    function: Callable


def a():
    pass


def make():
    return Out(Part(), a)  # -> .Out [constructor]; .Part [constructor]


def run():
    part, function = make()  # -> .make [direct]
    part.go()  # -> .Part.go [method]
    function()  # -> .a [direct]
    out = make()  # -> .make [direct]
    out[1]()  # -> .a [direct]
    out[-2].go()  # -> .Part.go [method]
    out.function()  # -> .a [direct]
    Out(function=a, part=Part()).function()  # -> .Out [constructor]; .a [direct]; .Part [constructor]


def given(out: Out):
    first, _ = out
    first.go()  # -> .Part.go [method]
