"""Elements of annotated containers."""

from collections.abc import Iterable
from typing import Dict


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def lists(items: list[A]):
    items[0].run()  # -> .A.run [method]


def iterables(items: Iterable[A]):
    for item in items:
        item.run()  # -> .A.run [method]


def tables(items: Dict[str, A]):
    for item in items.values():
        item.run()  # -> .A.run [method]


def tuples(items: tuple[A, B]):
    items[1].run()  # -> .B.run [method]


def many(items: tuple[A, ...]):
    items[1].run()  # -> .A.run [method]


def kinds(kind: type[A]):
    kind().run()  # -> .A [constructor]; .A.run [method]
