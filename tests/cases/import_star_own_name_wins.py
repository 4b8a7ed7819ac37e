"""A name of the module's own stands before what a star brings."""

from .parts.shapes import *


def area(shape):
    pass


def run():
    area(1)  # -> .area [direct]
    Square(1).area()  # -> cases.parts.shapes.Square.__init__ [constructor]; cases.parts.shapes.Square.area [method]
