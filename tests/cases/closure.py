"""A function that is returned keeps what was around it, for each of them apart."""


def a():
    pass


def b():
    pass


def _make(step):
    def call():
        step()  # -> .a [direct] | .b [direct]

    return call


def run():
    _make(a)()  # -> ._make [direct]; ._make.<locals>.call [direct]


def run_other():
    _make(b)()  # -> ._make [direct]; ._make.<locals>.call [direct]
