"""A decorator is transparent: the call goes to the function that it wraps, and on from there."""

import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)  # -> .plain [direct]

    return wrapper


@logged
def step():
    helper()  # -> .helper [direct]


def plain():
    pass


def helper():
    pass


def run():
    step()  # -> .step [direct]
    plain()  # -> .plain [direct]
    logged(plain)()  # -> .logged [direct]; .logged.<locals>.wrapper [direct]
