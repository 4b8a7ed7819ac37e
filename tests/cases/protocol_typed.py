"""A Protocol, a cast and an alias of a type say what an object is."""

from typing import Protocol, cast


class Runs(Protocol):
    def go(self) -> None: ...


class Thing:
    def go(self):
        pass


Alias = Thing


def run(thing: Runs, other: Alias, anything):
    thing.go()  # -> .Runs.go [method]
    other.go()  # -> .Thing.go [method]
    cast(Thing, anything).go()  # -> .Thing.go [method]
    anything.go()  # -> ? the parameter 'anything' may hold anything
