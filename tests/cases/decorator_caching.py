"""`lru_cache` and `contextmanager` go to the function"""

import functools
from contextlib import contextmanager


@functools.lru_cache(maxsize=None)
def cached():
    helper()  # -> .helper [direct]
    return Thing()  # -> .Thing [constructor]


@contextmanager
def managed():
    yield Thing()  # -> .Thing [constructor]


class Thing:
    def go(self):
        pass


def helper():
    pass


def run():
    cached().go()  # -> .cached [direct]; .Thing.go [method]
    with managed() as thing:  # -> .managed [direct]
        thing.go()  # -> .Thing.go [method]


def plain():
    yield Thing()  # -> .Thing [constructor]


def almost():
    for thing in plain():  # -> .plain [direct]
        thing.go()  # -> .Thing.go [method]
