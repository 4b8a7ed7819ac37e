"""Keywords find their parameter whatever their order; an unknown one goes into `**`."""


def a():
    pass


def b():
    pass


def _run(first, *, second, **more):
    first()  # -> .a [direct]
    second()  # -> .b [direct]
    more["third"]()  # -> .a [direct]


def start():
    _run(second=b, first=a, third=a)  # -> ._run [direct]
