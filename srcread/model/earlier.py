"""Earlier versions of a tour: which pages had addresses, and where their lines stand now."""

from __future__ import annotations

from typing import NamedTuple

from srcread.model.code import Symbol


class Stretch(NamedTuple):
    """Lines `first` to `last` of an earlier version; `now` is the present line of the first.

    The others follow it. None means that they are not carried.
    """

    first: int
    last: int
    now: int | None


class EarlierPage(NamedTuple):
    """A page that an earlier version had. `stretches` is empty where the symbol is gone."""

    symbol: Symbol
    stretches: tuple[Stretch, ...]


class EarlierVersion(NamedTuple):
    """A version whose addresses lead on to the present one, with all pages that it had."""

    version: str
    pages: tuple[EarlierPage, ...]
