"""`globals()[name]` with a constant name is that name."""


def a():
    pass


def b():
    pass


def run():
    globals()["a"]()  # -> .a [direct]


def almost():
    {"a": b}["a"]()  # -> .b [direct]
