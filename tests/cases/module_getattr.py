"""A module's own `__getattr__`, and a name that it does not have."""

from .parts import lazy
from .parts.lazy import later


def run():
    lazy.later(1)  # -> cases.parts.shapes.area [direct]
    later(1)  # -> cases.parts.shapes.area [direct]
    lazy.shapes.area(1)  # -> cases.parts.shapes.area [direct]
