"""A call in an f-string is a call; the same text in a plain string is none."""


def name():
    return "x"


def run():
    return f"{name()!r:>{len('x')}}"  # -> .name [direct]; builtins.len [external]


def plain():
    return "{name()}"
