"""One dot is this package; a module and a name in it."""

from . import parts
from .parts import shapes
from .parts.shapes import area


def by_package():
    parts.shapes.area(1)  # -> cases.parts.shapes.area [direct]


def by_module():
    shapes.area(1)  # -> cases.parts.shapes.area [direct]


def by_name():
    area(1)  # -> cases.parts.shapes.area [direct]


def missing():
    shapes.volume(1)  # -> ? cases.parts.shapes has no name 'volume'
