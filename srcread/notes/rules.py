"""All that `srcread check` says about a tour, and the fixes that need no judgement.

The files come first, then the sources where they are at hand. A fix only writes down what is
certain: where an anchor that had no lock is, which text a translation was made from, and line ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from srcread.errors import SelectorError, SourceError
from srcread.model import CallGraph, Diagnostic, Note, Step, Tour, Translation
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.locate import locate
from srcread.notes.anchors.lock import lock_text
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.anchors.shortest import avoidable_count
from srcread.notes.controls import check_exercises
from srcread.notes.equations import check_equations, check_names
from srcread.notes.format.body import check_body
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text, write_text
from srcread.notes.format.glossary import Glossary, check_terms, read_glossary
from srcread.notes.format.terms import check_terms_of, with_terms
from srcread.notes.format.tour import read_tour
from srcread.notes.format.tourfile import TourFile
from srcread.notes.format.translation import source_digest, with_source_digest
from srcread.notes.grounds import check_grounds
from srcread.notes.lookup import Lookup
from srcread.notes.proposals import propose, propose_translation
from srcread.notes.prose_rules import check_prose, check_prose_names, undigested
from srcread.notes.resolve import Locate, lock_path, renewed_lock, resolve_tour
from srcread.notes.scaffold import PLACEHOLDER, is_begun

_Mend = Callable[[Path, Callable[[str], str], str], None]
_MENDED = ("LOCK001", "SENT001")


@dataclass(frozen=True, slots=True)
class Fix:
    """A file with the text that it should have, and what that mends."""

    path: Path
    text: str
    what: str


Work = Callable[[], Iterable[Diagnostic]]
FindingsOf = Callable[[object, Work], Iterable[Diagnostic]]
"""Gives what work finds out about values: from before, where all of these are as they were."""


def _at_once(values: object, work: Work) -> Iterable[Diagnostic]:
    return work()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A tour as far as it could be read, and what is wrong with it."""

    tour: Tour
    diagnostics: tuple[Diagnostic, ...]

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What can be mended at once: written into the files as they are when this is asked."""
        return tuple(_fixes(self.tour, self.diagnostics))


def check_tour(
    folder: Path,
    lookup: Lookup | None = None,
    graph: CallGraph | None = None,
    *,
    packages: Collection[str] = (),
    words: bool = True,
    locate: Locate = locate,
    file: TourFile | None = None,
    findings_of: FindingsOf = _at_once,
) -> CheckResult:
    """Check a tour against every rule; without `lookup` and `graph`, its files alone.

    `packages` are the top-level packages of the tour's distributions. Without `words` the Markdown
    of the notes is not looked at. `locate` and `findings_of` may remember what was found before,
    and `file` is tour.toml, if it has been read.
    """
    tour, findings = read_tour(folder, packages, file)
    found = {*findings, *_orphans(tour)}
    glossary = read_glossary(folder)
    tour = with_terms(tour, glossary.terms)
    found |= {*glossary.findings}
    found |= {*check_prose(tour, glossary), *check_terms_of(tour)} if words else set()
    for step in tour.steps if words else ():
        texts = step.note, step.translations, step.snippet, tour.distributions, glossary.words
        found |= {*findings_of(texts, partial(_check_texts, tour, step, glossary))}
    if lookup is not None and graph is not None:
        tour, resolve_findings = resolve_tour(tour, lookup, graph, locate)
        found |= {*resolve_findings, *_avoidable_counts(tour, lookup)}
        found |= {one for step in tour.steps if words for one in _names(step, lookup)}
        found |= {*check_prose_names(tour, lookup)} if words else set()
    return CheckResult(tour, tuple(sorted(found)))


def apply_fixes(fixes: Iterable[Fix]) -> tuple[Path, ...]:
    """Write the fixes and return the files that changed; check again to see what is left."""
    return tuple(fix.path for fix in fixes if write_text(fix.path, fix.text))


def _orphans(tour: Tour) -> Iterator[Diagnostic]:
    stems = {path.name.split(".")[0] for path in tour.folder.glob("*.md")}
    for folder in ("evidence", "lock"):
        for path in sorted((tour.folder / folder).glob("*.json")):
            if path.stem not in stems:
                message = f"There is no step {path.stem!r}."
                yield finding("LOCK009", path, 0, message, "Delete the file.")


def _check_texts(tour: Tour, step: Step, glossary: Glossary) -> Iterator[Diagnostic]:
    """Report what a step's own texts tell, with nothing else but the tour's versions and words."""
    yield from _check_words(step)
    if not is_begun(step.note, step.snippet):
        yield from check_grounds(tour, step)
    yield from check_terms(step, glossary)
    yield from check_equations(step)
    yield from check_exercises(step)


def _check_words(step: Step) -> Iterator[Diagnostic]:
    pages: list[Note | Translation] = [step.note, *step.translations.values()]
    for page in pages:
        yield from check_body(page.path, page.body, page.body_line)
        yield from _placeholders(page)
    if step.snippet is None:
        return
    for claim in step.snippet.claims:
        if PLACEHOLDER in claim.sentence:
            yield _placeholder(step.snippet.path, claim.line, "A claim")


def _placeholders(page: Note | Translation) -> Iterator[Diagnostic]:
    if PLACEHOLDER in page.title:
        yield _placeholder(page.path, page.lines.of("title"), "The title")
    for number, line in enumerate(page.body.split("\n"), page.body_line):
        if PLACEHOLDER in line:
            yield _placeholder(page.path, number, "The body")


def _placeholder(path: Path, line: int, what: str) -> Diagnostic:
    hint = "Write it, then delete the word."
    return finding("NOTE027", path, line, f"{what} still says {PLACEHOLDER}.", hint)


def _names(step: Step, lookup: Lookup) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the names of a step's equations, where there is a text for them."""
    try:
        return tuple(check_names(step, lookup))
    except SourceError:
        return ()


def _avoidable_counts(tour: Tour, lookup: Lookup) -> Iterator[Diagnostic]:
    for step in tour.steps:
        for location in step.locations:
            selector = location.anchor.at or ""
            if "#" not in selector:
                continue
            try:
                places = places_of(lookup.text(location.symbol), location.symbol)
                better = avoidable_count(places, parse_selector(selector))
            except (SelectorError, SourceError):  # without the source nothing can be counted
                continue
            if better is not None:
                number = step.note.anchors.index(location.anchor)
                place = ("also", number - 1) if number else ()
                line = step.note.lines.of(*place, "at")
                message = f"{selector!r} counts where it need not."
                hint = f'Write at = "{better}", then run `srcread check --fix`.'
                yield finding("LOCK007", step.note.path, line, message, hint)


def _fixes(tour: Tour, diagnostics: Collection[Diagnostic]) -> Iterator[Fix]:
    """Return one fix a file: each mends the text that the one before it has left."""
    fixes: dict[Path, Fix] = {}

    def mend(path: Path, change: Callable[[str], str], what: str) -> None:
        before = fixes.get(path)
        text = change(before.text if before else read_text(path)[0] or "")
        fixes[path] = Fix(path, text, f"{before.what}, {what}" if before else what)

    for one in diagnostics:
        if one.code in ("NOTE002", "NOTE003") and Path(one.path) not in fixes:
            mend(Path(one.path), str, "UTF-8 and LF line ends")
    broken = {code: {one.path for one in diagnostics if one.code == code} for code in _MENDED}
    for text, digest in undigested(tour):
        mend(text.path, partial(with_source_digest, text.path, digest=digest), "source_digest")
    for step in tour.steps:
        _fix_words(step, broken["SENT001"], mend)
        path = lock_path(tour.folder, step.note.stem)
        if {path.as_posix(), step.note.path.as_posix()} & broken["LOCK001"]:
            fixes[path] = Fix(path, lock_text(renewed_lock(tour, step)), "lock")
    yield from (fixes[path] for path in sorted(fixes))


def _fix_words(step: Step, unfounded: Collection[str], mend: _Mend) -> None:
    """Propose labels, and write down which text a translation was made from."""
    note = step.note
    if note.path.as_posix() in unfounded:
        mend(note.path, partial(propose, step), "proposed labels")
    digest = source_digest(note, step.snippet.claims if step.snippet else ())
    for language, translation in step.translations.items():
        path = translation.path
        if path.as_posix() in unfounded:
            mend(path, partial(propose_translation, step, language), "proposed labels")
        if not translation.source_digest:
            mend(path, partial(with_source_digest, path, digest=digest), "source_digest")
