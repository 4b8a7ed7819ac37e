"""Compare the notes of a tour with other releases of what it reads, by the sources alone.

For each release the tour is copied, its pin changed, and opened as `srcread check` opens it. A
note is there `same` where each of its places is found as it was locked and every function that its
recorded run executed has the same digest; `found` where the places are, and a function that
ran is another; `differs` where a place, or what encloses it, is another; `absent` where there is no
such place or symbol. This tells what Python says: what is native is not compared.

    srcread fetch torch==2.9.1
    python tools/releases.py torch-transformer 2.9.1 2.11.0
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from srcread.evidence.elsewhere import unpinned
from srcread.model import AnchorStatus, Step
from srcread.opening.tour import LockedTour, OpenTour, tour_folders, try_open_tour

_ABSENT = (AnchorStatus.LOST, AnchorStatus.MISSING, AnchorStatus.AMBIGUOUS)


class Found(NamedTuple):
    """What a release says of a note, and which places or functions make the difference."""

    word: str
    names: tuple[str, ...] = ()


def main(tour: str, *releases: str) -> None:
    """Print a row for each note: what it is in each release, and why."""
    (folder,) = tour_folders([tour])
    columns = {release: _release(folder, release) for release in releases}
    stems = next(iter(columns.values()))
    for stem in stems:
        print(f"{stem:28}", *(f"{column[stem].word:9}" for column in columns.values()))
        names = {release: column[stem].names for release, column in columns.items()}
        for release, differing in names.items():
            if differing:
                print(f"    {release}: {', '.join(differing)}")
    for release, column in columns.items():
        print(f"{release:28}", dict(Counter(found.word for found in column.values())))


def _release(folder: Path, release: str) -> dict[str, Found]:
    """Return what each note of a tour is in a release, by its stem."""
    with tempfile.TemporaryDirectory() as there:
        copy = Path(there) / folder.name
        shutil.copytree(folder, copy)
        for beside in folder.parent.glob("*.toml"):
            shutil.copy(beside, there)
        pins = copy / "tour.toml"
        head, table, rest = pins.read_text("utf-8").partition("[distributions]\n")
        other = re.sub(r'^(\S+) = "[^"]*"', rf'\1 = "{release}"', rest, count=1, flags=re.MULTILINE)
        pinned = tomllib.loads(head + table + rest)["distributions"]
        pins.write_text(head + table + other, "utf-8")
        opened, findings = try_open_tour(copy)
        if opened is None or opened.absent:
            raise SystemExit("\n".join(map(str, findings)))
        return {step.note.stem: _found(opened, step, pinned) for step in opened.tour.steps}


def _found(opened: OpenTour | LockedTour, step: Step, pinned: Mapping[str, str]) -> Found:
    absent = {anchor.symbol for anchor, status in step.lost.items() if status in _ABSENT}
    if absent:
        return Found("absent", tuple(sorted(absent)))
    other = {at.symbol.name for at in step.locations if at.status is not AnchorStatus.FOUND}
    if other or step.lost:
        return Found("differs", tuple(sorted(other)))
    evidence, _ = opened.recorded(step)
    runs = evidence.runs if evidence else ()
    ran = [run for run in runs if not unpinned(run.environment, pinned) and run.executed]
    executed = ran[0].executed if ran else None
    if executed is None:
        return Found("unknown")
    names = tuple(name for name in sorted(executed) if _digest(opened, name) != executed[name])
    return Found("found", names) if names else Found("same")


def _digest(opened: OpenTour | LockedTour, name: str) -> str | None:
    symbol = opened.code.symbol(name)
    return opened.code.digest(symbol) if symbol is not None else None


if __name__ == "__main__":
    main(*sys.argv[1:])
