"""`*args, **kwargs` handed on arrive where they are unpacked."""


def a():
    pass


def _inner(step, last=None):
    step()  # -> .a [direct]
    last()  # -> .a [direct]


def _outer(*args, **kwargs):
    _inner(*args, **kwargs)  # -> ._inner [direct]


def start():
    _outer(a, last=a)  # -> ._outer [direct]
