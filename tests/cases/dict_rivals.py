"""A table of tables, or several keys, give all that they may hold; a constant key gives its own."""


def a():
    pass


def b():
    pass


def c():
    pass


TABLES = {1: {"check": a}, 2: {"check": b}}
STEPS = {"a": a, "b": b, "c": c}


def checked(check):
    check()  # -> .a [direct] | .b [direct]


def spread(number):
    checked(**TABLES[number])  # -> .checked [direct]
    options = {**TABLES[number]}
    options["check"]()  # -> .a [direct] | .b [direct]


def keyed(fast):
    STEPS.get("a" if fast else "b")()  # -> .a [direct] | .b [direct]
    STEPS.get("c")()  # -> .c [direct]
