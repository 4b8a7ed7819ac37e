"""Overloads of `__init__` are not what a constructor runs."""

from typing import overload


class Part:
    def run(self):
        pass


class Base:
    @overload
    def __init__(self, part: str): ...
    @overload
    def __init__(self, part: Part): ...
    def __init__(self, part):
        self.part = part


class Whole(Base):
    @overload
    def __init__(self): ...
    def __init__(self, part=None):
        super().__init__(part or Part())  # -> .Base.__init__~3 [super]; .Part [constructor]

    def go(self):
        self.part.run()  # -> .Part.run [method] | ? a caller may give anything


def run():
    Base(Part()).part.run()  # -> .Base.__init__~3 [constructor]; .Part.run [method]; .Part [constructor]
    Whole().go()  # -> .Whole.__init__~2 [constructor]; .Whole.go [method]
