"""A star brings what `__all__` lists, an underscore too, and nothing else."""

from .parts.starred import *


def run():
    listed()  # -> cases.parts.starred.listed [direct]
    _listed_too()  # -> cases.parts.starred._listed_too [direct]
    unlisted()  # -> ? 'unlisted'
