"""Finds what introduces a tour, or a page beside its steps, by the name that a person gives it."""

from __future__ import annotations

from pathlib import Path

from srcread.errors import NotFoundError, SrcreadError
from srcread.notes.format.appendices import PAGES
from srcread.notes.format.prose import FOLDER, INTRODUCTION
from srcread.opening.tour import tour_folders, tours_here


def find_prose(name: str, chosen: Path | None = None) -> tuple[Path, str] | None:
    """Return the tour's folder and the name of what introduces it, or None for a note's name.

    Such a name is `introduction`, `chapters/STEM` or `pages/STEM`, behind the tour where several
    have it.
    Without one, the tours of ./annotations are meant, where there are some.

    Raises:
        NotFoundError: there is no such tour.
        SrcreadError: several tours have such a text.
    """
    parts = name.removesuffix(".md").split("/")
    size = 2 if parts[-2:-1] in ([FOLDER], [PAGES]) else 1 if parts[-1] == INTRODUCTION else 0
    if not size:
        return None
    own, tour = "/".join(parts[-size:]), "/".join(parts[:-size])
    folders = tour_folders([Path(tour).name], chosen) if tour else tours_here(chosen)
    holding = [folder for folder in folders if _has(folder, own)]
    if len(holding) > 1:
        tours = ", ".join(f"{folder.name}/{own}" for folder in holding)
        raise SrcreadError(f"Several tours have {own!r}. Say which: {tours}.")
    if not holding:
        raise NotFoundError(f"No tour has a file {own}.md.")
    return holding[0], own


def _has(folder: Path, name: str) -> bool:
    return any((folder / name).parent.glob(f"{Path(name).name}.*md"))
