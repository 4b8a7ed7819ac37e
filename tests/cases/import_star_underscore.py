"""Without `__all__` a star brings all names but those with an underscore."""

from .parts.shapes import *


def run():
    area(1)  # -> cases.parts.shapes.area [direct]
    _hidden()  # -> ? '_hidden'
