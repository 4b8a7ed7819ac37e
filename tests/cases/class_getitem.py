"""`Class[item]` runs `__class_getitem__` and gives what that returns; a generic gives the class."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Sized:
    def __class_getitem__(cls, size):
        return Made(size)  # -> .Made.__init__ [constructor]


class Made:
    def __init__(self, size):
        self.size = size

    def go(self):
        pass


class Typed(Generic[T]):
    def go(self):
        pass


def run():
    Sized[3].go()  # -> .Sized.__class_getitem__ [method]; .Made.go [method]


def almost():
    Typed[int]().go()  # -> .Typed [constructor]; .Typed.go [method]
