"""Signatures marked by `@overload` say what unannotated parameters hold."""

from typing import overload


class A:
    def go(self):
        pass


class B:
    def go(self):
        pass


@overload
def run(thing: A) -> A: ...


@overload
def run(thing: B) -> B: ...


def run(thing):
    thing.go()  # -> .A.go [method] | .B.go [method]
    return thing


def almost(thing):
    thing.go()  # -> ? the parameter 'thing' may hold anything
