"""A dataclass has no `__init__` in the text; its annotations tell of its fields."""

from dataclasses import dataclass


class Part:
    def run(self):
        pass


@dataclass
class Whole:
    part: Part

    def run(self):
        self.part.run()  # -> .Part.run [method]


def start(part):
    Whole(part).run()  # -> .Whole [constructor]; .Whole.run [method]
