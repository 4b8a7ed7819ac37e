"""`try: import` with a fallback: both may be; beside it one where only one exists."""

try:
    from .parts.shapes import area as measure
except ImportError:
    from .parts.starred import listed as measure

try:
    from .parts.nothing import area as single
except ImportError:
    from .parts.shapes import area as single


def both():
    measure(1)  # -> cases.parts.shapes.area [direct] | cases.parts.starred.listed [direct]


def one():
    single(1)  # -> cases.parts.shapes.area [direct]
