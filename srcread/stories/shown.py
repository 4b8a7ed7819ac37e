"""Which findings are printed where there are many: the first few of each kind in each tour.

One change of upstream moves dozens of places, and each is a finding. Forms for programs have all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from srcread.model import Diagnostic, Severity

MOST = 5
"""Findings of one code in one tour that are printed."""

_NAMED = 3
_LONG = 100


@dataclass(frozen=True, slots=True)
class More:
    """How many findings of a code in a tour are not printed; of no tour, `tour` is empty."""

    code: str
    tour: str
    count: int

    def __str__(self) -> str:
        """Say it, for example `and 31 more of LOCK003 in tiny-model`."""
        return f"and {self.count} more of {self.code}" + (f" in {self.tour}" if self.tour else "")


def shown(
    findings: Iterable[Diagnostic], folders: Sequence[Path]
) -> tuple[tuple[Diagnostic, ...], tuple[More, ...]]:
    """Return the findings to print, sorted, and what is left out; one alone is never left out.

    `folders` are those of the tours.
    """
    kinds: Counter[tuple[str, str]] = Counter()
    kept: list[tuple[tuple[str, str], Diagnostic]] = []
    left: list[tuple[tuple[str, str], Diagnostic]] = []
    for item in sorted(findings):
        kind = (_tour_of(item, folders), item.code)
        kinds[kind] += 1
        (kept if kinds[kind] <= MOST else left).append((kind, item))
    alone = [pair for pair in left if kinds[pair[0]] == MOST + 1]
    printed = sorted(item for _, item in [*kept, *alone])
    rest = Counter(kind for kind, _ in left if kinds[kind] > MOST + 1)
    more = (More(code, tour, count) for (tour, code), count in sorted(rest.items()))
    return tuple(_said_once(printed)), tuple(more)


def codes_of(findings: Iterable[Diagnostic]) -> tuple[str, ...]:
    """Return the codes to explain, at most three: of errors first, and of the most findings."""
    order = list(Severity)
    counts = Counter((order.index(item.severity), item.code) for item in findings)
    ranked = sorted(counts, key=lambda kind: (kind[0], -counts[kind], kind[1]))
    return tuple(dict.fromkeys(code for _, code in ranked))[:_NAMED]


def _said_once(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield findings, a long hint of a code with its first one alone: it is read once."""
    said: set[tuple[str, str]] = set()
    for item in findings:
        again = len(item.hint) > _LONG and (item.code, item.hint) in said
        said.add((item.code, item.hint))
        yield replace(item, hint="(as above)") if again else item


def _tour_of(item: Diagnostic, folders: Sequence[Path]) -> str:
    path = PurePath(item.path)
    return next((folder.name for folder in folders if path.is_relative_to(folder)), "")
