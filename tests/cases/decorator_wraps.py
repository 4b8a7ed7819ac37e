"""A decorator that returns a wrapper: the wrapper is called, and calls what it wraps."""

import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)  # -> .step [direct]

    return wrapper


def same(function):
    return function


@logged
def step():
    helper()  # -> .helper [direct]


@same
def plain():
    pass


def helper():
    pass


def run():
    step()  # -> .step [direct]
    plain()  # -> .plain [direct]
