"""What a card says of the releases that a note's snippet ran on, beside that which the page shows.

The table of a note's evidence has a row for each run that says something of its claims: that of the
tour's version first. Where a claim is false on another version, the note says so above its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from srcread.evidence.elsewhere import false_claims, other_versions, place_of
from srcread.model import Elsewhere, Reason, ReasonCode, Standing, Step, Translation


class ReleaseRow(NamedTuple):
    """One run: how many of the claims held or were false, and which functions are others there.

    `differing` is None where that is not recorded, `own` tells that it ran the tour's versions.
    `reasons` say why it is not confirmed, where no claim is false.
    """

    where: Reason
    own: bool
    date: str
    held: int
    false: int
    claims: int
    differing: tuple[str, ...] | None
    reasons: tuple[Reason, ...]


class OtherClaim(NamedTuple):
    """A claim that is false on another version: its sentence, and what was seen there."""

    sentence: str
    observed: str | None
    expected: str | None


class Otherwise(NamedTuple):
    """Claims, in the language of the card, that are false where a run was made."""

    where: Reason
    claims: tuple[OtherClaim, ...]


def releases_of(standing: Standing, versions: Mapping[str, str]) -> tuple[ReleaseRow, ...]:
    """Return a row for each run, none where there is only that which the page tells of anyhow.

    `versions` are the tour's, by the names of what it reads.
    """
    others = [_row(one, own=False) for one in standing.elsewhere]
    run = standing.run
    if not others or run is None:
        return tuple(others)
    where = other_versions(run.environment, versions)
    pinned = tuple(f"{name} {version}" for name, version in sorted(versions.items()))
    return (_row(Elsewhere(run, where or pinned, ()), own=not where), *others)


def otherwise_of(standing: Standing, text: Translation | None) -> tuple[Otherwise, ...]:
    """Return the claims that are false on other versions, as the card's language says them."""
    known = text.claims if text else {}
    return tuple(
        Otherwise(
            _where(one),
            tuple(
                OtherClaim(
                    known.get(claim.sentence, claim.sentence), claim.observed, claim.expected
                )
                for claim in false_claims(one.run)
            ),
        )
        for one in standing.elsewhere
        if false_claims(one.run)
    )


def range_of(step: Step, versions: Mapping[str, str]) -> str:
    """Return where the author says that the claims hold: `torch >=2.5`, empty where not said."""
    if step.note.versions is None:
        return ""
    return " ".join((*list(versions)[:1], step.note.versions))


def _row(one: Elsewhere, *, own: bool) -> ReleaseRow:
    run = one.run
    return ReleaseRow(
        where=_where(one),
        own=own,
        date=run.date,
        held=sum(claim.held for claim in run.claims),
        false=len(false_claims(run)),
        claims=len(run.claims),
        differing=one.differing,
        reasons=() if own or false_claims(run) else run.reasons,
    )


def _where(one: Elsewhere) -> Reason:
    return Reason(ReasonCode.ON, {"versions": place_of(one)})
