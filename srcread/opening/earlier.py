"""Earlier versions of a tour: every page that one had, and where its lines stand at present.

A link outlives the version that it was made for. So the graph of each version that tour.toml lists
as earlier is walked from the same entries, as the tour then would have been, and every function's
lines are carried to the present one. A version whose sources cannot be had costs its links, never
the build; a warning says so. What was worked out is kept in the cache, by the bytes of both sides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from srcread.errors import FindingsError, NotFoundError, SourceError
from srcread.index.trees import PARSE_ERRORS
from srcread.model import Diagnostic, EarlierPage, EarlierVersion, Stretch, Symbol
from srcread.notes.format.codes import finding
from srcread.notes.format.tourfile import NAME, TourFile
from srcread.opening.code import Code
from srcread.opening.tour import LockedTour, OpenTour, has_sources
from srcread.sources import open_distribution
from srcread.support.cache import Cache, cache_folder, cache_key

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier versions of a tour, the code of each, and why some are missing."""

    versions: tuple[EarlierVersion, ...] = ()
    codes: tuple[Code, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def earlier_versions(opened: OpenTour | LockedTour, *, progress: Progress | None = None) -> Earlier:
    """Return the versions that a tour lists as earlier, with their lines carried."""
    if not opened.tour.earlier:
        return Earlier()
    file = opened.file
    found, codes, findings = [], [], []
    for version in file.earlier:
        try:
            if not has_sources(opened):
                raise SourceError("The present version's are missing, too.")
            code = _open(opened, file, version, progress)
        except (FindingsError, NotFoundError, SourceError) as error:
            findings.append(_missing(opened, file, version, error))
        else:
            codes.append(code)
            found.append(EarlierVersion(version, _pages(opened, code)))
    return Earlier(tuple(found), tuple(codes), tuple(findings))


def _open(opened: OpenTour, file: TourFile, version: str, progress: Progress | None) -> Code:
    """Walk an earlier version from those of the tour's entries that it had."""
    first = next(iter(file.distributions))
    wanted = {**file.distributions, first: version}
    distributions = [
        open_distribution(name, pinned, progress=progress) for name, pinned in wanted.items()
    ]
    idioms = [opened.tour.folder / name for name in file.idioms]
    cache = Cache(cache_folder())
    return Code(
        distributions, file.entries, cache, whole=False, methods=file.methods, idioms=idioms
    )


def _missing(
    opened: OpenTour | LockedTour, file: TourFile, version: str, error: Exception
) -> Diagnostic:
    first = next(iter(file.distributions), "")
    message = f"The source of {first} {version} cannot be read, so its links lead nowhere."
    line = file.lines.of("earlier")
    return finding("TOUR025", opened.tour.folder / NAME, line, message, str(error))


def _pages(opened: OpenTour, old: Code) -> tuple[EarlierPage, ...]:
    """Return every page that the version had: what was walked, and where notes stand."""
    noted = (place.symbol.name for step in opened.tour.steps for place in step.locations[:1])
    names = sorted({*old.graph.order, *noted})
    symbols = [symbol for name in names if (symbol := old.symbol(name)) is not None]
    sides = [sorted(code.graph.files.items()) for code in (old, opened.code)]
    cache = Cache(cache_folder())
    key = cache_key("earlier", *sides, opened.code.graph.order, names)
    if (data := cache.get(key)) is not None:
        stretches = [[Stretch(*row) for row in rows] for rows in json.loads(data)]
    else:
        stretches = [list(_carried(old, symbol, opened.code)) for symbol in symbols]
        cache.put(key, json.dumps(stretches, separators=(",", ":")).encode())
    return tuple(
        EarlierPage(symbol, tuple(rows)) for symbol, rows in zip(symbols, stretches, strict=True)
    )


def _carried(old: Code, symbol: Symbol, new: Code) -> Iterable[Stretch]:
    """Carry the lines of a symbol; those of one that cannot be parsed are not carried."""
    from srcread.notes.anchors.carry import carried_lines

    now = new.symbol(symbol.name)
    if now is None:
        return ()
    try:
        return carried_lines((old.text(symbol), symbol), (new.text(now), now))
    except PARSE_ERRORS:
        return (Stretch(symbol.range.first_line, symbol.range.last_line, None),)
