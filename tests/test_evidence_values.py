"""How values of two runs are compared: one that differs is told, whatever class it is of."""

from __future__ import annotations

import array
import datetime
import enum
import functools
import io
import pathlib
import random
import re
import threading
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.described import alike, described, is_whole, observed

from srcread.running.second_runs import Observation, differs

Pair = namedtuple("Pair", "a b")


class Slotted:
    __slots__ = ("left_empty", "n")

    def __init__(self, n: object) -> None:
        self.n = n


class Below(Slotted):
    def __init__(self, n: object) -> None:
        super().__init__(0)
        self.m = n


class Number(int):
    pass


class Real(float):
    __slots__ = ()


class Text(str):
    pass


class Bytes(bytearray):
    pass


class Plain(bytes):
    pass


class Items(list[object]):
    __slots__ = ("extra",)


class Error(Exception):
    pass


class Level(enum.Enum):
    TWO = 2
    THREE = 3


def closure(n: object) -> Callable[[], object]:
    return lambda: n


def cycle(n: object) -> list[object]:
    held: list[object] = [n]
    held.append(held)
    return held


def deep(n: object) -> object:
    for _ in range(5000):
        n = [n]
    return n


def with_default(n: object) -> Callable[..., object]:
    def inner(m: object = n) -> object:
        return m

    return inner


HOLDERS: dict[str, Callable[[int], object]] = {
    "a set": lambda n: {1, n},
    "a frozen set of tuples": lambda n: frozenset(((1, "a"), (n, "b"))),
    "a set in a dict": lambda n: {"a": {n, "b"}},
    "a set of objects": lambda n: {Fraction(n, 7), Fraction(1, 7)},
    "a fraction": Fraction,
    "a decimal": Decimal,
    "a slot": Slotted,
    "a slot of a base": lambda n: type("C", (Slotted,), {"__slots__": ()})(n),
    "an attribute beside a slot": Below,
    "an int's subclass": Number,
    "a huge int": lambda n: 10**6000 + n,
    "a float's subclass": Real,
    "a text's subclass": lambda n: Text("x" * n),
    "a complex number": lambda n: complex(1, n),
    "a bytearray": lambda n: bytearray([n]),
    "a bytearray's subclass": lambda n: Bytes([n]),
    "a subclass of bytes": lambda n: Plain([n]),
    "a list's subclass": lambda n: Items([n]),
    "a named tuple": lambda n: Pair(1, n),
    "an array": lambda n: array.array("i", [1, n]),
    "an array of floats": lambda n: array.array("d", [1, n]),
    "a view of memory": lambda n: memoryview(bytes([1, n])),
    "a member of an enum": Level,
    "a range": lambda n: range(0, 10, n),
    "a slice": slice,
    "a partial": lambda n: functools.partial(int, base=n),
    "a bound method": lambda n: [n].append,
    "a method of a slotted": lambda n: Below(n).__init__,  # type: ignore[misc] # unbound
    "a closure": closure,
    "a default": with_default,
    "a date": lambda n: datetime.date(2020, 1, n),
    "a time": lambda n: datetime.datetime(2020, 1, 1, n, tzinfo=datetime.UTC),
    "a duration": lambda n: datetime.timedelta(n),
    "a path": lambda n: pathlib.Path("x" * n),
    "a pattern": lambda n: re.compile("x" * n),
    "a queue": lambda n: deque([1, n]),
    "an ordered dict": lambda n: OrderedDict(a=n),
    "a default dict": lambda n: defaultdict(int, a=n),
    "a counter": lambda n: Counter(a=n),
    "a namespace": lambda n: types.SimpleNamespace(n=n),
    "a file in memory": lambda n: io.StringIO("x" * n),
    "an iterator": lambda n: iter([1, n]),
    "values of a dict": lambda n: {1: n}.values(),
    "a mapping": lambda n: map(len, [[n]]),
    "an error": Error,
    "a key error": KeyError,
    "random numbers": random.Random,
    "a lock beside": lambda n: [threading.Lock(), n],
    "an end of a long list": lambda n: [*range(5000), n],
    "an end of a long list of lists": lambda n: [*([k] for k in range(5000)), [n]],
    "an end of a long dict": lambda n: {**dict.fromkeys(range(5000)), 5000: n},
    "a circle": cycle,
    "a depth": deep,
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_a_value_holds_is_compared(holder: str) -> None:
    make = HOLDERS[holder]
    assert not alike(make(2), make(3))
    assert alike(make(2), make(2))
    assert is_whole(make(2))


def generated() -> Iterator[int]:
    yield 1


UNSEEN: dict[str, Callable[[], object]] = {
    "a generator": generated,
    "a proxy": lambda: types.MappingProxyType({}),
    "locals of threads": threading.local,
    "a set that holds one": lambda: {generated()},
    "an array of objects": lambda: pytest.importorskip("numpy").array([object()], dtype=object),
    "more than can be walked": lambda: [Number(k) for k in range(100_000)],
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_cannot_be_looked_into_is_said(kind: str) -> None:
    assert not is_whole(UNSEEN[kind]())


def test_the_order_of_a_set_tells_nothing() -> None:
    one, other = {8, 16, "a", (0.5, 1)}, {(0.5, 1), "a", 16, 8}
    assert alike(one, other)


class Hostile(type):
    """Of a class that raises whatever it is asked for."""

    def __getattribute__(cls, name: str) -> Any:
        raise ValueError(name)

    def __eq__(cls, other: object) -> bool:
        raise ValueError("compared")

    def __hash__(cls) -> int:
        raise ValueError("hashed")

    def __instancecheck__(cls, value: object) -> bool:
        raise ValueError("asked")


class Lying(metaclass=Hostile):
    def __init__(self, n: int) -> None:
        object.__setattr__(self, "n", n)

    def __getattribute__(self, name: str) -> Any:
        raise ValueError(name)

    @property  # type: ignore[misc] # hostile
    def __class__(self) -> Any:
        raise ValueError("its class")


def test_no_class_is_asked_for_what_it_holds() -> None:
    assert not alike(Lying(2), Lying(3))
    assert alike(Lying(2), Lying(2))
    assert not alike([Lying(2)], {1: Lying(2)})


def test_what_a_class_itself_holds_is_compared_where_it_is_handed_over() -> None:
    def seen(n: int) -> Observation:
        kind = type("Kind", (), {"count": n, "method": lambda self: n, "also": [1]})
        return observed(kind, classes=[kind])

    assert differs(seen(2), seen(3))
    assert not differs(seen(2), seen(2))


def test_an_address_in_the_message_of_an_error_tells_nothing() -> None:
    assert alike(ValueError(f"no {object()!r} here"), ValueError(f"no {object()!r} here"))
    assert not alike(ValueError("no 2 here"), ValueError("no 3 here"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1e-9, 2e-9, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("-inf"), False),
        (float("nan"), 1.0, False),
        (1, 1.0, False),
        (True, 1, False),
    ],
)
def test_numbers_are_compared_up_to_rounding(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same


def test_activations_beyond_the_first_two_thousand_are_compared_too() -> None:
    many = [[1, 0.5]] * 2500
    assert len(described(*many)) == 2001  # one row for all of the rest
    assert not differs(observed(*many), observed(*many))
    assert not differs(observed(*many), observed(*many[:-1], [1, 0.5 + 1e-12]))
    assert differs(observed(*many), observed(*many[:-1], [2, 0.5]))
    assert differs(observed(*many), observed(*many[:-1], [1, 0.6]))
    assert differs(observed(*many), observed(*many[:-1]))


def test_more_floats_than_are_listed_are_compared_exactly() -> None:
    row = [0.5] * 1000
    many = [row] * 60
    assert sum(len(floats) for *_, floats in described(*many)) == 50_000
    assert observed(*many).whole == (True,)
    assert not differs(observed(*many), observed(*many))
    assert differs(observed(*many), observed(*many[:-1], [*row[:-1], 0.6]))
