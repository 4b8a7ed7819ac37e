"""A lambda is a function of its own; a function that is only named is not called."""


def a():
    pass


def run():
    step = lambda: a()  # -> .a [direct]
    step()  # -> .run.<locals>.<lambda> [direct]


def not_called():
    step = a
    return step
