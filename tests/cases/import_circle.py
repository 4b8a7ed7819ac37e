"""Two modules that import each other."""

from .parts.circle_one import first
from .parts.circle_two import second


def run():
    first()  # -> cases.parts.circle_one.first [direct]
    second()  # -> cases.parts.circle_two.second [direct]
