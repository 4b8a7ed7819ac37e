"""Renders pages: from the data that a plan has gathered, through a template, to bytes.

What only rendering needs, highlighting and Markdown and jinja2, is imported when the first page is
made: a plan that finds every page made already needs none of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from srcread.model import Step, Tour, Translation
from srcread.site.data import overview
from srcread.site.data.card import Also, Card
from srcread.site.data.function import FunctionPage
from srcread.site.data.introducing import TermLink
from srcread.site.data.lab import LineCalls
from srcread.site.data.near import near
from srcread.site.data.title import Title
from srcread.site.data.ways import Way
from srcread.site.maps.here import Here
from srcread.site.rendering.terms import Terms
from srcread.site.rendering.theme import Theme
from srcread.site.runs import folds, marks
from srcread.site.runs.made import Unmade
from srcread.site.runs.pages import runs_view, unseen
from srcread.site.scenarios import FunctionRuns, MadeSmall, TourRuns
from srcread.site.view import SiteAddress
from srcread.site.web import head_of


class PageContext(NamedTuple):
    """What every page of a tour, or of the front, has around its content, in one language.

    `absent` is what to fetch for the code that the pages cannot show, `made` a model that rules
    made for the run that they show.
    """

    language: str
    languages: tuple[str, ...]
    tour: str
    title: Title
    version: str
    rows: tuple[overview.Row, ...] | tuple[overview.Listed, ...]
    absent: tuple[str, ...] = ()
    place: SiteAddress = SiteAddress()
    made: MadeSmall | None = None


class FunctionWays(NamedTuple):
    """The runs of a function: its pages, what of its calls each scenario did not make.

    `digest` is of all that the pages show of runs.
    """

    runs: FunctionRuns | None
    ways: tuple[Way, ...]
    digest: str
    unmade: Unmade


class FunctionValues(NamedTuple):
    """What a function's page is rendered from."""

    page: FunctionPage
    cards: tuple[Card, ...]
    also: tuple[Also, ...]
    calls: LineCalls | None
    tour: TourRuns
    recorded: FunctionWays
    scenario: int | None
    terms: tuple[TermLink, ...] = ()
    here: Here | None = None


def render_code(file: str, page: FunctionPage) -> bytes:
    """Return the script by which other pages unfold a function's code."""
    from srcread.site.rendering.code import code_script  # highlights, which a plan does not need

    return code_script(file, page)


def render_notebook(tour: Tour, step: Step, text: Translation | None) -> bytes:
    """Return a step's snippet as a notebook, with the note's words in one language."""
    from srcread.site.rendering.notebook import notebook  # parses, which a plan does not need

    return notebook(tour, step, text)


def render_function(theme: Theme, address: str, site: PageContext, given: FunctionValues) -> bytes:
    """Return a function's page."""
    # brings markupsafe, which a plan does not need
    from srcread.site.rendering.compose import Beside, badges, noted_lines, rows_of
    from srcread.site.rendering.neighbours import draw

    words, runs, scenario = theme.words(site.language), given.recorded.runs, given.scenario
    margins: Mapping[int, marks.Margin] = {}
    operators: Sequence[tuple[int, Sequence[str]]] = ()
    unrun: tuple[folds.Fold, ...] = ()
    view = None
    if runs is not None and scenario is not None:
        view = runs_view(given.recorded.ways, scenario, runs, given.tour)
        case = view.cases[0].case
        language = site.language
        margins = marks.margins(runs, given.tour.scenarios, scenario, case, words, language)
        operators = marks.operators(runs, case)
        text = folds.FoldText(given.page.first, given.page.text.split("\n"))
        noted = noted_lines(given.cards, given.also)
        unrun = folds.folds_of(runs, given.tour.scenarios, scenario, case, text, noted, language)
    around = near(given.page, runs, view.cases[0] if view else None)
    calls = given.calls if view is None else None
    if calls is not None:
        margins = marks.call_margins(calls.calls, words)
    signs = badges(given.page, given.cards, given.also, words["badge"])
    rows = rows_of(given.page, given.cards, given.also, Beside(margins, signs), unrun)
    first = address.rpartition("/")[0] + "/" + given.recorded.ways[0].file
    listed = bool(given.cards) or not site.rows
    values = {
        "head": head_of(site.place.address, first, site.languages, listed),
        "page": given.page,
        "here": given.here,
        "cards": given.cards,
        "groups": rows.groups,
        "list_notes": rows.listed,
        "runs": view,
        "near": draw(around, words, view.shown.said(site.language)[0] if view else "")
        if around
        else None,
        "unseen": unseen(given.tour, runs) if view is None else None,
        "line_calls": calls,
        "operators": operators,
        "unmade": given.recorded.unmade.get(scenario, ()) if scenario is not None else (),
        "run_words": _run_words(theme, site.language),
        "glyphs": marks.GLYPHS,
        "links": given.terms,
    }
    return render(theme, "function.html", address, site, values)


@lru_cache(maxsize=16)  # languages
def _run_words(theme: Theme, language: str) -> str:
    """Return the words that the script of a page with runs needs."""
    words = marks.script_words(theme.words(language))
    return json.dumps(words, sort_keys=True, ensure_ascii=False)


def render(
    theme: Theme, template: str, address: str, site: PageContext, values: Mapping[str, Any]
) -> bytes:
    """Return a page: a template's text with these values and what every page has.

    Raises:
        SrcreadError: the template is broken or missing, or asks for a value that no page has.
    """
    root = "../" * address.count("/")
    if template == "lost.html":  # which is served under any address
        root = site.place.base or "/"
    language, inside = site.language, address.partition("/")[2] or address
    switch = [
        (other, theme.words(other)["language_name"], f"{root}{other}/{inside}")
        for other in site.languages
    ]
    around = {
        "terms": Terms(values.get("links", ())),
        "site": site,
        "root": root,
        "words": theme.words(language),
        "sentences": theme.sentences(language),
        "switch": switch,
    }
    return theme.render(template, {**values, **around})
