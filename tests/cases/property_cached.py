"""`functools.cached_property` by both of its names."""

import functools
from functools import cached_property


class Part:
    def run(self):
        pass


class Whole:
    @cached_property
    def one(self):
        return Part()  # -> .Part [constructor]

    @functools.cached_property
    def two(self):
        return Part()  # -> .Part [constructor]

    def run(self):
        self.one.run()  # -> .Whole.one [property]; .Part.run [method]
        self.two.run()  # -> .Whole.two [property]; .Part.run [method]
