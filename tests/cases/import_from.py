"""`from a import b`, with and without `as`; what is not imported is not there."""

from cases.parts.shapes import area
from cases.parts.shapes import area as surface


def plain():
    area(1)  # -> cases.parts.shapes.area [direct]


def renamed():
    surface(1)  # -> cases.parts.shapes.area [direct]


def of_another_module():
    Square(1)  # -> ? has no name 'Square'
