"""The pages beside the steps of a tour: pages/STEM.md, Markdown below a line `# Title`.

They are written as introductions are, and lead to notes as these do. They come in the order of
tour.toml's `pages`; those that it does not name follow by their stems.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic
from srcread.notes.format.codes import finding
from srcread.notes.format.prose import NAME, Texts, files_in, read_texts
from srcread.notes.format.stems import is_stem
from srcread.notes.format.tourfile import NAME as TOUR_FILE
from srcread.notes.format.tourfile import TourFile

PAGES = "pages"


def read_appendices(
    folder: Path, file: TourFile
) -> tuple[Mapping[str, Texts], tuple[Diagnostic, ...]]:
    """Read the pages beside a tour's steps by their stems, in order, and report what is wrong."""
    files: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    findings: list[Diagnostic] = []
    for path in files_in(folder / PAGES):
        found = NAME.fullmatch(path.name)
        if path.is_symlink() or not path.is_file():
            hint = "Put a copy of the file there."
            findings.append(finding("TOUR011", path, 0, "This is no plain file.", hint))
        elif found is None or not is_stem(found[1]):
            message = f"{path.name!r} is no page beside the steps."
            hint = f"Name it {PAGES}/STEM.md, or {PAGES}/STEM.zh.md."
            findings.append(finding("TOUR027", path, 0, message, hint))
        else:
            files[found[1]].append((path, found[2] or file.languages[0]))
    ordered = [stem for stem in dict.fromkeys((*file.pages, *sorted(files))) if stem in files]
    texts = {
        stem: read_texts(files[stem], file.languages, findings, titled=True) for stem in ordered
    }
    findings += _check_order(folder, file, sorted(files))
    findings += _check_titles(texts.values())
    return {stem: read for stem, read in texts.items() if read}, tuple(findings)


def _check_order(folder: Path, file: TourFile, stems: list[str]) -> Iterator[Diagnostic]:
    path, line = folder / TOUR_FILE, file.lines.of("pages")
    for stem, count in Counter(file.pages).items():
        if stem not in stems:
            message = f"No page beside the steps is called {stem!r}."
            hint = did_you_mean(stem, stems).strip() or f"Write the stem of a file of {PAGES}/."
            yield finding("TOUR029", path, line, message, hint)
        elif count > 1:
            message = f"{stem!r} stands in the list of pages {count} times."
            yield finding("TOUR029", path, line, message, "Keep one.")


def _check_titles(pages: Iterable[Texts]) -> Iterator[Diagnostic]:
    """Report each page that is called as one before it: a reader could not tell them apart."""
    known: dict[tuple[str, str], str] = {}
    for texts in pages:
        for language, text in texts.items():
            first = known.setdefault((language, text.title.casefold()), text.path.name)
            if first != text.path.name:
                message = f"{first} has the title {text.title!r}, too."
                hint = "Say in the title what only this page has."
                yield finding("TOUR028", text.path, 0, message, hint)
