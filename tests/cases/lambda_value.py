"""A lambda's own calls stand where it stands; what calls it is told so."""


def a():
    pass


def run():
    step = lambda: a()  # -> .a [direct]
    step()  # -> ? it is a lambda


def not_called():
    step = a
    return step
