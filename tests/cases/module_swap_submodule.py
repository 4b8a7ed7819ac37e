"""A module inside a package that put an object in its place: its import set it on that object."""

from .parts import swapping


def run():
    swapping.inner.area(1)  # -> cases.parts.swapping.inner.area [direct]


def almost():
    swapping.outer(1)  # -> cases.parts.swapping.Asked.__getattr__ [method]; cases.parts.swapping.twice [direct]
