"""The pages that are of a whole tour: its outline and licences.

As on a function's page, the data are named tuples that `json` can write for the page's key.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from srcread.model import EdgeKind, Reason
from srcread.site.data.address import note_anchor, web
from srcread.site.data.card import moved, standing_of
from srcread.site.data.exercises import exercises_of
from srcread.site.data.function import Link, link_to
from srcread.site.data.grounds import Grounds, grounds_of
from srcread.site.data.layout import Layout
from srcread.site.data.natives import native_anchor
from srcread.site.data.title import Title, chapter_title, step_title

_DEEPEST = 40  # browsers stop nesting at 512; a longer chain of calls goes on at this depth


class Listed(NamedTuple):
    """One step in the list beside a function's code, under its chapter's heading if it is first."""

    chapter: Title | None
    number: int
    title: Title
    href: str
    page: str


class Row(NamedTuple):
    """One step of the outline. `chapter` is the heading before it.

    `moved` tells what became of its place, `wrong` how many faults its files have.
    """

    chapter: Title | None
    number: int
    title: Title
    href: str
    page: str
    status: str
    reason: Reason
    grade: str
    moved: str = ""
    wrong: int = 0


class NativeLeaf(NamedTuple):
    """A native function, and its place on the page of the function that calls it."""

    name: str
    short: str
    anchor: str


class Branch(NamedTuple):
    """One function of the call tree. `opens` has children below it, `closes` ends that many."""

    link: Link
    steps: tuple[int, ...]
    natives: tuple[NativeLeaf, ...]
    unresolved: int
    opens: bool
    closes: int


class Asked(NamedTuple):
    """An exercise in the list of a tour: its question, where it stands, and its note's title."""

    ask: Title
    href: str
    step: Title
    answered: bool


class LicenceText(NamedTuple):
    """The licences of one distribution; where `absent`, its files were not at hand."""

    distribution: str
    version: str
    expression: str
    repository: str | None
    files: tuple[tuple[str, str], ...]
    absent: bool


def outline_rows(layout: Layout, language: str) -> tuple[Row, ...]:
    """Return the steps of a tour under their chapters."""
    tour = layout.view.tour
    chapters = {one.first: chapter_title(tour, one, language) for one in tour.chapters}
    rows = []
    for number, step in enumerate(tour.steps):
        stem, page = step.note.stem, layout.page_of_step.get(number, "")
        standing = standing_of(layout, stem)
        rows.append(
            Row(
                chapter=chapters.get(stem),
                number=number + 1,
                title=step_title(step, language),
                href=step_address(layout, number),
                page=page,
                status=standing.status.value,
                reason=standing.reason,
                grade=standing.grade.name.lower() if standing.grade else "",
                moved=moved(step),
                wrong=len(layout.view.faults.get(stem, ())),
            )
        )
    return tuple(rows)


def listed(rows: Iterable[Row | Listed]) -> tuple[Listed, ...]:
    """Return what a function's page says of the steps: not how they stand now.

    So a fault in one note makes no page anew but its own and the outline.
    """
    return tuple(Listed(row.chapter, row.number, row.title, row.href, row.page) for row in rows)


def tour_grounds(layout: Layout, language: str) -> tuple[Grounds, ...]:
    """Return what the sentences of a tour's notes stand on, step by step."""
    return tuple(
        grounds_of(step, standing_of(layout, step.note.stem), language)
        for step in layout.view.tour.steps
    )


def all_exercises(layout: Layout, language: str) -> tuple[Asked, ...]:
    """Return the exercises of a tour in the order of its steps."""
    found = []
    for number, step in enumerate(layout.view.tour.steps):
        standing = standing_of(layout, step.note.stem)
        if step.note.exercises:
            file = step_address(layout, number).partition("#")[0]
            title = step_title(step, language)
            for one in exercises_of(step, standing, language):
                href = f"{file}#{one.id}"
                found.append(Asked(one.ask, href, title, one.answer is not None))
    return tuple(found)


def call_tree(
    layout: Layout, roots: Sequence[str], only: Container[str] | None = None
) -> tuple[Branch, ...]:
    """Return the functions by first reach, flat: each says how many lists it opens and closes.

    Of `only` some the tree is of these: what is below another stands where that would.
    """
    flat = list(_walk(layout, roots, only))
    depths = [depth for depth, _ in flat] + [0]
    return tuple(
        _branch(layout, name, depths[place + 1] > depth, max(depth - depths[place + 1], 0))
        for place, (depth, name) in enumerate(flat)
    )


def step_address(layout: Layout, number: int) -> str:
    """Return where a step's note stands, from the tour's folder: its outline, if it has no page."""
    stem = layout.view.tour.steps[number].note.stem
    return f"{layout.opening.get(number, 'index.html')}#{note_anchor(stem)}"


def distributions_label(layout: Layout) -> str:
    """Return the distributions of a tour with their versions; nothing if none has one."""
    items = layout.view.distributions
    if not any(item.version or item.shown for item in items):
        return ""
    return ", ".join(f"{item.name} {item.version or item.shown}".rstrip() for item in items)


def absent_requirements(layout: Layout) -> tuple[str, ...]:
    """Return what to fetch for a tour's code to be shown: nothing where all of it is here."""
    absent = layout.view.absent
    return tuple(
        f"{item.name}=={item.version}" for item in layout.view.distributions if item.name in absent
    )


def licences(layout: Layout) -> tuple[LicenceText, ...]:
    """Return the licence texts of every distribution of a tour."""
    return tuple(
        LicenceText(
            item.name,
            item.version or item.shown,
            item.licence_expression or "",
            web(item.repository),
            tuple((licence.path, licence.text) for licence in item.licences),
            item.name in layout.view.absent,
        )
        for item in layout.view.distributions
    )


def plumbing(layout: Layout) -> tuple[Link, ...]:
    """Return what ran in a reader's own run and computed nothing: settings, checks, building."""
    own = layout.view.runs.own
    if own is None:
        return ()
    below = (name for _, name in _walk(layout, layout.children.get(None, ()), None))
    return tuple(link_to(layout, name) for name in below if name not in own.computing)


def _walk(
    layout: Layout, roots: Sequence[str], only: Container[str] | None
) -> Iterable[tuple[int, str]]:
    stack = [(0, name) for name in reversed(roots)]
    while stack:
        depth, name = stack.pop()
        shown = only is None or name in only
        if shown:
            yield depth, name
        below = reversed(layout.children.get(name, ()))
        stack.extend((min(depth + shown, _DEEPEST), child) for child in below)


def _branch(layout: Layout, name: str, opens: bool, closes: int) -> Branch:
    # Of a reader's own run only what ran counts, and that is the functions of the tree.
    edges = layout.calls.get(name, ()) if layout.view.runs.own is None else ()
    natives = dict.fromkeys(
        edge.callee for edge in edges if edge.callee and edge.kind is EdgeKind.NATIVE
    )
    return Branch(
        link=link_to(layout, name),
        steps=tuple(number + 1 for number in layout.steps.get(name, ())),
        natives=tuple(
            NativeLeaf(leaf, leaf.rpartition(".")[2], native_anchor(leaf)) for leaf in natives
        ),
        unresolved=len({edge.site for edge in edges if edge.kind is EdgeKind.UNRESOLVED}),
        opens=opens,
        closes=closes,
    )
