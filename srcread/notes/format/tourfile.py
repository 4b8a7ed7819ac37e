"""tour.toml: every key read and checked, without a look at the notes beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.errors import near_path
from srcread.model import Chapter, Diagnostic, KeyLines
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text
from srcread.notes.format.frontmatter import Toml, line_of, read_toml
from srcread.notes.format.keys import (
    Format,
    Kind,
    check_keys,
    flag,
    table,
    tables,
    text,
    text_by_name,
    texts,
)

NAME = "tour.toml"

_TOUR = Format(
    {
        "title": Kind.TEXT,
        "titles": Kind.TEXT_BY_NAME,
        "sources": Kind.TEXT_BY_NAME,
        "distributions": Kind.TEXT_BY_NAME,
        "entries": Kind.TEXTS,
        "languages": Kind.TEXTS,
        "path": Kind.TEXTS,
        "pages": Kind.TEXTS,
        "start": Kind.FLAG,
        "chapter": Kind.TABLES,
        "site": Kind.TABLE,
        "methods": Kind.TEXTS_BY_NAME,
        "snippets": Kind.TABLE,
        "idioms": Kind.TEXTS,
        "earlier": Kind.TEXTS,
    },
    unknown="TOUR003",
    wrong="TOUR004",
)
TOUR_KEYS = tuple(_TOUR.keys)
"""Every key of a tour.toml."""

_ABOVE = frozenset(_TOUR.keys) - {"title"}
_CHAPTER = Format(
    {"title": Kind.TEXT, "titles": Kind.TEXT_BY_NAME, "first": Kind.TEXT},
    "TOUR003",
    "TOUR004",
    _ABOVE,
)
_SITE = Format({"url": Kind.TEXT, "repository": Kind.TEXT}, "TOUR003", "TOUR004", _ABOVE)
_SNIPPETS = Format({"imports": Kind.TEXTS}, "TOUR003", "TOUR004", _ABOVE)

LONGEST_PATH = 8
"""Steps of the path to read first: as many as a quarter of an hour has room for."""

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_NAMED = rf"{_DOTTED}(?:\.<locals>\.{_DOTTED})*|<module>"
_PLACE = r"\.|[^\n:]+\.py|(?=[^\n:]*[/\\])[^\n:]+"  # a file or a folder, told by its form
_ENTRY = re.compile(rf"(?:[^\n:]+:)?(?:{_PLACE}|{_DOTTED})(?::(?:{_NAMED}))?|{_PLACE}:{_NAMED}")
_IDIOMS = re.compile(r"(?!tour\.toml)[a-z0-9][a-z0-9_-]*\.toml")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
# A public PEP 440 version; packaging costs 35 ms to import, and a tour is read in every build.
_VERSION = re.compile(r"(?:\d+!)?\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?(?:\.dev\d+)?")


@dataclass(frozen=True, slots=True)
class TourFile:
    """What tour.toml says, and what is wrong with it.

    `sources` are packages of one's own: where each lies, by the name that imports it.

    `methods` lists, by entry class, the public methods that are read.

    `imports` are top-level packages that snippets may import beside those of the distributions,
    `idioms` names of files in the tour's folder. `earlier` are versions of the first distribution
    which the tour had, and whose addresses lead on. `path` are stems, of the steps to read first,
    `pages` those of the pages beside the steps, in their order.
    """

    title: str
    titles: Mapping[str, str]
    sources: Mapping[str, str]
    distributions: Mapping[str, str]
    entries: tuple[str, ...]
    languages: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    site_url: str | None
    repository: str | None
    methods: Mapping[str, tuple[str, ...]]
    imports: tuple[str, ...]
    idioms: tuple[str, ...]
    earlier: tuple[str, ...]
    path: tuple[str, ...]
    pages: tuple[str, ...]
    start: bool
    lines: KeyLines
    findings: tuple[Diagnostic, ...] = ()


def read_tour_file(folder: Path) -> TourFile:
    """Read a tour's tour.toml; what cannot be read is empty, and a finding says why."""
    path = folder / NAME
    if not path.is_file():
        hint = "Give the folder of a tour, such as annotations/torch-transformer."
        missing = finding("TOUR001", path, 0, "There is no such file.", hint)
        return replace(_values(Toml(path, {}, "")), findings=(missing,))
    content, findings = read_text(path)
    toml = read_toml(path, content or "", "TOUR002")
    if isinstance(toml, Diagnostic):
        return replace(_values(Toml(path, {}, "")), findings=(*findings, toml))
    tour = _values(toml)
    if content is not None:
        findings = (*findings, *_check(toml, tour))
    return replace(tour, findings=findings)


def _values(toml: Toml) -> TourFile:
    site, methods = table(toml.values, "site"), table(toml.values, "methods")
    return TourFile(
        title=text(toml.values, "title") or "",
        titles=text_by_name(toml.values, "titles"),
        sources=text_by_name(toml.values, "sources"),
        distributions=text_by_name(toml.values, "distributions"),
        entries=texts(toml.values, "entries"),
        languages=texts(toml.values, "languages") or ("en",),
        chapters=tuple(
            Chapter(
                text(chapter, "title") or "",
                text(chapter, "first") or "",
                text_by_name(chapter, "titles"),
            )
            for chapter in tables(toml.values, "chapter")
        ),
        site_url=text(site, "url"),
        repository=text(site, "repository"),
        methods={name: texts(methods, name) for name in methods},
        imports=texts(table(toml.values, "snippets"), "imports"),
        idioms=texts(toml.values, "idioms"),
        earlier=texts(toml.values, "earlier"),
        path=texts(toml.values, "path"),
        pages=texts(toml.values, "pages"),
        start=flag(toml.values, "start", False),
        lines=toml.lines,
    )


def _check(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    yield from check_keys(toml, _TOUR)
    yield from check_keys(toml, _SITE, "site")
    yield from check_keys(toml, _SNIPPETS, "snippets")
    for number, _ in enumerate(tour.chapters):
        yield from check_keys(toml, _CHAPTER, "chapter", number)
    yield from _required(toml, tour)
    yield from _distributions(toml, tour)
    yield from _sources(toml, tour)
    yield from _entries(toml, tour)
    yield from _languages(toml, tour)
    yield from _addresses(toml, tour)
    yield from _names(toml, tour)
    yield from _idioms(toml, tour)
    yield from _earlier(toml, tour)
    yield from _path(toml, tour)


def _required(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    examples = {
        "title": (tour.title, 'title = "torch.nn.Transformer, top-down"'),
        "distributions": (
            tour.distributions or tour.sources,
            '[distributions] with torch = "2.13.0", or [sources] with your_package = "."',
        ),
        "entries": (tour.entries, 'entries = ["torch.nn.Transformer"]'),
    }
    for key, (value, example) in examples.items():
        if not value and not _is_wrong(toml, key):
            message = f"{key} is missing or empty."
            yield finding("TOUR005", toml.path, line_of(toml, key), message, f"Write {example}.")
    for number, chapter in enumerate(tour.chapters):
        if not chapter.title or not chapter.first:
            line = line_of(toml, "chapter", number)
            hint = 'A chapter has title = "…" and first = "stem".'
            yield finding("TOUR005", toml.path, line, "A chapter lacks title or first.", hint)


def _is_wrong(toml: Toml, key: str) -> bool:
    """Whether something is there and not simply empty: then its kind is wrong, and reported."""
    value = toml.values.get(key)
    return bool(value.strip() if isinstance(value, str) else value)


def _distributions(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    for name, version in tour.distributions.items():
        if _DISTRIBUTION.fullmatch(name) and _VERSION.fullmatch(version):
            continue
        line = line_of(toml, "distributions", name)
        if not _DISTRIBUTION.fullmatch(name):
            yield finding("TOUR008", toml.path, line, f"{name!r} is no distribution's name.")
        if not _VERSION.fullmatch(version):
            message = f"{version!r} is not one version of {name}."
            hint = 'Pin a public version, without a local part: torch = "2.13.0".'
            yield finding("TOUR008", toml.path, line, message, hint)


def _sources(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    """Hold that each names a package, and a place that is in the repository by its text."""
    pinned = {re.sub(r"[-_.]+", "_", name).lower(): name for name in tour.distributions}
    for name, place in tour.sources.items():
        line = line_of(toml, "sources", name)
        if not name.isidentifier():
            hint = 'Write the name that an import begins with: my_model = ".".'
            yield finding("TOUR030", toml.path, line, f"{name!r} is no package's name.", hint)
        if not place or place.startswith(("/", "~", "\\")) or re.match("[A-Za-z]:", place):
            message = f"{place!r} is no path from the folder in which the tours' folder lies."
            hint = f'Write where {name} lies from there: {name} = ".", or "src".'
            yield finding("TOUR030", toml.path, line, message, hint)
        if (twice := pinned.get(name.lower())) is not None:
            message = f"{name!r} is among the sources, and {twice!r} among the distributions."
            hint = "Keep it in [sources] to read what lies here, else in [distributions]."
            yield finding("TOUR030", toml.path, line, message, hint)


def _entries(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    for entry, count in Counter(tour.entries).items():
        if _ENTRY.fullmatch(entry) and count == 1:
            continue
        line = line_of(toml, "entries")
        if not _ENTRY.fullmatch(entry):
            hint = 'Write "package.module.Class", "package.module:name" or "path/file.py:name".'
            yield finding("TOUR014", toml.path, line, f"{entry!r} is no entry.", hint)
        else:
            message = f"{entry!r} stands there {count} times."
            yield finding("TOUR014", toml.path, line, message, "Keep one.")
    for name, methods in tour.methods.items():
        line = line_of(toml, "methods", name)
        if name not in tour.entries:
            hint = f"Entries are: {', '.join(tour.entries)}."
            yield finding("TOUR015", toml.path, line, f"{name!r} is no entry.", hint)
        for method in methods:
            if not method.isidentifier():
                message = f"{method!r} is no method's name."
                yield finding("TOUR015", toml.path, line, message, "Write it without the class.")


def _languages(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    if toml.values.get("languages") == []:
        line = line_of(toml, "languages")
        hint = 'Write languages = ["en"], or leave it out.'
        yield finding("TOUR007", toml.path, line, "languages is empty.", hint)
    for language, count in Counter(tour.languages).items():
        if _LANGUAGE.fullmatch(language) and count == 1:
            continue
        line = line_of(toml, "languages")
        if not _LANGUAGE.fullmatch(language):
            hint = 'Write a tag of BCP 47: "en", "zh", "pt-BR".'
            yield finding("TOUR007", toml.path, line, f"{language!r} is no language.", hint)
        else:
            message = f"{language!r} stands there {count} times."
            yield finding("TOUR007", toml.path, line, message, "Keep one.")


def _addresses(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    for key, address in (("url", tour.site_url), ("repository", tour.repository)):
        if address is not None and not re.match(r"https?://[^\s/]", address):
            line = line_of(toml, "site", key)
            message = f"{key} is {address!r}."
            yield finding("TOUR013", toml.path, line, message, "Begin it with https://.")


def _names(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    for name in tour.imports:
        if not name.isidentifier():
            line = line_of(toml, "snippets", "imports")
            message = f"{name!r} is no top-level package."
            hint = 'Write the name that an import begins with: imports = ["numpy"].'
            yield finding("TOUR017", toml.path, line, message, hint)


def _idioms(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    for name in tour.idioms:
        line = line_of(toml, "idioms")
        if not _IDIOMS.fullmatch(name):
            hint = 'Name a .toml file beside this one: idioms = ["idioms.toml"].'
            yield finding("TOUR022", toml.path, line, f"{name!r} is no file of idioms.", hint)
        elif not (path := toml.path.parent / name).is_file():
            message = f"There is no file {name!r} beside it."
            near = near_path(path).strip()
            hint = near if near and NAME not in near else "Write it, or leave its name out."
            yield finding("TOUR022", toml.path, line, message, hint)


def _earlier(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    present = next(iter(tour.distributions.values()), None)
    for version, count in Counter(tour.earlier).items():
        line = line_of(toml, "earlier")
        if tour.sources:
            message = "A tour of one's own sources has no version in its addresses."
            yield finding("TOUR024", toml.path, line, message, "Leave earlier out.")
            return
        if not _VERSION.fullmatch(version):
            hint = 'Write public versions, without a local part: earlier = ["2.12.0"].'
            yield finding("TOUR024", toml.path, line, f"{version!r} is no version.", hint)
        elif version == present:
            message = f"{version!r} is the version that the tour is of."
            yield finding("TOUR024", toml.path, line, message, "Leave it out.")
        elif count > 1:
            message = f"{version!r} stands there {count} times."
            yield finding("TOUR024", toml.path, line, message, "Keep one.")


def _path(toml: Toml, tour: TourFile) -> Iterable[Diagnostic]:
    """Hold the path's length and that no step stands there twice; notes are looked at later."""
    line = line_of(toml, "path")
    if len(tour.path) > LONGEST_PATH:
        message = f"The path has {len(tour.path)} steps."
        hint = f"Keep the {LONGEST_PATH} that a newcomer needs."
        yield finding("TOUR023", toml.path, line, message, hint)
    for stem, count in Counter(tour.path).items():
        if count > 1:
            message = f"{stem!r} stands in the path {count} times."
            yield finding("TOUR023", toml.path, line, message, "Keep one.")
