"""What a decorator below `@property` puts around the property's function runs, too."""

import functools
from functools import cached_property


def once(function):
    @functools.wraps(function)
    def wrapper(self):
        return noted(function(self))  # -> .noted [direct]; .Whole.kept [direct]

    return wrapper


def named(name):
    def decorate(function):
        def inner(self):
            noted(name)  # -> .noted [direct]
            return function(self)  # -> .Whole.both [direct]

        return inner

    return decorate


def noted(value):
    return value


class Part:
    def run(self):
        pass


class Whole:
    @property
    @once
    def kept(self):
        return Part()  # -> .Part [constructor]

    @cached_property
    @named("both")
    def both(self):
        return Part()  # -> .Part [constructor]

    @property
    @functools.lru_cache
    def cached(self):
        return Part()  # -> .Part [constructor]

    @property
    def plain(self):
        return Part()  # -> .Part [constructor]

    def run(self):
        self.kept.run()  # -> .Whole.kept [property] & .once.<locals>.wrapper [decorator]; .Part.run [method]
        self.both.run()  # -> .Whole.both [property] & .named.<locals>.decorate.<locals>.inner [decorator]; .Part.run [method]
        self.cached.run()  # -> .Whole.cached [property]; .Part.run [method]
        self.plain.run()  # -> .Whole.plain [property]; .Part.run [method]
