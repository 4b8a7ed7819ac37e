"""An anchor to its place in the sources, or to the reason why it has none.

Nothing is guessed: a selector that names several places is a problem that lists them, never the
first of them. Whether the place is still the one that its note was written about is `lock`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from srcread.errors import SelectorError
from srcread.index.digest import digest_text
from srcread.model import Anchor, AnchorStatus, Location, Selector, Symbol, SymbolKind
from srcread.notes.anchors.find import find, matches, nearest
from srcread.notes.anchors.gather import places_of, symbol_digest
from srcread.notes.anchors.places import Place, Places, headers_digest, statement_digest, twins
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.anchors.shortest import name_place
from srcread.notes.lookup import Lookup

_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an ambiguous selector names, and a selector for it alone."""

    line: int
    selector: str


@dataclass(frozen=True, slots=True)
class AnchorProblem:
    """Why an anchor has no place: LOST, AMBIGUOUS or MISSING, in words, and what to do."""

    anchor: Anchor
    status: AnchorStatus
    message: str
    hint: str = ""
    candidates: tuple[Candidate, ...] = ()


def locate(anchor: Anchor, lookup: Lookup) -> Location | AnchorProblem:
    """Find an anchor's place. Only the lines of its symbol are parsed."""
    symbol = lookup.symbol(anchor.symbol)
    if symbol is None:
        near = lookup.nearest(anchor.symbol)
        hint = f"Did you mean {near!r}?" if near else "Run 'srcread at FILE:LINE' to name a place."
        message = f"there is no symbol {anchor.symbol!r}."
        return AnchorProblem(anchor, AnchorStatus.MISSING, message, hint)
    if symbol.kind in (SymbolKind.NATIVE, SymbolKind.MODULE):
        return _not_a_definition(anchor, symbol)
    text = lookup.text(symbol)
    try:
        if anchor.at is None:
            return _whole(anchor, symbol, text)
        selector = parse_selector(anchor.at)
        return _in_symbol(anchor, symbol, places_of(text, symbol), selector)
    except SelectorError as error:
        return AnchorProblem(anchor, AnchorStatus.LOST, f"bad selector {error}")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"{symbol.name!r} cannot be parsed: {error}."
        return AnchorProblem(anchor, AnchorStatus.LOST, message, "A newer Python may read it.")


def _not_a_definition(anchor: Anchor, symbol: Symbol) -> AnchorProblem:
    if symbol.kind is SymbolKind.NATIVE:
        message = f"{anchor.symbol!r} is implemented outside Python."
        hint = "Anchor the note at the Python call that reaches it, and name it with 'native'."
    else:
        message = f"{anchor.symbol!r} is a module; a note stands in a function or class."
        hint = "Run 'srcread at FILE:LINE' to name a place."
    return AnchorProblem(anchor, AnchorStatus.MISSING, message, hint)


def _whole(anchor: Anchor, symbol: Symbol, text: str) -> Location:
    return Location(
        anchor=anchor,
        symbol=symbol,
        range=symbol.range,
        digest=symbol_digest(text, symbol),
        headers=digest_text(""),
        number=1,
        twins=1,
    )


def _in_symbol(
    anchor: Anchor, symbol: Symbol, places: Places, selector: Selector
) -> Location | AnchorProblem:
    found = find(places, selector)
    if not found:
        return AnchorProblem(
            anchor,
            AnchorStatus.LOST,
            f"selector {anchor.at!r} names no place in {symbol.name!r}.",
            f"{nearest(places, selector)} Run 'srcread at FILE:LINE' to name a place.",
        )
    if len(found) > 1:
        return _ambiguous(anchor, symbol, places, selector)
    (place,) = found
    same = twins(places, places.places[place.number])
    return Location(
        anchor=anchor,
        symbol=symbol,
        range=place.range,
        digest=statement_digest(place),
        headers=headers_digest(places, place),
        # For `a .. b` the count is that of `a`.
        number=1 + [other.number for other in same].index(place.number),
        twins=len(same),
    )


def _ambiguous(anchor: Anchor, symbol: Symbol, places: Places, selector: Selector) -> AnchorProblem:
    ends = [selector.start] if selector.end is None else [selector.start, selector.end]
    rivals: list[Place] = []
    for path in ends:
        named = list(places.of(matches(places, path)))
        rivals.extend(named if len(named) > 1 else [])
    candidates = tuple(
        Candidate(place.range.first_line, name_place(places, place).selector) for place in rivals
    )
    listed = "; ".join(f"line {each.line}: {each.selector!r}" for each in candidates[:_MOST_LISTED])
    more = len(candidates) - _MOST_LISTED
    return AnchorProblem(
        anchor,
        AnchorStatus.AMBIGUOUS,
        f"selector {anchor.at!r} names {len(candidates)} places in {symbol.name!r}.",
        f"Take one: {listed}{f'; and {more} more' if more > 0 else ''}.",
        candidates,
    )
