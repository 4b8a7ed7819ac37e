"""What decorators put around a `forward` runs too where the module is called; beside it a plain one."""

import functools

from tinynet import Module


def configured(function):
    @functools.wraps(function)
    def wrapper(self, *args, **kwargs):
        before()  # -> .before [direct]
        return function(self, *args, **kwargs)  # -> .Decorated.forward [direct]

    return wrapper


def silent(function):
    function.silent = True
    return function


def before():
    pass


class Part:
    def go(self):
        pass


class Decorated(Module):
    @configured
    def forward(self, part):
        part.go()  # -> .Part.go [method]


class Almost(Module):
    @silent
    def forward(self, part):
        part.go()  # -> .Part.go [method]


def run():
    Decorated()(part=Part())  # -> .Decorated [constructor]; .Decorated.forward [forward] & .configured.<locals>.wrapper [decorator]; .Part [constructor]
    Almost()(Part())  # -> .Almost [constructor]; .Almost.forward [forward]; .Part [constructor]
