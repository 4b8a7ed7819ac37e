"""Places, digests and findings that were worked out before, kept by what they were made of.

Of an edited note only the text has changed: its anchor and those of all other notes stand where
they stood as long as the source's bytes are the same, and what the rules say of the other notes is
what they said. A key holds those bytes' hash, the symbol's lines and the selector, or all of the
texts that were looked at, so nothing that is remembered ever becomes wrong.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import Any

from srcread.model import Anchor, Diagnostic, Location, Position, Range, Severity, Symbol
from srcread.notes.anchors.gather import symbol_digest
from srcread.notes.anchors.locate import AnchorProblem, locate
from srcread.notes.lookup import Lookup
from srcread.notes.rules import Work
from srcread.support.cache import Cache, cache_key

_MOST = 5_000


class Memory:
    """What is remembered of the places in one set of sources; without a cache, nothing."""

    def __init__(self, cache: Cache | None, *owner: object) -> None:
        self._cache = cache
        self._key = cache_key("places", *owner)
        self._places: dict[str, Any] | None = None
        self._changed = False

    def locate(self, anchor: Anchor, lookup: Lookup, file: str) -> Location | AnchorProblem:
        """Locate an anchor whose symbol stands in the file with this hash."""
        symbol = lookup.symbol(anchor.symbol)
        if symbol is None:
            return locate(anchor, lookup)
        key = f"{_name(symbol, file)} {anchor.at or ''}"
        if (known := self._get(key)) is not None:
            start, column, end, end_column, digest, headers, number, twins = known
            place = Range(Position(start, column), Position(end, end_column))
            return Location(anchor, symbol, place, digest, headers, number, twins)
        found = locate(anchor, lookup)
        if isinstance(found, Location):
            place = found.range
            ends = [place.start.line, place.start.column, place.end.line, place.end.column]
            self._put(key, [*ends, found.digest, found.headers, found.number, found.twins])
        return found

    def digest(self, symbol: Symbol, text: str, file: str) -> str:
        """Return the digest of a whole symbol in the file with this text and hash."""
        key = f"{_name(symbol, file)} digest"
        known = self._get(key)
        if known is None:
            known = symbol_digest(text, symbol)
            self._put(key, known)
        return str(known)

    def findings(self, values: object, work: Work) -> tuple[Diagnostic, ...]:
        """Return what work finds out about values that are plain data, and on nothing else."""
        key = f"findings {hashlib.sha256(pickle.dumps(values)).hexdigest()}"
        if (known := self._get(key)) is not None:
            return tuple(_finding(*row) for row in known)
        found = tuple(sorted(work()))
        rows = [
            [one.path, one.line, one.code, one.message, one.hint, one.severity.value]
            for one in found
        ]
        self._put(key, rows)
        return found

    def save(self) -> None:
        """Keep what was added."""
        if self._cache is not None and self._changed and self._places is not None:
            newest = dict(list(self._places.items())[-_MOST:])
            self._cache.put(self._key, json.dumps(newest).encode())
            self._changed = False

    def _get(self, key: str) -> Any:
        if self._places is None:
            self._places = {}
            data = self._cache.get(self._key) if self._cache is not None else None
            if data is not None:
                try:
                    self._places = dict(json.loads(data))
                except (ValueError, TypeError):
                    self._places = {}
        return self._places.get(key)

    def _put(self, key: str, value: Any) -> None:
        assert self._places is not None
        self._places[key] = value
        self._changed = True


def _finding(path: str, line: int, code: str, message: str, hint: str, severity: str) -> Diagnostic:
    return Diagnostic(path, line, code, message, hint, Severity(severity))


def _name(symbol: Symbol, file: str) -> str:
    return f"{file} {symbol.name} {symbol.range.first_line}-{symbol.range.last_line}"
