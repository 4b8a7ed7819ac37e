"""A context manager that decorates: its `__call__` makes the wrapper, with another closure."""

import functools


class Decorating:
    def __call__(self, function):
        return wrapped(self.clone, function)  # -> .wrapped [direct]

    def clone(self):
        return self.__class__()  # -> .Decorating [constructor] | .Quiet [constructor]

    def __enter__(self):
        pass

    def __exit__(self, *error):
        pass


class Quiet(Decorating):
    pass


def wrapped(make, function):
    @functools.wraps(function)
    def inside(*args):
        with make():  # -> .Decorating.clone [method] & .Decorating.__enter__ [method] & .Decorating.__exit__ [method]
            return function(*args)  # -> .step [direct]

    return inside


@Quiet()
def step():
    pass


def almost():
    with Quiet():  # -> .Quiet [constructor] & .Decorating.__enter__ [method] & .Decorating.__exit__ [method]
        step()  # -> .step [direct] & .wrapped.<locals>.inside [decorator]
