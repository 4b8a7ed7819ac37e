"""Plans the site: which pages there are, and a key for each that is computed without rendering.

The key is the digest of the very data that the page's template receives, with that of the theme.
So a page cannot depend on anything that its key does not cover, and a build in which nothing
changed never imports jinja2, pygments or markdown-it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from srcread.errors import SrcreadError
from srcread.model import SourceFile, Step, Tour, Translation
from srcread.site.data import earlier, function, overview
from srcread.site.data.card import Also, Card, also_of, cards_of
from srcread.site.data.front import front, path_of
from srcread.site.data.lab import LineCalls, calls_on
from srcread.site.data.layout import Layout, lay_out
from srcread.site.data.title import Title, languages_of, tour_title, translation
from srcread.site.near.choose import near
from srcread.site.outside.head import CARD, head_of
from srcread.site.outside.lost import DEPTHS, lost_pages
from srcread.site.outside.sitemap import robots, sitemap
from srcread.site.runs import folds, marks
from srcread.site.runs.pages import (
    Way,
    is_switched,
    runs_script,
    runs_view,
    script_file,
    unseen,
    ways_of,
)
from srcread.site.runs.recorded import FunctionRuns, TourRuns
from srcread.site.search.said import script_words
from srcread.site.search.symbols import symbols_script
from srcread.site.theme import Theme
from srcread.site.view import PagePlan, Place, TourView

_SCRIPTS = ("script.js", "keys.js", "progress.js", "suggest.js")


class Site(NamedTuple):
    """What every page of a tour, or of the front, has around its content, in one language.

    `absent` is what to fetch for the code that the pages cannot show. `prose` tells whether there
    is an index of it in this language.
    """

    language: str
    languages: tuple[str, ...]
    tour: str
    title: Title
    version: str
    rows: tuple[overview.Row, ...]
    absent: tuple[str, ...] = ()
    place: Place = Place()
    prose: bool = False


def plan_site(
    views: Sequence[TourView],
    templates: Sequence[Path],
    place: Place | None = None,
    prose: Collection[str] = (),
) -> tuple[PagePlan, ...]:
    """Plan all pages of all tours, sorted by address.

    Each file of a tour is read once. Of the `templates` folders an earlier one wins; srcread's own
    is the last. `prose` names the languages in which there is an index of prose.

    Raises:
        SrcreadError: a template is missing, or two tours claim the same addresses.
    """
    planner = _Planner(Theme(templates), place or Place(), frozenset(prose))
    layouts = [lay_out(view) for view in views]
    plans = [*planner.assets(), *planner.front(layouts), *planner.outside(layouts)]
    for layout in layouts:
        plans += planner.tour(layout)
    _refuse_twins(plans)
    return tuple(sorted(plans, key=lambda plan: plan.address))


class _Planner:
    """Carries the theme, and what is true of the whole site, through the plan."""

    def __init__(self, theme: Theme, place: Place, prose: frozenset[str]) -> None:
        self._theme = theme
        self._place = place
        self._prose = prose

    def assets(self) -> Iterable[PagePlan]:
        script = b"\n".join(self._theme.asset(name) for name in _SCRIPTS)  # a page asks for one
        yield _data("script.js", script)
        for name in ("style.css", "lost.js"):
            yield _data(name, self._theme.asset(name))
        if self._prose:
            yield _data("prose.js", self._theme.asset("prose.js"))
        if self._place.address:
            yield _data(CARD, self._theme.asset(CARD))

    def outside(self, layouts: Sequence[Layout]) -> Iterable[PagePlan]:
        """Plan what others ask for: the page for lost addresses, the sitemap."""
        languages = _languages(layouts)
        values = {
            "lost": lost_pages(layouts, languages),
            "depths": () if self._place.base else DEPTHS,
            "said": {language: self._theme.words(language) for language in languages},
        }
        site = self._around(languages[0], languages[:1])
        yield self._page("404.html", "lost.html", site, values, listed=False)
        web = self._place.address
        if web:
            yield _data("sitemap.xml", sitemap(web, _listed(layouts, languages)))
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

    def tour(self, layout: Layout) -> Iterable[PagePlan]:
        lines = _lines_once(layout.view.read)
        functions = [function.function_page(layout, name, lines) for name in layout.pages]
        recorded = _recorded(layout)
        digests = [
            _digest((page, one.digest)) for page, one in zip(functions, recorded, strict=True)
        ]
        tree, texts = overview.call_tree(layout), overview.licences(layout)
        for page in functions:
            if overview.unfolds(layout, page.name):
                file = layout.files[page.name]
                address = f"code/{layout.folder}/{file.removesuffix('.html')}.js"
                yield PagePlan(address, _digest((file, page)), partial(_render_code, file, page))
        for language in _tour_languages(layout):
            folder = f"{language}/{layout.folder}/"
            site = self._site(layout, language)
            path = path_of(layout, language, site.title)
            values = {"tree": tree, "path": path}
            yield self._page(folder + "index.html", "outline.html", site, values)
            shown = {"licences": texts}
            yield self._page(folder + "licences.html", "licences.html", site, shown, listed=False)
            words = script_words(self._theme.words(language))
            yield _data(folder + "symbols.js", symbols_script(layout, language, words))
            yield from _snippets(folder, layout, language)
            yield from self._earlier(layout, site)
            shared = _digest(site)
            for page, one, digest in zip(functions, recorded, digests, strict=True):
                yield from self._function(folder, layout, site, (page, one), shared + digest)

    def _earlier(self, layout: Layout, site: Site) -> Iterable[PagePlan]:
        """Plan what stands at the addresses of the tour's earlier versions."""
        around = site._replace(rows=(), prose=False)  # it has no search box
        for version in layout.view.earlier:
            folder = f"{site.language}/{earlier.earlier_folder(layout, version)}/"
            for lead in earlier.leads(layout, version, site.language):
                shown = {"lead": lead}
                yield self._page(folder + lead.file, "earlier.html", around, shown, listed=False)

    def _function(
        self,
        folder: str,
        layout: Layout,
        site: Site,
        shown: tuple[function.FunctionPage, _Recorded],
        digest: str,
    ) -> Iterable[PagePlan]:
        """Plan a function's page, one more for each further way through it, and its runs."""
        page, recorded = shown
        cards = cards_of(layout, page.name, site.language)
        also = also_of(layout, page.name, site.language)
        calls = calls_on(layout, page.name)
        for way in recorded.ways:
            values = _Values(page, cards, also, calls, layout.view.runs, recorded, way.scene)
            address = folder + way.file
            key = _digest((address, self._theme.digest, digest, cards, also, calls, way))
            render = partial(_render_function, self._theme, address, site, values)
            yield PagePlan(address, key, render)
        if recorded.script is not None:
            yield _data(folder + script_file(recorded.ways[0].file), recorded.script)

    def _page(
        self,
        address: str,
        template: str,
        site: Site,
        values: Mapping[str, Any],
        listed: bool = True,
    ) -> PagePlan:
        key = _digest((address, template, self._theme.digest, site, values))
        shown = {**values, "head": head_of(site.place.address, address, site.languages, listed)}
        render = partial(_render, self._theme, template, address, site, shown)
        return PagePlan(address, key, render)

    def _around(self, language: str, languages: tuple[str, ...]) -> Site:
        title, prose = Title("", language), language in self._prose
        return Site(language, languages, "", title, "", (), (), self._place, prose)

    def _site(self, layout: Layout, language: str) -> Site:
        return Site(
            language=language,
            languages=_tour_languages(layout),
            tour=layout.view.tour.name,
            title=tour_title(layout.view.tour, language),
            version=overview.distributions_label(layout),
            rows=overview.outline_rows(layout, language),
            absent=overview.absent_requirements(layout),
            place=self._place,
            prose=language in self._prose,
        )


class _Recorded(NamedTuple):
    """The runs of a function: its pages, the script with all of them, a digest of all it shows."""

    runs: FunctionRuns | None
    ways: tuple[Way, ...]
    script: bytes | None
    digest: str


class _Values(NamedTuple):
    """What a function's page is rendered from."""

    page: function.FunctionPage
    cards: tuple[Card, ...]
    also: tuple[Also, ...]
    calls: LineCalls | None
    tour: TourRuns
    recorded: _Recorded
    scene: int | None


def _recorded(layout: Layout) -> list[_Recorded]:
    """Gather the runs of every page of a tour; a page without any still depends on the scenes."""
    tour, taken = layout.view.runs, frozenset(layout.files.values())
    scenes = _digest(tour.scenes)
    found = []
    for name in layout.pages:
        runs = tour.functions.get(name)
        ways = ways_of(layout.files[name], runs, tour, taken)
        script = runs_script(runs, tour) if runs is not None and is_switched(runs) else None
        digest = _digest((scenes, runs.text if runs is not None else "", ways))
        found.append(_Recorded(runs, ways, script, digest))
    return found


def _snippets(folder: str, layout: Layout, language: str) -> Iterable[PagePlan]:
    """Plan the snippet of every step as a file, and as a notebook with the note's words."""
    tour = layout.view.tour
    for step in tour.steps:
        if step.snippet is None:
            continue
        text = translation(step, language)
        note, code = text or step.note, step.snippet.text
        anchors = [(one.anchor.symbol, one.anchor.at) for one in step.locations[:1]]
        shown = (note.title, note.body, anchors, dict(tour.distributions), code)
        yield _data(f"{folder}snippets/{step.note.stem}.py", code.encode("utf-8", "replace"))
        render = partial(_render_notebook, tour, step, text)
        yield PagePlan(f"{folder}snippets/{step.note.stem}.ipynb", _digest(shown), render)


def _render_code(file: str, page: function.FunctionPage) -> bytes:
    from srcread.site.unfold import code_script  # highlights, which a plan does not need

    return code_script(file, page)


def _render_notebook(tour: Tour, step: Step, text: Translation | None) -> bytes:
    from srcread.site.notebook import notebook  # parses, which a plan does not need

    return notebook(tour, step, text)


def _render_function(theme: Theme, address: str, site: Site, given: _Values) -> bytes:
    # brings markupsafe, which a plan does not need
    from srcread.site.compose import groups, noted_lines, wants_list
    from srcread.site.near.draw import draw

    words, runs, scene = theme.words(site.language), given.recorded.runs, given.scene
    margins: Mapping[int, marks.Margin] = {}
    operators: Sequence[tuple[int, Sequence[str]]] = ()
    unrun: tuple[folds.Fold, ...] = ()
    view = None
    if runs is not None and scene is not None:
        view = runs_view(given.recorded.ways, scene, runs, given.tour)
        case = view.cases[0].case
        margins = marks.margins(runs, given.tour.scenes, scene, case, words)
        operators = marks.operators(runs, case)
        text = folds.Text(given.page.first, given.page.text.split("\n"))
        noted = noted_lines(given.cards, given.also)
        unrun = folds.folds_of(runs, given.tour.scenes, scene, case, text, noted)
    around = near(given.page, runs, view.cases[0] if view else None)
    calls = given.calls if view is None else None
    if calls is not None:
        margins = marks.call_margins(calls.calls, words)
    first = address.rpartition("/")[0] + "/" + given.recorded.ways[0].file
    listed = bool(given.cards) or not site.rows
    values = {
        "head": head_of(site.place.address, first, site.languages, listed),
        "page": given.page,
        "cards": given.cards,
        "groups": groups(given.page, given.cards, given.also, margins, unrun),
        "list_notes": wants_list(given.page, given.cards),
        "runs": view,
        "near": draw(around, words, view.shown.key if view else "") if around else None,
        "unseen": unseen(given.tour, runs) if view is None else None,
        "line_calls": calls,
        "operators": operators,
        "run_words": json.dumps(marks.script_words(words), sort_keys=True, ensure_ascii=False),
        "glyphs": marks.GLYPHS,
    }
    return _render(theme, "function.html", address, site, values)


def _render(
    theme: Theme, template: str, address: str, site: Site, values: Mapping[str, Any]
) -> bytes:
    root = "../" * address.count("/")
    if template == "lost.html":  # which is served under any address
        root = site.place.base or "/"
    language, inside = site.language, address.partition("/")[2] or address
    switch = [
        (other, theme.words(other)["language_name"], f"{root}{other}/{inside}")
        for other in site.languages
    ]
    around = {
        "site": site,
        "root": root,
        "words": theme.words(language),
        "phrases": theme.phrases(language),
        "switch": switch,
    }
    return theme.render(template, {**values, **around})


def _tour_languages(layout: Layout) -> tuple[str, ...]:
    return languages_of(layout.view.tour)


def _languages(layouts: Sequence[Layout]) -> tuple[str, ...]:
    return languages_of(*(layout.view.tour for layout in layouts))


def _listed(
    layouts: Sequence[Layout], languages: tuple[str, ...]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the pages worth finding, each in every language that it is in."""
    for language in languages:
        yield f"{language}/index.html", languages
    for layout in layouts:
        own = _tour_languages(layout)
        files = ["index.html", *(layout.files[page] for page in layout.steps)]
        for language in own:
            yield from ((f"{language}/{layout.folder}/{file}", own) for file in files)


def _lines_once(read: Callable[[str, str], SourceFile]) -> function.Lines:
    files: dict[tuple[str, str], list[str]] = {}

    def lines(distribution: str, path: str) -> list[str]:
        if (distribution, path) not in files:
            files[distribution, path] = function.source_lines(read(distribution, path))
        return files[distribution, path]

    return lines


def _refuse_twins(plans: Sequence[PagePlan]) -> None:
    seen = set[str]()
    for plan in plans:
        if plan.address.lower() in seen:
            raise SrcreadError(
                f"Two tours would both write {plan.address!r}. Rename the folder of one of them."
            )
        seen.add(plan.address.lower())


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


def _data(address: str, data: bytes) -> PagePlan:
    return PagePlan(address, hashlib.sha256(data).hexdigest(), partial(_same, data))


def _same(data: bytes) -> bytes:
    return data
