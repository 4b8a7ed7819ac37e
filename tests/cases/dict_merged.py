"""`{**other}` takes over what the other holds."""


def a():
    pass


def b():
    pass


FIRST = {"x": a}
SECOND = {**FIRST, "y": b}


def run():
    SECOND["x"]()  # -> .a [direct]
    SECOND["y"]()  # -> .b [direct]
