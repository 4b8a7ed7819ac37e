"""The grade of a recorded run, what kind of proof it is, and what keeps it from the highest grade.

Only changes of the note's own lines are graded: mutants of its anchored statements, and replies of
the native functions called there. Declared controls change the snippet; they are counted apart.

One change of each function is none: its text alone is another. A claim that it turns false looks at
how the source is written, or at whether it is changed, and what it notices is not counted.

What a change was, its id says: the operator, and lines of the source as it is read now. Ids hold no
text of the source; the lines come from where the note's anchors are found. Light, for a build reads
it: nothing here runs or parses anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from srcread.model import (
    Control,
    Controls,
    Grade,
    Lab,
    Location,
    Outcome,
    Proof,
    Reach,
    ReasonCode,
    Run,
)

OPERATORS_VERSION = 2
"""Of the set of operators, how they work and what counts as noticed: other controls grade nothing.

Of 1, a change counted as noticed when an error that the snippet caught had made a claim false.
"""

_RESPELLED = "respelled@"
_ID = re.compile(r"([a-z-]+)@(\d+)\+(-?\d+):(\d+)-(-?\d+):(\d+)(?:#(\d+))?")
_NOT_RUN = (ReasonCode.NOT_MADE, ReasonCode.NOT_IMPORTED, ReasonCode.NOT_THERE)


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a mutant changed; `symbol` and the place are None where its anchor is not found.

    `columns` are the first of line `first` and the one behind the last of line `last`, from 0.
    """

    operator: str
    symbol: str | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None
    columns: tuple[int, int] | None = None


def grade(run: Run, explained: Collection[str] = (), *, reaches: bool = True) -> Grade | None:
    """Return a run's grade, None if it is not confirmed.

    `explained` are the ids of unseen survivors for which the author gives a reason. Controls change
    only what ran, so that the highest grade needs a run through all that the note is about; unless
    its author says why it `reaches` nothing.
    """
    if not run.confirmed:
        return None
    if not _noticing(run):
        return Grade.EQUIVALENT if _is_apart(run) else Grade.CONFIRMED
    if open_claims(run) or set(unseen(run)) - set(explained):
        return Grade.SENSITIVE
    return Grade.SENSITIVE if reaches and not reached_all(run) else Grade.STRONG


def proof_of(run: Run) -> Proof | None:
    """Return how a run comes by what it shows of a note's lines, None where nothing tells.

    A class is no function that could be watched: whether its body ran is unknown, so that other
    functions of the source that ran count for it.
    """
    reaches = run.reach or ()
    if any(one.entered for one in reaches):
        return _source_of(run.lab)
    if run.lab is not None and run.lab.read:
        return Proof.READ
    if not reaches or not all(_tells(one) for one in reaches):
        return _source_of(run.lab) if run.lab is not None else None
    beside = (run.executed or {}).keys() - run.depends.symbols.keys()
    return Proof.BESIDE if beside else Proof.EQUIVALENT


def are_known(controls: Controls) -> bool:
    """Tell whether controls are of the operators that this srcread has; others grade nothing."""
    return controls.version == OPERATORS_VERSION


def reached_all(run: Run) -> bool:
    """Tell whether a run is known to have gone through all lines that its note is about."""
    reaches = run.reach or ()
    whole = all(one.entered and not (one.unreached or one.reason) for one in reaches)
    return bool(reaches) and whole and run.depends.symbols.keys() <= {one.symbol for one in reaches}


def open_claims(run: Run) -> tuple[int, ...]:
    """Return the claims, by place, that no change of the note's lines turned false."""
    noticing = _noticing(run)
    return tuple(number for number in range(len(run.claims)) if number not in noticing)


def unseen(run: Run) -> tuple[str, ...]:
    """Return the ids of the changes that altered a value, and that no claim noticed."""
    changes = weighed(run.controls) if run.controls else ()
    return tuple(one.id for one in changes if one.outcome is Outcome.UNSEEN)


def mutation_of(name: str, locations: Sequence[Location]) -> Mutation:
    """Return what the mutant of this id changed."""
    found = _ID.fullmatch(name)
    if found is None:
        return Mutation(name)
    anchor = int(found[2])
    if anchor >= len(locations):
        return Mutation(found[1])
    location = locations[anchor]
    first = location.range.first_line
    symbol = location.symbol
    rows, columns = (int(found[3]), int(found[5])), (int(found[4]), int(found[6]))
    lines = (first + rows[0], first + rows[1])
    return Mutation(found[1], symbol.name, symbol.path, *lines, columns)


def counts(controls: Controls) -> tuple[int, int]:
    """Return how many changes of the note's lines were noticed, and how many altered a value."""
    found = Counter(one.outcome for one in weighed(controls))
    return found[Outcome.CLAIM], found[Outcome.CLAIM] + found[Outcome.UNSEEN]


def text_claims(controls: Controls) -> frozenset[int]:
    """Return the claims, by place, that the same turned false, spelt otherwise."""
    same = (one for one in controls.mutants if one.id.startswith(_RESPELLED))
    return frozenset(claim for one in same for claim in one.claims)


def weighed(controls: Controls) -> tuple[Control, ...]:
    """Return the changes of the note's lines, each with the claims whose notice counts."""
    blind, found = text_claims(controls), []
    for one in controls.mutants:
        if not one.id.startswith(_RESPELLED):
            claims = tuple(claim for claim in one.claims if claim not in blind)
            seen = one.outcome is not Outcome.CLAIM or bool(claims)
            found.append(Control(one.id, one.outcome if seen else Outcome.UNSEEN, claims))
    return tuple(found)


def held(controls: Controls) -> int:
    """Return how many declared controls turned their own claim false."""
    return sum(
        one.id.startswith(f"declared@{claim}#") for one in controls.declared for claim in one.claims
    )


def summary(controls: Controls) -> tuple[str, ...]:
    """Say in words what the controls of a run did, those that are declared apart.

    For example, ("5 changes of these lines, 5 noticed", "2 declared controls held").
    """
    caught, visible = counts(controls)
    said = f"{visible} change{'s' * (visible != 1)} of these lines, {caught} noticed"
    if not controls.declared:
        return (said,)
    count, kept = len(controls.declared), held(controls)
    some = "" if kept == count else f"{kept} of "
    return said, f"{some}{count} declared control{'s' * (count != 1)} held"


def evidence_details(run: Run) -> tuple[str, ...]:
    """Say shortly how far a run went through the anchored lines, and what its controls showed."""
    details = []
    if run.reach is not None:
        lines = [len(reach.reached) for reach in run.reach]
        missed = [len(reach.unreached) for reach in run.reach]
        details.append(f"{sum(lines)} of {sum(lines) + sum(missed)} lines reached")
    if run.controls is not None:
        details += summary(run.controls)
    if run.peak_memory is not None:
        details.append(f"at most {mebibytes(run.peak_memory)} on the GPU")
    return tuple(details)


def mebibytes(count: int) -> str:
    """Return a count of bytes as MiB, with at most two digits behind the point."""
    return f"{round(count / (1 << 20), 2):g} MiB"


def _noticing(run: Run) -> set[int]:
    """Return the claims that a change of the note's lines turned false, by known operators."""
    if run.controls is None or not are_known(run.controls):
        return set()
    return {claim for one in weighed(run.controls) for claim in one.claims}


def _is_apart(run: Run) -> bool:
    """Tell whether it is known that a run showed nothing of the note's own lines."""
    match proof_of(run):
        case Proof.EQUIVALENT:
            return True
        case Proof.BESIDE:
            return not any(_is_class(one) for one in run.reach or ())
    return False


def _source_of(lab: Lab | None) -> Proof:
    """Return out of what the lines of a note ran."""
    if lab is None:
        return Proof.EXECUTED
    return Proof.STOOD_IN if lab.stood_in or lab.given else Proof.SOURCE


def _tells(reach: Reach) -> bool:
    """Tell whether a symbol is known not to have run, or a class, of which other things tell."""
    return reach.reason is None or reach.reason.code in _NOT_RUN or _is_class(reach)


def _is_class(reach: Reach) -> bool:
    return reach.reason is not None and reach.reason.code is ReasonCode.NO_FUNCTION
