"""A module that puts an object of its own class in its place: methods, and names it forwards."""

from .parts import shapes, swapped_class
from .parts.swapped_class import own


def run():
    swapped_class.area(1)  # -> cases.parts.swapped_class.Forwarding.__getattr__ [method]; cases.parts.shapes.area [direct]
    swapped_class.own()  # -> cases.parts.swapped_class.Forwarding.own [method]
    own()  # -> cases.parts.swapped_class.Forwarding.own [method]


def almost():
    shapes.area(1)  # -> cases.parts.shapes.area [direct]
