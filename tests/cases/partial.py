"""`functools.partial` calls what it holds; beside it a class of the same name."""

import functools
from functools import partial


def step(x):
    pass


class _partial:
    def __init__(self, function):
        pass

    def __call__(self):
        pass


def run():
    partial(step, 1)()  # -> functools.partial [external]; .step [direct]
    functools.partial(step)(1)  # -> functools.partial [external]; .step [direct]
    _partial(step)()  # -> ._partial.__init__ [constructor]; ._partial.__call__ [method]
