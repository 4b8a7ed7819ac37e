"""`Base[T]` is Base."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Base(Generic[T]):
    def run(self):
        pass


class Child(Base[int]):
    def start(self):
        self.run()  # -> .Base.run [method]
        self.walk()  # -> ? no 'walk' is ever set on
