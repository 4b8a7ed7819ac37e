"""A call of a decorated function reaches it and, around it, the wrapper that calls it."""

import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        before()  # -> .before [direct]
        return function(*args, **kwargs)  # -> .step [direct] | .plain [direct]

    return wrapper


def silent(function):
    function.silent = True
    return function


@logged
def step(thing):
    return thing.go()  # -> .Thing.go [method]


@silent
def almost(thing):
    return thing.go()  # -> .Thing.go [method]


class Thing:
    def go(self):
        return self

    def more(self):
        pass


def plain():
    pass


def before():
    pass


def run():
    step(Thing()).more()  # -> .step [direct] & .logged.<locals>.wrapper [decorator]; .Thing.more [method]; .Thing [constructor]
    almost(Thing()).more()  # -> .almost [direct]; .Thing.more [method]; .Thing [constructor]
    step.__wrapped__(Thing())  # -> .step [direct]; .Thing [constructor]
    logged(plain)()  # -> .logged [direct]; .logged.<locals>.wrapper [direct]
