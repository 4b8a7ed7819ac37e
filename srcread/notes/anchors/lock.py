"""Lock files: what stood at a note's anchors when its author last looked; does it still?

A selector alone is no evidence, because it may name other code after an upstream change. The lock
keeps digests, counts and lines, never source text. Lines are for people: moved as a whole, a
statement is still FOUND.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError
from srcread.index.digest import PREFIX
from srcread.model import AnchorStatus, Location
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.places import statement_digest
from srcread.notes.anchors.shortest import name_place
from srcread.notes.lookup import Lookup
from srcread.support.files import read_plain

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class LockedAnchor:
    """Where one anchor was. `path` is `distribution:relative/path`, `lines` first and last."""

    symbol: str
    at: str | None
    path: str
    lines: tuple[int, int]
    digest: str
    headers: str
    number: int
    twins: int


@dataclass(frozen=True, slots=True)
class Lock:
    """The anchors of one note, in its order, in one version of its tour's first distribution."""

    note: str
    distribution: str
    version: str | None
    anchors: tuple[LockedAnchor, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a location stands against its lock, and for all but FOUND what differs.

    `status` is None where the lock was written under another digest rule: unknown, not changed.
    """

    status: AnchorStatus | None
    hint: str = ""


def lock_note(
    note: str, distribution: str, version: str | None, locations: Sequence[Location]
) -> Lock:
    """Return the lock that holds a note's locations as they are."""
    return Lock(note, distribution, version, tuple(map(lock_location, locations)))


def lock_location(location: Location) -> LockedAnchor:
    """Return what a lock keeps of one location."""
    return LockedAnchor(
        symbol=location.anchor.symbol,
        at=location.anchor.at,
        path=f"{location.symbol.distribution}:{location.symbol.path}",
        lines=(location.range.first_line, location.range.last_line),
        digest=location.digest,
        headers=location.headers,
        number=location.number,
        twins=location.twins,
    )


def compare(location: Location, locked: LockedAnchor, lookup: Lookup) -> Comparison:
    """Say whether a location is still what was locked.

    FOUND is the same statement, the same count among as many twins, the same enclosing headers,
    in the same symbol and file. Everything else is for a person, who runs `srcread accept`.
    """
    now = lock_location(location)
    for stored in (locked.digest, locked.headers):
        if not stored.startswith(PREFIX):
            rule = stored.partition(":")[0]
            return Comparison(None, f"The lock has digests of another rule, {rule!r}.")
    if now.digest != locked.digest:
        return _elsewhere(location, locked, lookup)
    if (now.symbol, now.path) != (locked.symbol, locked.path):
        old = f"{locked.symbol!r} of {locked.path!r}"
        return Comparison(AnchorStatus.MOVED, f"The same statement was locked in {old}.")
    if now.headers != locked.headers:
        return Comparison(
            AnchorStatus.CHANGED, "What encloses the statement differs from the lock."
        )
    if (now.number, now.twins) != (locked.number, locked.twins):
        before, after = f"{locked.number} of {locked.twins}", f"{now.number} of {now.twins}"
        return Comparison(
            AnchorStatus.CHANGED, f"It was {before} identical statements and is {after} now."
        )
    return Comparison(AnchorStatus.FOUND)


def read_lock(path: Path) -> Lock | None:
    """Read a lock file; None where there is none.

    Raises:
        SrcreadError: the file is no lock file of this format.
    """
    try:
        return _lock(json.loads(read_plain(path).decode("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        what = f"has no key {error}" if isinstance(error, KeyError) else str(error)
        raise SrcreadError(
            f"lock file {path.name!r} cannot be read: {what}. "
            f"Write it again: srcread accept {path.stem}"
        ) from error


def write_lock(path: Path, lock: Lock) -> bool:
    """Write a lock file whole or not at all; tell if it was written, as an equal one is not."""
    text = lock_text(lock)
    if path.exists() and path.read_bytes() == text.encode():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def lock_text(lock: Lock) -> str:
    """Return the bytes of a lock file, as text: keys sorted, a newline at the end."""
    return json.dumps({"format": _FORMAT} | asdict(lock), indent=2, sort_keys=True) + "\n"


def _elsewhere(location: Location, locked: LockedAnchor, lookup: Lookup) -> Comparison:
    changed = Comparison(AnchorStatus.CHANGED, "The statement differs from the lock.")
    if location.anchor.at is None or locked.at is None:
        return changed
    places = places_of(lookup.text(location.symbol), location.symbol)
    same = [place for place in places.places if statement_digest(place) == locked.digest]
    if len(same) != 1:
        return changed
    lines = f"{same[0].range.first_line}-{same[0].range.last_line}"
    selector = name_place(places, same[0]).selector
    return Comparison(
        AnchorStatus.MOVED, f"The locked statement stands at lines {lines} now: {selector!r}."
    )


def _lock(data: Any) -> Lock:
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise ValueError(f"it is not of format {_FORMAT}")
    return Lock(
        note=_text(data["note"]),
        distribution=_text(data["distribution"]),
        version=None if data["version"] is None else _text(data["version"]),
        anchors=tuple(_anchor(each) for each in data["anchors"]),
    )


def _anchor(data: Any) -> LockedAnchor:
    first, last = data["lines"]
    return LockedAnchor(
        symbol=_text(data["symbol"]),
        at=None if data["at"] is None else _text(data["at"]),
        path=_text(data["path"]),
        lines=(_number(first), _number(last)),
        digest=_text(data["digest"]),
        headers=_text(data["headers"]),
        number=_number(data["number"]),
        twins=_number(data["twins"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} should be a text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} should be a number")
    return value
