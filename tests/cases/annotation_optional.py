"""`Optional[A]`, `A | None` and unions of two."""

from typing import Optional, Union


class A:
    def run(self):
        pass


class B:
    def run(self):
        pass


def optional(a: Optional[A] = None):
    a.run()  # -> .A.run [method]


def bar(a: A | None):
    a.run()  # -> .A.run [method]


def union(x: Union[A, B]):
    x.run()  # -> .A.run [method] | .B.run [method]


def quoted_bar(x: "A | B"):
    x.run()  # -> .A.run [method] | .B.run [method]
