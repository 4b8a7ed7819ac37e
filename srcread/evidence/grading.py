"""The grade of a recorded run, and what keeps it from the highest: claims, lines, changes.

What a change was, its id says: the operator, and lines of the source as it is read now. Ids hold no
text of the source; the lines come from where the note's anchors are found. Light, for a build reads
it: nothing here runs or parses anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from srcread.model import Controls, Grade, Location, Outcome, Run

OPERATORS_VERSION = 1
"""Of the set of operators and of how they work: controls of another one are made anew."""

_ID = re.compile(r"([a-z-]+)@(\d+)\+(-?\d+):(\d+)-(-?\d+):(\d+)(?:#(\d+))?")


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a mutant changed; `symbol` and the lines are None where its anchor is not found."""

    operator: str
    symbol: str | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None


def grade(run: Run, explained: Collection[str] = (), *, reaches: bool = True) -> Grade | None:
    """Return a run's grade, None if it is not confirmed.

    `explained` are the ids of unseen survivors for which the author gives a reason. Controls change
    only what ran, so that the highest grade needs a run through all that the note is about; unless
    its author says why it `reaches` nothing.
    """
    if not run.confirmed:
        return None
    if run.controls is None or not are_known(run.controls) or not _caught(run.controls):
        return Grade.CONFIRMED
    if open_claims(run) or set(unseen(run)) - set(explained):
        return Grade.SENSITIVE
    return Grade.SENSITIVE if reaches and not reached_all(run) else Grade.STRONG


def are_known(controls: Controls) -> bool:
    """Tell whether controls are of the operators that this srcread has; others grade nothing."""
    return controls.version == OPERATORS_VERSION


def reached_all(run: Run) -> bool:
    """Tell whether a run is known to have gone through all lines that its note is about."""
    reaches = run.reach or ()
    whole = all(one.entered and not (one.unreached or one.reason) for one in reaches)
    return bool(reaches) and whole and run.depends.symbols.keys() <= {one.symbol for one in reaches}


def open_claims(run: Run) -> tuple[int, ...]:
    """Return the claims, by place, that no control turned false."""
    caught = _caught(run.controls) if run.controls else set()
    return tuple(number for number in range(len(run.claims)) if number not in caught)


def unseen(run: Run) -> tuple[str, ...]:
    """Return the ids of the changes that altered a value, and that no claim noticed."""
    controls = run.controls.mutants if run.controls else ()
    return tuple(one.id for one in controls if one.outcome is Outcome.UNSEEN)


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
    return Mutation(
        found[1], symbol.name, symbol.path, first + int(found[3]), first + int(found[5])
    )


def counts(controls: Controls) -> tuple[int, int]:
    """Return how many changes were noticed, and how many visibly altered the result."""
    found = Counter(one.outcome for one in (*controls.mutants, *controls.declared))
    return found[Outcome.CLAIM], found[Outcome.CLAIM] + found[Outcome.UNSEEN]


def summary(controls: Controls) -> str:
    """Say in words what the controls of a run did."""
    caught, visible = counts(controls)
    found = Counter(one.outcome for one in (*controls.mutants, *controls.declared))
    parts = [f"caught {caught} of {visible} changes that visibly altered the result"]
    parts += [f"{found[Outcome.CRASH]} crashed"] if found[Outcome.CRASH] else []
    silent = found[Outcome.SILENT]
    parts += [f"{silent} had no effect on this input"] if silent else []
    return "; ".join([parts[0], ", ".join(parts[1:])]) if parts[1:] else parts[0]


def evidence_details(run: Run) -> tuple[str, ...]:
    """Say shortly how far a run went through the anchored lines, and what its controls caught."""
    details = []
    if run.reach is not None:
        lines = [len(reach.reached) for reach in run.reach]
        missed = [len(reach.unreached) for reach in run.reach]
        details.append(f"{sum(lines)} of {sum(lines) + sum(missed)} lines reached")
    if run.controls is not None:
        caught, visible = counts(run.controls)
        details.append(f"{caught} of {visible} changes caught")
    if run.peak_memory is not None:
        details.append(f"at most {mebibytes(run.peak_memory)} on the GPU")
    return tuple(details)


def mebibytes(count: int) -> str:
    """Return a count of bytes as MiB, with at most two digits behind the point."""
    return f"{round(count / (1 << 20), 2):g} MiB"


def _caught(controls: Controls) -> set[int]:
    """Return the claims that a change of the code, or their own declared control, turned false."""
    caught = {claim for one in controls.mutants for claim in one.claims}
    for one in controls.declared:
        caught |= {claim for claim in one.claims if one.id.startswith(f"declared@{claim}#")}
    return caught
