"""A NamedTuple, a dataclass and an Enum have constructors that nobody wrote."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Part:
    def go(self):
        pass


class Pair(NamedTuple):
    part: Part
    number: int

    def run(self):
        self.part.go()  # -> .Part.go [method]


@dataclass
class Data:
    part: Part

    def __post_init__(self):
        self.part.go()  # -> .Part.go [method]


class Colour(Enum):
    RED = 1

    def shown(self):
        return self.value


def run():
    pair = Pair(Part(), 1)  # -> .Pair [constructor]; .Part [constructor]
    pair.run()  # -> .Pair.run [method]
    pair.part.go()  # -> .Part.go [method]
    Data(Part()).part.go()  # -> .Data [constructor] & .Data.__post_init__ [method]; .Part.go [method]; .Part [constructor]
    Colour(1).shown()  # -> .Colour [constructor]; .Colour.shown [method]
    Colour.RED.shown()  # -> .Colour.shown [method]
