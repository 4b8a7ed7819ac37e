"""A function that returns a function, depending on what it is asked for."""


def a():
    pass


def b():
    pass


def _either(flag):
    if flag:
        return a
    return b


def _always():
    return a


def run(flag):
    _either(flag)()  # -> ._either [direct]; .a [direct] | .b [direct]
    _always()()  # -> ._always [direct]; .a [direct]
