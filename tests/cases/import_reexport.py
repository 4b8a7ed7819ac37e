"""A name that a package takes over from its module leads to where it is defined."""

from .parts import Square, area_of


def run():
    area_of(1)  # -> cases.parts.shapes.area [direct]
    Square(2).area()  # -> cases.parts.shapes.Square.__init__ [constructor]; cases.parts.shapes.Square.area [method]
