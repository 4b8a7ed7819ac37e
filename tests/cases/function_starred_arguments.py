"""`*` gives the elements, one by one where they are known."""


def a():
    pass


def b():
    pass


def _run(first, second):
    first()  # -> .a [direct]
    second()  # -> .b [direct]


def _each(*functions):
    for function in functions:
        function()  # -> .a [direct] | .b [direct]


def start():
    pair = (a, b)
    _run(*pair)  # -> ._run [direct]
    _each(a, b)  # -> ._each [direct]
