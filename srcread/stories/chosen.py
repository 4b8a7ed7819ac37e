"""Notes by the names that a command is given: `stem`, `tour/stem`, `tour`; none means all here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from srcread.errors import NotFoundError, did_you_mean
from srcread.opening.tour import find_step, tour_folders, tours_here


def chosen_notes(notes: Sequence[str], annotations: Path | None) -> dict[Path, list[str]]:
    """Return the stems by tour; an empty list means all of them.

    Raises:
        NotFoundError: there is no such note or tour; the message offers the nearest.
        SrcreadError: several tours have a note of this name.
    """
    if not notes:
        return {folder: [] for folder in tours_here(annotations)}
    tours = {folder.name: folder for folder in tour_folders([], annotations)}
    chosen: dict[Path, list[str]] = {}
    for name in notes:
        if name in tours:
            continue
        try:
            folder, stem = find_step(name, annotations)
        except NotFoundError:
            if "/" not in name and (near := did_you_mean(name, tours)):
                raise NotFoundError(f"There is no note or tour {name!r}.{near}") from None
            raise
        chosen.setdefault(folder, []).append(stem)
    return chosen | {folder: [] for name, folder in tours.items() if name in notes}
