"""A tour's short path: the few steps that its writer chose, and how long they take to read.

The time is counted from what stands there, so that it cannot go stale: nothing is measured on
readers, and a reader who follows the calls takes longer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from srcread.model import Step
from srcread.site.data.address import short_name
from srcread.site.data.layout import Layout
from srcread.site.data.overview import step_address
from srcread.site.data.title import Title, step_title, translation

_WORDS_A_MINUTE = 200
_CHARACTERS_A_MINUTE = 255  # of Chinese; both rates are those of prose read with understanding
_LINES_A_MINUTE = 20  # of code beside a note that says what it does
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class Stop(NamedTuple):
    """A step of a path: where it stands in the tour, and the function that it is about."""

    number: int
    title: Title
    href: str | None
    function: str


class Path(NamedTuple):
    """A tour's path, in the order of reading. `folder` is the tour's, from that of the language."""

    tour: Title
    folder: str
    stops: tuple[Stop, ...]
    minutes: int


def path_of(layout: Layout, language: str, tour: Title) -> Path | None:
    """Return a tour's path; none where its writer chose none."""
    chosen = frozenset(layout.view.tour.path)
    steps = [
        (number, step)
        for number, step in enumerate(layout.view.tour.steps)
        if step.note.stem in chosen
    ]
    if not steps:
        return None
    stops = tuple(_stop(layout, number, step, language) for number, step in steps)
    return Path(tour, layout.folder, stops, minutes([step for _, step in steps], language))


def minutes(steps: Iterable[Step], language: str) -> int:
    """Estimate how long steps take to read, in whole minutes, rounded up.

    A note's title, body and claims count 200 words a minute, or 255 characters of Chinese or
    Japanese; the lines that it stands at count 20 a minute. Further places, which stand on other
    pages, what folds, and the rest of the function's code count nothing.
    """
    return max(1, math.ceil(sum(_prose(step, language) + _code(step) for step in steps)))


def _stop(layout: Layout, number: int, step: Step, language: str) -> Stop:
    page = layout.page_of_step.get(number)
    address = step_address(layout, number)
    return Stop(number + 1, step_title(step, language), address, short_name(page) if page else "")


def _prose(step: Step, language: str) -> float:
    text = translation(step, language)
    told = [text.title, text.body] if text else [step.note.title, step.note.body]
    for claim in step.snippet.claims if step.snippet else ():
        told.append(text.claims.get(claim.sentence, claim.sentence) if text else claim.sentence)
    prose = " ".join(told)
    wide = len(_WIDE.findall(prose))
    words = len(_WIDE.sub(" ", prose).split())
    return wide / _CHARACTERS_A_MINUTE + words / _WORDS_A_MINUTE


def _code(step: Step) -> float:
    return sum(
        (place.range.last_line - place.range.first_line + 1) / _LINES_A_MINUTE
        for place in step.locations[:1]
    )
