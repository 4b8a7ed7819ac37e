"""A function or a class is no text and no list: the branch for those does not run."""

import functools


def a():
    pass


def b():
    pass


TABLE = {"a": a, "b": b}


def chosen(what):
    if isinstance(what, str):
        what = TABLE[what]
    return what


def first(what):
    if isinstance(what, (list, tuple)):
        return what[0]
    return what


def kind(what):
    if isinstance(what, type):
        return b
    return a


def run(anything):
    chosen(b)()  # -> .chosen [direct]; .b [direct]
    chosen(functools.partial(a))()  # -> .chosen [direct]; .a [direct]
    chosen("a")()  # -> .chosen [direct]; .a [direct]
    first(a)()  # -> .first [direct]; .a [direct]
    first([b])()  # -> .first [direct]; .b [direct]


def asked(anything):
    chosen(anything)()  # -> .chosen [direct]; .a [direct] | .b [direct] | ? 'what' may hold anything
