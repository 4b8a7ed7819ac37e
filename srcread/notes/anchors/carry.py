"""Carries the lines of a function from one version to another, statement by statement.

A statement is the same where its digest and those of the headers around it are. The two sequences
are aligned in order; a run of equal statements counts only if one of them cannot be taken for
another: it stands once in both versions, or as often in both and here by the same count. A blank
line or a comment goes with the statement below it, if it is the same text. All else is not carried:
a wrong line is far worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from srcread.index.digest import digest
from srcread.model import Stretch, Symbol
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.places import Place, Places, headers_digest, statement_digest


def carried_lines(old: tuple[str, Symbol], new: tuple[str, Symbol]) -> tuple[Stretch, ...]:
    """Return where the lines of a symbol stand in another version of it, in order and complete.

    Both are given as the text of the whole file and the symbol.

    Raises:
        ValueError, SyntaxError, RecursionError: one of them cannot be parsed as a definition.
    """
    before, after = places_of(*old), places_of(*new)
    units = _units(before)
    found = _of_statements(units, _units(after))
    lines = range(old[1].range.first_line, old[1].range.last_line + 1)
    between = {*lines}.difference(*(range(unit.first, unit.last + 1) for unit in units))
    found = _with_rest(lines, between, found, (before.lines, after.lines))
    return tuple(_stretches(lines, found))


class _Unit(NamedTuple):
    """What is carried as one: a simple statement, or the header of one that holds others."""

    key: tuple[str, str, str]
    first: int
    last: int


def _units(places: Places) -> list[_Unit]:
    units = [
        _Unit(_key(places, place), place.range.first_line, place.head_line)
        for place in places.places
        if place.kind != "param"  # stands in a header
    ]
    return sorted(units, key=lambda unit: unit.first)


def _key(places: Places, place: Place) -> tuple[str, str, str]:
    own = f"{place.names} {digest(place.header)}" if place.compound else statement_digest(place)
    return place.kind, own, headers_digest(places, place)


def _of_statements(old: Sequence[_Unit], new: Sequence[_Unit]) -> dict[int, int]:
    """Return the new line of every line of a statement that is carried."""
    old_keys, new_keys = [unit.key for unit in old], [unit.key for unit in new]
    old_counts, new_counts = _counts(old_keys), _counts(new_keys)
    found: dict[int, int] = {}
    matcher = SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for block in matcher.get_matching_blocks():
        pairs = range(block.size)
        if not any(old_counts[block.a + n] == new_counts[block.b + n] for n in pairs):
            continue
        for number in pairs:
            before, after = old[block.a + number], new[block.b + number]
            same_height = before.last - before.first == after.last - after.first
            for line in range(before.first, before.last + 1):
                place = after.first + (line - before.first if same_height else 0)
                found.setdefault(line, place)
    return found


def _counts(keys: Sequence[tuple[str, str, str]]) -> list[tuple[int, int]]:
    """Return for each key which of its equals it is, and how many there are."""
    totals, seen = Counter(keys), Counter[tuple[str, str, str]]()
    counts = []
    for key in keys:
        seen[key] += 1
        counts.append((seen[key], totals[key]))
    return counts


def _with_rest(
    lines: range,
    between: set[int],
    found: Mapping[int, int],
    texts: tuple[Sequence[str], Sequence[str]],
) -> dict[int, int]:
    """Carry the lines between statements with the statement below, upwards line by line.

    What is below the last statement goes with that, downwards.
    """
    before, after = texts
    carried = dict(found)
    for step, order in ((1, reversed(lines)), (-1, iter(lines))):
        for line in order:
            beside = carried.get(line + step)
            if line in carried or line not in between or beside is None:
                continue
            place = beside - step
            if 0 < place <= len(after) and after[place - 1].strip() == before[line - 1].strip():
                carried[line] = place
    return carried


def _stretches(lines: range, found: Mapping[int, int]) -> Iterable[Stretch]:
    """Join neighbouring lines that are carried by the same distance, and those that are not."""
    first = lines.start
    for line in lines:
        ends = line + 1 == lines.stop
        if ends or _distance(found, line + 1) != _distance(found, line):
            yield Stretch(first, line, found.get(first))
            first = line + 1


def _distance(found: Mapping[int, int], line: int) -> int | None:
    return found[line] - line if line in found else None
