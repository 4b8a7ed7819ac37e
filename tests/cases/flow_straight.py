"""A name is what it was given last before the line that reads it."""

import functools


class A:
    def go(self):
        return B()  # -> .B [constructor]


class B:
    def go(self):
        return A()  # -> .A [constructor]

    def only(self):
        return self


def in_turn():
    m = A()  # -> .A [constructor]
    m.go()  # -> .A.go [method]
    m = B()  # -> .B [constructor]
    m.go()  # -> .B.go [method]


def of_itself():
    m = A()  # -> .A [constructor]
    m = m.go()  # -> .A.go [method]
    m = m.only()  # -> .B.only [method]
    return m.go()  # -> .B.go [method]


def parameter(m: A):
    m = m.go()  # -> .A.go [method]
    m.only()  # -> .B.only [method]


def default(m=None):
    if m is None:
        m = A()  # -> .A [constructor] if m is None
        m.go()  # -> .A.go [method] if m is None
    m = B()  # -> .B [constructor]
    m.go()  # -> .B.go [method]


def unpacked():
    a, b = A(), B()  # -> .A [constructor]; .B [constructor]
    a, b = b, a
    a.go()  # -> .B.go [method]
    b.go()  # -> .A.go [method]


def chosen():
    dec = first
    dec = second

    @dec  # -> .second [decorator]
    def inner():
        pass

    inner()  # -> .chosen.<locals>.inner [direct]
    dec = first


def first(function):
    return function


def second(function):
    return function


def defined_twice():
    def inner():
        pass

    inner()  # -> .defined_twice.<locals>.inner [direct]

    def inner():
        return first(1)  # -> .first [direct]

    inner()  # -> .defined_twice.<locals>.inner~2 [direct]


def in_comprehension(xs):
    m = A()  # -> .A [constructor]
    [m.go() for x in xs]  # -> .A.go [method]
    [m.go() for m in [B()]]  # -> .B.go [method]; .B [constructor]
    m = B()  # -> .B [constructor]
    return {x: m.go() for x in xs}  # -> .B.go [method]


def defaults_of_an_inner_one():
    m = A()  # -> .A [constructor]

    def inner(given=m):
        given.go()  # -> .A.go [method]

    inner()  # -> .defaults_of_an_inner_one.<locals>.inner [direct]
    m = B()  # -> .B [constructor]
    return m


def wrapped(function):
    function = functools.wraps(first)(function)  # -> functools.wraps [external]; functools.update_wrapper [external]
    function()  # -> .given_to_it [direct]


def given_to_it():
    pass


def run():
    wrapped(given_to_it)  # -> .wrapped [direct]
    parameter(A())  # -> .parameter [direct]; .A [constructor]
