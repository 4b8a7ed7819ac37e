"""What a note's card shows, in one language: text, claims, and what the recorded run says.

A note that has no translation into the page's language is shown in its own, and says so.
"""

from __future__ import annotations

from typing import NamedTuple

from srcread.evidence.grading import mebibytes
from srcread.evidence.standing import remarks
from srcread.model import (
    AnchorStatus,
    Claim,
    ClaimResult,
    Confinement,
    Depends,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Run,
    Standing,
    Step,
    Translation,
)
from srcread.site.data.address import note_anchor
from srcread.site.data.equations import EquationView, equations_of
from srcread.site.data.exercises import ExerciseView, exercises_of
from srcread.site.data.grids import GridView, grids_of
from srcread.site.data.grounds import Mark, Place, claim_id, marks_of, places_of
from srcread.site.data.lab import LabView, lab_of
from srcread.site.data.layout import Layout
from srcread.site.data.releases import (
    Otherwise,
    ReleaseRow,
    otherwise_of,
    range_of,
    releases_of,
)
from srcread.site.data.tested import ControlView, ReachView, controls_of, reach_of
from srcread.site.data.title import Title, messages_of, questions_of, step_title, translation
from srcread.site.view import Fault


class ClaimView(NamedTuple):
    """A claim and what it did in the run; `held` is None where no run says anything."""

    id: str
    sentence: str
    code: str
    held: bool | None
    evaluations: int
    observed: str | None
    expected: str | None


class RunView(NamedTuple):
    """The recorded run behind a standing. `memory` is empty where it was not recorded."""

    date: str
    device: str
    python: str
    platform: str
    sandbox: tuple[Confinement, ...]
    distributions: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    output: str
    lab: LabView | None
    memory: str


class Card(NamedTuple):
    """A note beside its lines. `fallback` tells that it is in another language than the page.

    `number` is that of its step, `on_path` tells whether the tour's path takes it.
    `own` is the language of what has no translation: why its lines are `unreached`, and why changes
    survive. `grade` is empty where no run confirms it. `versions` are those on which its author
    says that the claims hold, `otherwise` the claims that are false on some. `links` lead from
    anchors of notes on other pages to these; `apart` leads to its evidence where that is
    not in it, `whole` to the note where this is its title only.
    """

    anchor: str
    stem: str
    number: int
    on_path: bool
    title: str
    title_labels: tuple[str, ...]
    body: str
    marks: tuple[Mark, ...]
    places: tuple[Place, ...]
    equations: tuple[EquationView, ...]
    grids: tuple[GridView, ...]
    language: str
    own: str
    fallback: bool
    stale: bool
    trap: bool
    first: int
    last: int
    moved: str
    faults: tuple[Fault, ...]
    status: str
    reason: Reason
    grade: str
    remarks: tuple[Reason, ...]
    unreached: str
    claims: tuple[ClaimView, ...]
    run: RunView | None
    reach: ReachView | None
    controls: ControlView | None
    snippet: str
    command: str
    questions: tuple[Title, ...]
    messages: tuple[Title, ...]
    authors: tuple[str, ...]
    see: tuple[str, ...]
    exercises: tuple[ExerciseView, ...]
    versions: str
    releases: tuple[ReleaseRow, ...]
    otherwise: tuple[Otherwise, ...]
    links: tuple[tuple[str, str], ...] = ()
    apart: str = ""
    whole: str = ""

    @property
    def held(self) -> int:
        """How many claims held in the recorded run."""
        return sum(claim.held is True for claim in self.claims)

    @property
    def folds(self) -> bool:
        """Whether there is more than the text: what it stands on, and what it answers."""
        more = (self.claims, self.places, self.marks, self.questions, self.messages, self.see)
        last = (self.unreached, self.snippet, self.run, self.apart, self.versions)
        return any((*more, self.authors, *last))

    @property
    def broken(self) -> int:
        """How many claims did not hold in it."""
        return sum(claim.held is False for claim in self.claims)


class Also(NamedTuple):
    """A further place of a note that stands elsewhere; `number` is that of its step."""

    number: int
    title: Title
    href: str
    first: int
    last: int


def cards_of(layout: Layout, page: str, language: str) -> tuple[Card, ...]:
    """Return the cards of the notes that stand on this page, in order of the steps."""
    return tuple(_card(layout, number, page, language) for number in layout.steps.get(page, ()))


def card_of(layout: Layout, number: int, language: str) -> Card:
    """Return the card of a step, by its number from 0, as its own page shows it."""
    return _card(layout, number, layout.page_of_step.get(number, ""), language)


def loose_cards(layout: Layout, language: str) -> tuple[Card, ...]:
    """Return the cards of the notes that stand on no page: what they are about is not found."""
    numbers = range(len(layout.view.tour.steps))
    loose = (number for number in numbers if number not in layout.page_of_step)
    return tuple(_card(layout, number, "", language) for number in loose)


def unread_files(layout: Layout) -> tuple[Fault, ...]:
    """Return what is wrong with files of which no note could be made."""
    faults = layout.view.faults
    read = {step.note.stem for step in layout.view.tour.steps}
    return tuple(fault for stem in sorted(faults.keys() - read) for fault in faults[stem])


def moved(step: Step) -> str:
    """Tell what became of a note's own place since it was locked; nothing where it is found."""
    lead = step.lead
    if lead is None:
        lost = [step.lost[one] for one in step.note.anchors[:1] if one in step.lost]
        return lost[0].value if lost else ""
    return "" if lead.status is AnchorStatus.FOUND else lead.status.value


def also_of(layout: Layout, page: str, language: str) -> tuple[Also, ...]:
    """Return the further places, on this page, of notes of this or another page."""
    places = []
    for number, place in layout.also.get(page, ()):
        step = layout.view.tour.steps[number]
        file = layout.opening.get(number, "index.html")
        href = f"{file}#{note_anchor(step.note.stem)}"
        title = step_title(step, language)
        lines = place.range
        places.append(Also(number + 1, title, href, lines.first_line, lines.last_line))
    return tuple(places)


def standing_of(layout: Layout, stem: str) -> Standing:
    """Return what the evidence says about a note; without any it is not confirmed."""
    absent = Standing(EvidenceStatus.ABSENT, Reason(ReasonCode.NOT_CONFIRMED))
    return layout.view.standings.get(stem, absent)


def _card(layout: Layout, number: int, page: str, language: str) -> Card:
    step = layout.view.tour.steps[number]
    note, lead, text = step.note, step.lead, translation(step, language)
    standing = standing_of(layout, note.stem)
    if lead is not None and (lead.anchor.at is None or lead.symbol.name != page):
        lead = None
    return Card(
        anchor=note_anchor(note.stem),
        stem=note.stem,
        number=number + 1,
        on_path=note.stem in layout.view.tour.path,
        title=text.title if text else note.title,
        title_labels=note.title_labels,
        body=text.body if text else note.body,
        marks=marks_of(step, standing),
        places=places_of(layout, step),
        equations=equations_of(step, standing),
        grids=grids_of(standing.run, note, text),
        language=text.language if text else note.language,
        own=note.language,
        fallback=text is None and note.language != language,
        stale=text is not None and text.stale,
        trap=note.trap,
        first=lead.range.first_line if lead else 0,
        last=lead.range.last_line if lead else 0,
        moved=moved(step),
        faults=layout.view.faults.get(note.stem, ()),
        status=standing.status.value,
        reason=standing.reason,
        grade=standing.grade.name.lower() if standing.grade else "",
        remarks=remarks(standing),
        unreached=note.reach_reason or "",
        claims=_claims(step, text, standing.run),
        run=_run(layout, standing.run) if standing.run else None,
        reach=reach_of(step, standing.run),
        controls=controls_of(step, standing),
        snippet=step.snippet.text if step.snippet else "",
        command=f"srcread confirm {note.stem}" if step.snippet else "",
        questions=questions_of(step, language),
        messages=messages_of(step, language),
        authors=note.authors,
        see=note.see,
        exercises=exercises_of(step, standing, language),
        versions=range_of(step, layout.view.tour.distributions),
        releases=releases_of(standing, layout.view.tour.distributions),
        otherwise=otherwise_of(standing, text),
        links=_links(layout, page, text.body if text else note.body),
    )


def _links(layout: Layout, page: str, body: str) -> tuple[tuple[str, str], ...]:
    """Return where the notes of other pages stand that a text leads to, by their anchors."""
    found = []
    for number, step in enumerate(layout.view.tour.steps if "](#n-" in body else ()):
        anchor = note_anchor(step.note.stem)
        elsewhere = not page or layout.page_of_step.get(number) != page
        if elsewhere and f"(#{anchor})" in body:
            found.append((anchor, f"{layout.opening.get(number, 'index.html')}#{anchor}"))
    return tuple(found)


def _claims(step: Step, text: Translation | None, run: Run | None) -> tuple[ClaimView, ...]:
    results = {result.sentence: result for result in run.claims} if run else {}
    claims = step.snippet.claims if step.snippet else ()
    return tuple(
        _claim(claim_id(step.note.stem, number), claim, text, results.get(claim.sentence))
        for number, claim in enumerate(claims, 1)
    )


def _claim(
    id: str, claim: Claim, text: Translation | None, result: ClaimResult | None
) -> ClaimView:
    return ClaimView(
        id=id,
        sentence=text.claims.get(claim.sentence, claim.sentence) if text else claim.sentence,
        code=claim.code,
        held=result.held if result else None,
        evaluations=result.evaluations if result else 0,
        observed=result.observed if result else None,
        expected=result.expected if result else None,
    )


def _digests(depends: Depends) -> tuple[tuple[str, str], ...]:
    script = (("snippet", depends.script),) if depends.script else ()
    return (*script, *sorted(depends.symbols.items()), *sorted(depends.equations.items()))


def _run(layout: Layout, run: Run) -> RunView:
    environment, device = run.environment, run.environment.device
    parts = (
        device.name if device.name.startswith(device.kind) else f"{device.kind}, {device.name}",
        f"compute capability {device.compute_capability}" if device.compute_capability else "",
        f"CUDA {device.cuda}" if device.cuda else "",
        f"driver {device.driver}" if device.driver else "",
    )
    return RunView(
        date=run.date,
        device=", ".join(part for part in parts if part),
        python=environment.python,
        platform=environment.platform,
        sandbox=environment.sandbox,
        distributions=tuple(sorted(environment.distributions.items())),
        digests=_digests(run.depends),
        reasons=run.reasons,
        output=run.output,
        lab=lab_of(layout, run),
        memory="" if run.peak_memory is None else mebibytes(run.peak_memory),
    )
