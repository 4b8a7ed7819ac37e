"""The compiled part of tinynet, as far as its stub tells."""

from typing import Any, overload

import tinynet
from tinynet.arrays import Array

class Shape(tuple[int, ...]):
    def product(self) -> int: ...

class Place:
    kind: str

    def beside(self) -> Place: ...

class LongArray(Array): ...

class ArrayBase:
    shape: Shape
    place: Place
    T: Array
    gradient: Array | None
    looked: Any

    @property
    def width(self) -> int:
        """Return it.

        startswith: what a docstring says is not declared
        """

    def half(self) -> Array: ...
    @overload
    def size(self, dim: None = None) -> Shape: ...
    @overload
    def size(self, dim: int) -> int: ...
    @overload
    def largest(self) -> Array: ...
    @overload
    def largest(
        self,
        dim: int,
        keep: bool = False,
    ) -> tinynet.return_types.largest: ...
    def halves(self) -> tuple[Array, Array]: ...
    def untold(self): ...

def make(data: Any, place: Place | None = None) -> Array: ...

default_place: Place
