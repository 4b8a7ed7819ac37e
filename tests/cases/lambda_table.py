"""Lambdas of a module's table are functions of the module."""


def a(x):
    pass


def b(x):
    pass


TABLE = {"a": lambda x: a(x), "b": lambda x: b(x)}  # -> .a [direct]; .b [direct]


def run():
    TABLE["a"](1)  # -> .<lambda> [direct]


def any_of_them(name):
    TABLE[name](1)  # -> .<lambda> [direct] | .<lambda>~2 [direct]
