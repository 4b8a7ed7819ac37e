"""What made a value: one origin, or a tuple of such for what is taken apart later."""

from __future__ import annotations

from typing import TypeAlias

from srcread.site.blocks import Origin

Made: TypeAlias = "Origin | tuple[Made, ...]"
"""What made a value, or the values of a tuple."""


def first_of(made: Made) -> Origin:
    """Return the first origin that is known in what made a value."""
    if not isinstance(made, tuple):
        return made
    return next((found for found in map(first_of, made) if found is not None), None)


def item_of(made: Made, number: int, of: int | None = None) -> Made:
    """Return what made an item; of something that is not known to be a tuple, the whole's.

    `of` is how many items are taken apart at once.
    """
    if not isinstance(made, tuple):
        return made
    if of is not None and of != len(made):
        return first_of(made)
    return made[number] if -len(made) <= number < len(made) else first_of(made)
