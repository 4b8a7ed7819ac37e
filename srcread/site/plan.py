"""Plans the site: which pages there are, and a key for each that is computed without rendering.

The key is the digest of the very data that the page's template receives, with that of the theme.
So a page cannot depend on anything that its key does not cover, and a build in which nothing
changed never imports jinja2, pygments or markdown-it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from srcread.errors import SrcreadError
from srcread.evidence.reasons import reason_json
from srcread.model import Confinement, Reason, Stop
from srcread.site.data import appendices, crowded, function, introducing, onward, overview
from srcread.site.data.card import (
    also_of,
    card_of,
    cards_of,
    loose_cards,
    unread_files,
)
from srcread.site.data.equations import fences_of
from srcread.site.data.front import front, path_of
from srcread.site.data.lab import calls_on
from srcread.site.data.layout import Layout, lay_out, unfolds
from srcread.site.data.maps import figures
from srcread.site.data.title import Title, languages_of, tour_title, translation
from srcread.site.data.ways import ways_of
from srcread.site.maps.here import Here, places
from srcread.site.rendering.pages import (
    FunctionValues,
    FunctionWays,
    PageContext,
    render,
    render_code,
    render_function,
    render_notebook,
)
from srcread.site.rendering.script import squeezed_script
from srcread.site.rendering.style import squeezed
from srcread.site.rendering.theme import Theme
from srcread.site.runs.made import unmade_calls
from srcread.site.runs.pages import is_switched, runs_script, script_file
from srcread.site.search.symbols import script_words, symbols_script
from srcread.site.search.words import FILE, has_words, prose_addresses, tour_words, words_script
from srcread.site.view import PagePlan, SiteAddress, TourView
from srcread.site.web import CARD, head_of, robots, sitemap

_SCRIPTS = (
    "script.js",
    "names.js",
    "box.js",
    "marks.js",
    "keys.js",
    "progress.js",
    "suggest.js",
)


def plan_site(
    views: Sequence[TourView],
    theme: Theme,
    place: SiteAddress | None = None,
) -> tuple[PagePlan, ...]:
    """Plan all pages of all tours, sorted by address.

    Each file of a tour is read once.

    Raises:
        SrcreadError: a template is missing, or two tours claim the same addresses.
    """
    planner = _Planner(theme, place or SiteAddress())
    layouts = [lay_out(view) for view in views]
    plans = [*planner.assets(), *planner.front(layouts), *planner.outside(layouts)]
    for layout in layouts:
        plans += planner.tour(layout, layouts)
    _refuse_twins(plans)
    return tuple(sorted(plans, key=lambda plan: plan.address))


class _Planner:
    """Carries the theme, and what is true of the whole site, through the plan."""

    def __init__(self, theme: Theme, place: SiteAddress) -> None:
        self._theme = theme
        self._place = place

    def assets(self) -> Iterable[PagePlan]:
        script = b"\n".join(self._theme.asset(name) for name in _SCRIPTS)  # a page asks for one
        yield _data("script.js", script)
        yield _data("style.css", squeezed(self._theme.asset("style.css")))
        yield _data("lost.js", self._theme.asset("lost.js"))
        search = squeezed_script(self._theme.asset("search.js"))
        yield _data("search.js", self._theme.terms + search)
        if self._place.address:
            yield _data(CARD, self._theme.asset(CARD))

    def outside(self, layouts: Sequence[Layout]) -> Iterable[PagePlan]:
        """Plan what others ask for: the page for lost addresses, the sitemap."""
        languages = _languages(layouts)
        values = {
            "lost": onward.lost_pages(layouts, languages),
            "depths": () if self._place.base else onward.DEPTHS,
            "said": {language: self._theme.words(language) for language in languages},
        }
        site = self._around(languages[0], languages[:1])
        yield self._page("404.html", "lost.html", site, values, listed=False)
        web = self._place.address
        if web:
            yield _data("sitemap.xml", sitemap(web, onward.worth_finding(layouts, languages)))
        if web and self._place.base == "/":
            yield _data("robots.txt", robots(web))

    def front(self, layouts: Sequence[Layout]) -> Iterable[PagePlan]:
        """Plan the list of tours, in every language, and once more as the site's first page."""
        languages = _languages(layouts)
        for language in languages:
            shown = [layout for layout in layouts if language in _tour_languages(layout)]
            site = self._around(language, languages)
            values = {"front": front(shown, language)}
            yield self._page(f"{language}/index.html", "index.html", site, values)
            if language == languages[0]:
                yield self._page("index.html", "index.html", site, values)

    def tour(self, layout: Layout, layouts: Sequence[Layout]) -> Iterable[PagePlan]:
        lines = function.lines_once(layout.view.read)
        functions = [function.function_page(layout, name, lines) for name in layout.pages]
        recorded = _recorded(layout, functions)
        digests = [
            _digest((page, one.digest)) for page, one in zip(functions, recorded, strict=True)
        ]
        of_reader = layout.view.runs.own
        computing = frozenset(of_reader.computing) if of_reader is not None else None
        tree = overview.call_tree(layout, layout.children.get(None, ()), computing)
        makers = overview.call_tree(layout, layout.makers)
        texts = overview.licences(layout)
        callers = {name: reach.parent for name, reach in layout.reached.items()}
        here = places(layout.view.runs.maps, layout.pages, callers)
        for page in functions:
            if unfolds(layout, page.name):
                file = layout.files[page.name]
                address = f"code/{layout.folder}/{file.removesuffix('.html')}.js"
                yield PagePlan(address, _digest((file, page)), partial(render_code, file, page))
        for language in _tour_languages(layout):
            folder = f"{language}/{layout.folder}/"
            site = self._site(layout, language)
            path = path_of(layout, language, site.title)
            grounds = overview.tour_grounds(layout, language)
            loose, unread = loose_cards(layout, language), unread_files(layout)
            links = introducing.term_links(layout, language)
            values = {
                **introducing.outlined(layout, language, links, [card.body for card in loose]),
                "exercises": overview.all_exercises(layout, language),
                "appendices": appendices.listed(layout, language),
                "own": of_reader,
                "plumbing": overview.plumbing(layout),
                "tree": tree,
                "makers": makers,
                "unentered": layout.view.graph.unentered,
                "stopped": _stop(layout.view.graph.stopped),
                "frontier": layout.view.graph.frontier,
                "path": path,
                "maps": figures(layout, language),
                "grounds": grounds,
                "loose": loose,
                "unread": unread,
            }
            yield self._page(folder + "index.html", "outline.html", site, values)
            if layout.view.tour.terms:
                terms = {"glossary": introducing.glossary(layout, language)}
                yield self._page(folder + introducing.FILE, "glossary.html", site, terms)
            yield from self._appendices(folder, layout, layouts, site, links)
            shown = {"licences": texts}
            yield self._page(folder + "licences.html", "licences.html", site, shown, listed=False)
            words = script_words(self._theme.words(language))
            prose = prose_addresses(layouts, language, layout)
            yield _data(folder + "symbols.js", symbols_script(layout, language, words, prose))
            yield from self._words(folder, layout, language)
            yield from _snippets(folder, layout, language)
            yield from self._earlier(layout, site)
            yield from self._evidence(folder, layout, site)
            beside = site._replace(rows=overview.listed(site.rows))
            shared = _digest(beside)
            for page, one, own in zip(functions, recorded, digests, strict=True):
                there = here.get(page.name)
                of_page = (page, one, links, there)
                yield from self._function(folder, layout, beside, of_page, shared + own)

    def _appendices(
        self,
        folder: str,
        layout: Layout,
        layouts: Sequence[Layout],
        site: PageContext,
        links: Sequence[introducing.TermLink],
    ) -> Iterable[PagePlan]:
        """Plan the pages beside the steps."""
        beside = appendices.listed(layout, site.language)
        around = site._replace(rows=overview.listed(site.rows))
        for one in appendices.appendices(layout, site.language, layouts):
            terms = introducing.links_on(links, () if one.text.fallback else (one.text.body,))
            shown = {"appendix": one, "beside": beside, "links": terms}
            yield self._page(folder + one.file, "appendix.html", around, shown)

    def _words(self, folder: str, layout: Layout, language: str) -> Iterable[PagePlan]:
        """Plan what the notes of a tour and its glossary say, for the search."""
        if has_words(layout):
            words = tour_words(layout, language)
            key = _digest((self._theme.digest, words))
            yield PagePlan(folder + FILE, key, partial(words_script, words))

    def _evidence(self, folder: str, layout: Layout, site: PageContext) -> Iterable[PagePlan]:
        """Plan a page for the evidence of each note, which a crowded page leads to."""
        around = site._replace(rows=overview.listed(site.rows))
        for number in range(len(layout.view.tour.steps)):
            card = card_of(layout, number, site.language)
            if crowded.has_evidence(card):
                file = crowded.evidence_file(card.stem)
                note = f"{layout.opening.get(number, 'index.html')}#{card.anchor}"
                shown = {"card": crowded.evidence_alone(card), "note": note}
                yield self._page(folder + file, "evidence.html", around, shown, listed=False)

    def _earlier(self, layout: Layout, site: PageContext) -> Iterable[PagePlan]:
        """Plan what stands at the addresses of the tour's earlier versions."""
        around = site._replace(rows=())  # it has no search box
        for version in layout.view.earlier:
            folder = f"{site.language}/{onward.earlier_folder(layout, version)}/"
            for lead in onward.leads(layout, version, site.language):
                shown = {"lead": lead}
                yield self._page(folder + lead.file, "earlier.html", around, shown, listed=False)

    def _function(
        self,
        folder: str,
        layout: Layout,
        site: PageContext,
        shown: tuple[
            function.FunctionPage, FunctionWays, Sequence[introducing.TermLink], Here | None
        ],
        shared: str,
    ) -> Iterable[PagePlan]:
        """Plan a function's page, one more for each further way through it, and its runs."""
        page, recorded, links, here = shown
        cards = cards_of(layout, page.name, site.language)
        also = also_of(layout, page.name, site.language)
        calls = calls_on(layout, page.name)
        terms = introducing.links_on(links, (card.body for card in cards if not card.fallback))
        crowd = crowded.Crowd(cards, recorded.ways[0].file)
        of_all = _digest((self._theme.digest, shared, also, calls, terms, here))
        digests: dict[int, str] = {}  # by which object a card is: the crowd holds them all
        for way in recorded.ways:
            cards = crowd.on(way.file, crowded.opening_on(layout, page.name, way.file))
            values = FunctionValues(
                page, cards, also, calls, layout.view.runs, recorded, way.scenario, terms, here
            )
            address = folder + way.file
            digests |= {id(one): _digest(one) for one in cards if id(one) not in digests}
            key = _digest((address, of_all, [digests[id(one)] for one in cards], way))
            render = partial(render_function, self._theme, address, site, values)
            yield PagePlan(address, key, render, 40 + page.text.count("\n"))
        if recorded.runs is not None and is_switched(recorded.runs):
            shown_runs = recorded.runs, layout.view.runs, recorded.unmade
            key = _digest((self._theme.digest, recorded.digest, site.language))
            write = partial(runs_script, *shown_runs, site.language)
            yield PagePlan(folder + script_file(recorded.ways[0].file), key, write, 10)

    def _page(
        self,
        address: str,
        template: str,
        site: PageContext,
        values: Mapping[str, Any],
        listed: bool = True,
    ) -> PagePlan:
        key = _digest((address, template, self._theme.digest, site, values))
        shown = {**values, "head": head_of(site.place.address, address, site.languages, listed)}
        rendered = partial(render, self._theme, template, address, site, shown)
        return PagePlan(address, key, rendered)

    def _around(self, language: str, languages: tuple[str, ...]) -> PageContext:
        title = Title("", language)
        return PageContext(language, languages, "", title, "", (), (), self._place)

    def _site(self, layout: Layout, language: str) -> PageContext:
        return PageContext(
            language=language,
            languages=_tour_languages(layout),
            tour=layout.view.tour.name,
            title=tour_title(layout.view.tour, language),
            version=overview.distributions_label(layout),
            rows=overview.outline_rows(layout, language),
            absent=overview.absent_requirements(layout),
            place=self._place,
            made=layout.view.runs.own.made if layout.view.runs.own is not None else None,
        )


def _recorded(layout: Layout, functions: Sequence[function.FunctionPage]) -> list[FunctionWays]:
    """Gather the runs of every page; one without any still depends on the tour's scenarios."""
    tour, taken = layout.view.runs, frozenset(layout.files.values())
    scenarios = _digest(tour.scenarios)
    found = []
    for page in functions:
        runs = tour.functions.get(page.name)
        ways = ways_of(layout.files[page.name], runs, tour, taken)
        unmade = unmade_calls(page, runs, tour)
        whole = _digest((scenarios, runs.text if runs is not None else "", ways, unmade))
        found.append(FunctionWays(runs, ways, whole, unmade))
    return found


def _snippets(folder: str, layout: Layout, language: str) -> Iterable[PagePlan]:
    """Plan the snippet of every step as a file, and as a notebook with the note's words.

    Beside the file of one that evaluates equations stand these, as it finds them.
    """
    tour = layout.view.tour
    for step in tour.steps:
        if step.snippet is None:
            continue
        text = translation(step, language)
        note, code = text or step.note, step.snippet.text
        anchors = [(step.lead.anchor.symbol, step.lead.anchor.at)] if step.lead else []
        bases = [(one.label, one.kind.value, one.text) for one in step.note.bases]
        claims = dict(text.claims) if text else {}
        equations = fences_of(step)
        about = (dict(tour.distributions), code, equations)
        shown = (note.title, note.body, bases, claims, anchors, *about)
        yield _data(f"{folder}snippets/{step.note.stem}.py", code.encode("utf-8", "replace"))
        if equations:
            yield _data(f"{folder}snippets/{step.note.stem}.md", equations.encode("utf-8"))
        render = partial(render_notebook, tour, step, text)
        yield PagePlan(f"{folder}snippets/{step.note.stem}.ipynb", _digest(shown), render)


def _tour_languages(layout: Layout) -> tuple[str, ...]:
    return languages_of(layout.view.tour)


class _Stopped(NamedTuple):
    """Where a walk was stopped, for the words of a language."""

    why: str
    number: str


def _stop(stopped: Stop | None) -> _Stopped | None:
    if stopped is None:
        return None
    return _Stopped(stopped.why.value, f"{stopped.count:,.15g}")


def _languages(layouts: Sequence[Layout]) -> tuple[str, ...]:
    return languages_of(*(layout.view.tour for layout in layouts))


def _refuse_twins(plans: Sequence[PagePlan]) -> None:
    seen = set[str]()
    for plan in plans:
        if plan.address.lower() in seen:
            raise SrcreadError(
                f"Two tours would both write {plan.address!r}. Rename the folder of one of them."
            )
        seen.add(plan.address.lower())


def _data(address: str, data: bytes) -> PagePlan:
    return PagePlan(address, hashlib.sha256(data).hexdigest(), partial(_same, data), 1)


def _same(data: bytes) -> bytes:
    return data


def _digest(values: object) -> str:
    """Return what tells values of a page from any others."""
    text = json.dumps(values, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Return what tells a value of a page that is no JSON from any other."""
    match value:
        case Reason():
            return reason_json(value)
        case Confinement():
            return value.value
    raise TypeError(f"a page's key cannot tell {type(value).__name__} values apart")
