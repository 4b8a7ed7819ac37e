"""A function of a package that shares its name with a module of the package."""

from .parts import twin


def run():
    twin()  # -> cases.parts.twin [direct]
