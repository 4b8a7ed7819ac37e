"""`from a import b`, with and without `as`; the name that was renamed is not bound."""

from cases.parts.shapes import area
from cases.parts.shapes import area as surface


def plain():
    area(1)  # -> cases.parts.shapes.area [direct]


def renamed():
    surface(1)  # -> cases.parts.shapes.area [direct]


def of_another_module():
    hidden(1)  # -> ? 'hidden' has no value
