"""A lambda that nobody calls is walked all the same; one that is called, once."""


def a():
    pass


def b():
    pass


def run():
    return lambda: a()  # -> perhaps .run.<locals>.<lambda> [direct]; .a [direct]


def almost():
    step = lambda: b()  # -> .b [direct]
    return step()  # -> .almost.<locals>.<lambda> [direct]
