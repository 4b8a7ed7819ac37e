"""A module that puts an object in its own place; its own functions are not reached."""

from .parts import swapped


def run():
    swapped.area(1)  # -> cases.parts.swapped.Door.__getattr__ [method]; cases.parts.shapes.area [direct]
