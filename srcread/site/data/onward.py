"""Pages that lead on: at an earlier version's addresses, and where the site has no page at all.

A link ends in a line or a note, which a server never sees. So every line of an earlier page has its
place here, with the line that it leads to; a browser finds it without script, and with script goes
on at once. Of an address that never was nothing is known here: that page lists the tours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from srcread.model import EarlierPage, EarlierVersion, Stretch
from srcread.site.data import introducing
from srcread.site.data.address import appendix_file, file_names, note_anchor, segment, short_name
from srcread.site.data.layout import Layout
from srcread.site.data.title import Title, languages_of, step_title, tour_title

DEPTHS = ("", "../", "../../", "../../../", "../../../../")
"""Ways up to the root from wherever the page may be served: a page of a tour is three deep."""


class Lead(NamedTuple):
    """One address of an earlier version. `href` is the present page; none where there is none.

    `moved` is by how many lines the whole has moved, where all its lines stand together still.
    `notes` are the anchors, titles and addresses of the notes that stand on the page at present.
    """

    file: str
    name: str
    short: str
    was: str
    now: str
    href: str | None
    outline: str
    stretches: tuple[Stretch, ...]
    moved: int | None
    notes: tuple[tuple[str, Title, str], ...]


class LostTour(NamedTuple):
    """A tour to go on with; `folder` is that of its present version, in a language's folder."""

    title: Title
    folder: str


class LostPage(NamedTuple):
    """The tours in one language."""

    language: str
    tours: tuple[LostTour, ...]


def earlier_folder(layout: Layout, version: EarlierVersion) -> str:
    """Return the folder of a version's addresses, below that of a language."""
    return f"{layout.folder.partition('/')[0]}/{segment(version.version)}"


def leads(layout: Layout, version: EarlierVersion, language: str) -> Iterable[Lead]:
    """Return what stands at the addresses of an earlier version, its outline first."""
    present = f"../{layout.folder.partition('/')[2]}/"
    outline = f"{present}index.html"
    was, now = version.version, layout.version
    yield Lead("index.html", "", "", was, now, outline, outline, (), None, ())
    files = file_names(page.symbol.name for page in version.pages)
    for page in version.pages:
        name = page.symbol.name
        here = layout.files.get(name)
        yield Lead(
            file=files[name],
            name=name,
            short=short_name(name),
            was=was,
            now=now,
            href=f"{present}{here}" if here else None,
            outline=outline,
            stretches=_shown(page, here),
            moved=_moved(page.stretches),
            notes=tuple(_notes(layout, name, language, f"{present}{here}")) if here else (),
        )


def lost_pages(layouts: Sequence[Layout], languages: Sequence[str]) -> tuple[LostPage, ...]:
    """Return what the page for an address that the site does not have shows, in every language.

    A host serves it as 404.html: one file that answers in every language and at every depth. Where
    the site's base path is known its links are absolute. Where it is not, they count from the
    host's root, which is right for a local server and a host of its own; elsewhere its script finds
    the root by where it was found itself, and mends them.
    """
    return tuple(
        LostPage(
            language,
            tuple(
                LostTour(tour_title(layout.view.tour, language), layout.folder)
                for layout in layouts
                if language in languages_of(layout.view.tour)
            ),
        )
        for language in languages
    )


def worth_finding(
    layouts: Sequence[Layout], languages: tuple[str, ...]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the pages worth finding, each in every language that it is in."""
    for language in languages:
        yield f"{language}/index.html", languages
    for layout in layouts:
        own = languages_of(layout.view.tour)
        glossary = [introducing.FILE] if layout.view.tour.terms else []
        pages = map(appendix_file, layout.view.tour.appendices)
        files = ["index.html", *glossary, *pages, *(layout.files[page] for page in layout.steps)]
        for language in own:
            yield from ((f"{language}/{layout.folder}/{file}", own) for file in files)


def _shown(page: EarlierPage, here: str | None) -> tuple[Stretch, ...]:
    """Return the lines with where they lead; nowhere if there is no page to lead to."""
    lines = page.symbol.range
    if here is None:
        return (Stretch(lines.first_line, lines.last_line, None),)
    return page.stretches


def _moved(stretches: Sequence[Stretch]) -> int | None:
    if len(stretches) != 1 or stretches[0].now is None:
        return None
    return stretches[0].now - stretches[0].first


def _notes(layout: Layout, name: str, language: str, page: str) -> Iterable[tuple[str, Title, str]]:
    for number in layout.steps.get(name, ()):
        step = layout.view.tour.steps[number]
        anchor = note_anchor(step.note.stem)
        yield anchor, step_title(step, language), f"{page}#{anchor}"
