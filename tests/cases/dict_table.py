"""A table of functions and classes: a constant key gives its own, another key all of them."""


def a():
    pass


def b():
    pass


class C:
    pass


STEPS = {"a": a, "b": b}
KINDS = {"c": C}


def constant():
    STEPS["a"]()  # -> .a [direct]
    KINDS["c"]()  # -> .C [constructor]


def any_key(name):
    STEPS[name]()  # -> .a [direct] | .b [direct]
    STEPS.get("b")()  # -> .b [direct]


def missing():
    KINDS["d"]()  # -> .C [constructor]
