"""The names of a pattern are parts of what is matched: of what is known of it, and of its kind.

What no pattern lets through is left out; a part of what is not known is not known either.
"""

from dataclasses import dataclass
from typing import NamedTuple


def f():
    pass


def g():
    pass


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


@dataclass
class _Act:
    run: object
    then: object = None


class Pair(NamedTuple):
    left: object
    right: object


def by_class(m):
    match m:
        case A() as a:
            a.go()  # -> .A.go [method]
            m.go()  # -> .A.go [method]
        case A() | B() as both:
            both.go()  # -> .A.go [method] | .B.go [method]
        case str(text):
            text.lower()  # -> builtins.str.lower [external]
        case _Act(run=act):
            act()  # -> ? a caller may give anything
        case {"act": act}:
            act()  # -> ? the parameter 'm' may hold anything


def point(m):
    match m:
        case Point(x=first):
            first()  # -> .f [direct]
        case Point(_, last):
            last()  # -> .g [direct]


def parts(m):
    match m:
        case _Act(run, then=then):
            run()  # -> .f [direct]
            then()  # -> .g [direct]
        case Pair(left, _):
            left()  # -> .g [direct]


def table(m):
    match m:
        case {"kind": "a", "act": act, **others}:
            act()  # -> .f [direct]
            others["last"]()  # -> .g [direct]


def sequence(m):
    match m:
        case [first, *rest]:
            first()  # -> .f [direct]
            rest[0]()  # -> .g [direct]
        case (A() as a, B()):
            a.go()  # -> .A.go [method]
        case [_, _, _]:
            m[1]()  # -> .g [direct]


def nested(m):
    match m:
        case {"inner": {"acts": [act, *_]}}:
            act()  # -> .g [direct]


def run():
    point(Point(f, g))  # -> .point [direct]; .Point.__init__ [constructor]
    parts(_Act(f, g))  # -> .parts [direct]; ._Act [constructor]
    parts(Pair(g, f))  # -> .parts [direct]; .Pair [constructor]
    table({"kind": "a", "act": f, "last": g})  # -> .table [direct]
    sequence((f, g))  # -> .sequence [direct]
    nested({"inner": {"acts": (g, f)}})  # -> .nested [direct]


def tuples(x):
    match A(), f:  # -> .A [constructor]
        case a, act if x:
            a.go()  # -> .A.go [method]
            act()  # -> .f [direct]


def almost(value: A | B | None):
    match value:
        case None:
            g()  # -> .g [direct]
        case A():
            value.go()  # -> .A.go [method]
        case _:
            value.go()  # -> .B.go [method]
