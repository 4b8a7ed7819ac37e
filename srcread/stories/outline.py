"""A tour as text, or for programs: steps in reading order, and what is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from srcread.evidence.elsewhere import false_claims
from srcread.evidence.grading import evidence_details
from srcread.evidence.grounds import Share, add, count, grounded, grounds_of
from srcread.evidence.reasons import reason_json
from srcread.evidence.sentences import say
from srcread.evidence.standing import told
from srcread.model import Elsewhere, Grade, Location, Run, Standing, Step, Term
from srcread.notes.format.prose import Texts, source_of
from srcread.notes.sentences import sentences_of
from srcread.opening.tour import OpenTour

_GRADES = {
    Grade.EQUIVALENT: (),  # its standing says it
    Grade.CONFIRMED: (),
    Grade.SENSITIVE: ("noticed",),
    Grade.STRONG: ("strongly",),
}


def outline_lines(opened: OpenTour) -> Iterator[str]:
    """Yield the lines of a tour's outline: the same for the same tour, sources and evidence."""
    tour = opened.tour
    pinned = (f"{name} {version}" for name, version in tour.distributions.items())
    versions = ", ".join([*tour.sources, *pinned])
    yield f"{tour.title} ({tour.name}; {versions})"
    yield from _introducing(tour.introduction)
    chapters = {chapter.first: chapter.title for chapter in tour.chapters}
    symbol = ""
    for number, step in enumerate(tour.steps, 1):
        if (title := chapters.get(step.note.stem)) is not None:
            yield ""
            yield title
            yield from _introducing(tour.leads.get(step.note.stem, {}))
        if step.lead and step.lead.symbol.name != symbol:
            symbol = step.lead.symbol.name
            yield f"  {symbol}  {_place(step.lead)}"
        yield f"    {number:2} {step.note.title}"
        yield f"       {step.note.stem}: {_details(opened, step)}"
        for exercise in step.note.exercises:
            yield f"       exercise: {exercise.ask}"
    for stem, texts in tour.appendices.items():
        yield ""
        yield f"{_title(texts)} (pages/{stem}: {', '.join(sorted(texts))})"
    share = add(_share(opened, step) for step in tour.steps)
    confirmed = sum(opened.standing(step).status.value == "confirmed" for step in tour.steps)
    walked = len(opened.code.graph.order)
    yield ""
    yield f"{len(tour.steps)} steps, {confirmed} confirmed; {walked} functions walked."
    yield f"{share.run} of {share.total} sentences checked by a run{_rest(share)}."


def outline_json(opened: OpenTour) -> dict[str, Any]:
    """Return a tour's outline as plain JSON values: its steps, and what each page says of them.

    A sentence's and a label's `ground` is a value of `srcread.evidence.grounds.Ground`; `sentences`
    are counted by it. `said` is the standing in English as on the page, remarks behind it. Of the
    run that it rests on, `by` is who says to have recorded it, and `imported` the day on which it
    was taken in. Of a run `elsewhere`, on other versions, `false` are the claims that do not hold
    there, and `differing` the functions that it executed and that are others there.
    """
    tour = opened.tour
    return {
        "format": 1,
        "tour": tour.name,
        "title": tour.title,
        "distributions": dict(tour.distributions),
        "introduction": _texts(tour.introduction),
        "leads": {stem: _texts(texts) for stem, texts in sorted(tour.leads.items())},
        "pages": [
            {
                "stem": stem,
                "titles": {language: text.title for language, text in sorted(texts.items())},
                "texts": _texts(texts),
            }
            for stem, texts in tour.appendices.items()
        ],
        "terms": [_term_json(term) for term in tour.terms],
        "sentences": asdict(add(_share(opened, step) for step in tour.steps)),
        "steps": [_step_json(opened, step) for step in tour.steps],
    }


def _introducing(texts: Texts) -> Iterator[str]:
    """Yield the sentences of what introduces a tour or a chapter, a paragraph a line."""
    source = source_of(texts)
    for paragraph in (source.body if source else "").split("\n\n"):
        said = " ".join(one.text for one in sentences_of(paragraph))
        if said:
            yield from wrap(
                said, 96, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
            )


def _title(texts: Texts) -> str:
    source = source_of(texts)
    return source.title if source else ""


def _texts(texts: Texts) -> dict[str, str]:
    """Return the Markdown of what introduces a tour or a chapter, by language."""
    return {language: text.body for language, text in sorted(texts.items())}


def _term_json(term: Term) -> dict[str, Any]:
    meanings = sorted(term.meanings.items())
    return {"note": term.note, **{language: asdict(meaning) for language, meaning in meanings}}


def _step_json(opened: OpenTour, step: Step) -> dict[str, Any]:
    first, lead, standing = step.note.anchors[0], step.lead, opened.standing(step)
    languages = (step.note.language, *sorted(step.translations))
    return {
        "stem": step.note.stem,
        "title": step.note.title,
        "symbol": first.symbol,
        "at": first.at,
        "place": lead.status.value if lead else _lost(step),
        "path": lead.symbol.path if lead else None,
        "lines": [lead.range.first_line, lead.range.last_line] if lead else None,
        "claims": [claim.sentence for claim in step.snippet.claims] if step.snippet else [],
        "exercises": [one.ask for one in step.note.exercises],
        "status": standing.status.value,
        "reason": reason_json(standing.reason),
        "said": [say(one) for one in told(standing)],
        "grade": standing.grade.value if standing.grade else None,
        "bases": _bases(step, standing),
        "title_labels": list(step.note.title_labels),
        "sentences": {language: _sentences(step, standing, language) for language in languages},
        "run": _run_json(standing.run) if standing.run else None,
        "versions": step.note.versions,
        "elsewhere": [_elsewhere_json(one) for one in standing.elsewhere],
    }


def _run_json(run: Run) -> dict[str, Any]:
    where = run.environment
    return {
        "date": run.date,
        "by": run.by,
        "imported": run.imported,
        "confirmed": run.confirmed,
        "device": where.device.name,
        "distributions": dict(where.distributions),
    }


def _elsewhere_json(one: Elsewhere) -> dict[str, Any]:
    return {
        **_run_json(one.run),
        "false": [claim.sentence for claim in false_claims(one.run)],
        "differing": None if one.differing is None else list(one.differing),
    }


def _bases(step: Step, standing: Standing) -> dict[str, Any]:
    grounds = grounds_of(step, standing)
    return {
        basis.label: {
            "kind": basis.kind.value,
            "text": basis.text,
            "ground": grounds[basis.label].value,
        }
        for basis in step.note.bases
    }


def _sentences(step: Step, standing: Standing, language: str) -> list[dict[str, Any]]:
    return [
        {
            "text": one.sentence.text,
            "line": one.sentence.line,
            "labels": list(one.sentence.labels),
            "ground": one.ground.value,
        }
        for one in grounded(step, standing, language)
    ]


def _share(opened: OpenTour, step: Step) -> Share:
    note = step.note
    return count(note.body, note.title_labels, grounds_of(step, opened.standing(step)))


def _rest(share: Share) -> str:
    rest = {
        "by an equivalent": share.equivalent,
        "read": share.read,
        "cited": share.cited,
        "claimed and not confirmed now": share.open,
        "without a label": share.none,
    }
    return "".join(f", {number} {words}" for words, number in rest.items() if number)


def _details(opened: OpenTour, step: Step) -> str:
    first, lead = step.note.anchors[0], step.lead
    lines = f"{_lines(lead)} {lead.status.value}" if lead else _lost(step) or ""
    claims = len(step.snippet.claims) if step.snippet else 0
    languages = ", ".join([step.note.language, *sorted(step.translations)])
    share = _share(opened, step)
    parts = [
        first.at or "all of it",
        lines,
        f"{claims} claims",
        f"{share.run} of {share.total} sentences checked" if step.note.bases else "",
        *_evidence(opened.standing(step)),
        languages,
    ]
    return " · ".join(part for part in parts if part)


def _lost(step: Step) -> str | None:
    """Return what became of a note's own place, where it has none."""
    status = step.lost.get(step.note.anchors[0])
    return status.value if status else None


def _evidence(standing: Standing) -> list[str]:
    """Return a standing in words; with its grade and details where controls are recorded."""
    run, words = standing.controlled or standing.run, [say(one) for one in told(standing)]
    if standing.grade is None or run is None:
        return words
    return [*words, *_GRADES[standing.grade], *evidence_details(run)]


def _place(location: Location) -> str:
    return f"{location.symbol.path}:{location.symbol.line}"


def _lines(location: Location) -> str:
    first, last = location.range.first_line, location.range.last_line
    return f"L{first}" if first == last else f"L{first}-{last}"
