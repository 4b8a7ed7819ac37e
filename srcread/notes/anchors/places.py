"""The places of one symbol that a selector can name, and their digests.

Data only: `gather` reads them from a syntax tree, `find` searches them, `shortest` names them.
Sets of places are bit masks, bit n for place n: naming one line tries some thousand candidates, and
an `&` of two integers decides each. Digests are made on demand, because only an anchor needs one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from srcread.index.digest import digest, digest_text
from srcread.model import Range
from srcread.notes.anchors.names import CallInCode


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A nameable place: a statement, a branch, a parameter, a docstring or the signature.

    `range` is what is shown: of a compound statement its header to its end. `head_line` is the last
    line of its header, for a simple statement of all of it. `names` are in the order of the text,
    `values` those on the right side of an assignment. `parents` are the numbers of the enclosing
    places, outermost first. `header` and `code` are what the digests of headers and of the
    statement are made of; `text` replaces `code` for a docstring or parameter, which count with
    their annotations.
    """

    number: int
    kind: str
    range: Range
    head_line: int
    names: tuple[str, ...]
    values: frozenset[str]
    calls: tuple[CallInCode, ...]
    parents: tuple[int, ...]
    header: tuple[ast.AST, ...]
    code: tuple[ast.AST, ...]
    text: str | None = None
    compound: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """All places of a symbol in the order of their first characters.

    `index` maps a kind and a name to the places that answer to them; the name "" stands for the
    kind alone. `inside` maps each place to those in it. `simple` has the simple statements, `own`
    the symbol's own signature, parameters and docstring.
    """

    places: tuple[Place, ...]
    lines: tuple[str, ...]
    index: Mapping[tuple[str, str], int]
    inside: tuple[int, ...]
    simple: int
    own: int

    def of(self, mask: int) -> Iterator[Place]:
        """Yield the places of a bit mask, in order."""
        while mask:
            lowest = mask & -mask
            yield self.places[lowest.bit_length() - 1]
            mask ^= lowest


def statement_digest(place: Place) -> str:
    """Return the digest of what stands at a place."""
    return digest(place.code) if place.text is None else digest_text(place.text)


def headers_digest(places: Places, place: Place) -> str:
    """Return the digest of the headers that enclose a place.

    The header of an `elif` or `else` holds the tests before it: they decide whether it is reached.
    """
    parents = (places.places[number] for number in place.parents)
    return digest_text("\n".join(f"{parent.kind} {digest(parent.header)}" for parent in parents))


def twins(places: Places, place: Place) -> tuple[Place, ...]:
    """Return the places of the same kind and digest, the place itself among them."""
    wanted = statement_digest(place)
    # Equal code can be called by equal names, so digests are made only for these.
    names = _names(place)
    return tuple(
        other
        for other in places.places
        if other.number == place.number
        or (_names(other) == names and statement_digest(other) == wanted)
    )


def text_of(lines: Sequence[str], range_: Range) -> str:
    """Return the text of a range, with LF line ends."""
    start, end = range_.start, range_.end
    if start.line == end.line:
        return lines[start.line - 1][start.column : end.column]
    middle = lines[start.line : end.line - 1]
    first, last = lines[start.line - 1][start.column :], lines[end.line - 1][: end.column]
    return "\n".join((first, *middle, last))


def _names(place: Place) -> tuple[object, ...]:
    return place.kind, place.names, place.values, frozenset(place.calls)
