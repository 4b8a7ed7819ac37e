"""`nonlocal` gives the outer function's name another value."""


def a():
    pass


def b():
    pass


def run():
    step = a

    def change():
        nonlocal step
        step = b

    def leave():
        step = b
        return step

    change()  # -> .run.<locals>.change [direct]
    leave()  # -> .run.<locals>.leave [direct]
    step()  # -> .a [direct] | .b [direct]
