"""Which steps of a block stand in a row, which side by side, and which lines skip some.

    shortcut(x) · conv(x) · norm(conv) · +(shortcut, norm)    two branches, which meet in the sum
    norm(x) · attn(norm) · +(x, attn)                         a row, and a line from x to the sum

Steps are branches where each begins with something else than the step before it, and where all of
their ends go into one step. Lines that would cross stand in lanes of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from srcread.site.blocks import Block, Origin, Role
from srcread.site.maps.flow import numbers_of


class Fork(NamedTuple):
    """Branches that stand side by side, and the step in which they meet."""

    branches: tuple[tuple[Block, ...], ...]
    meeting: Block


class Skip(NamedTuple):
    """A line past some rows: from behind one, -1 for what comes in, to another; in which lane."""

    source: int
    target: int
    lane: int


class Arrangement(NamedTuple):
    """The rows of a block; `fed` tells of each whether the row before goes into it."""

    rows: tuple[Block | Fork, ...]
    fed: tuple[bool, ...]
    skips: tuple[Skip, ...]
    lanes: int


def arrange(steps: Sequence[Block], entry: Origin, columns: int) -> Arrangement:
    """Arrange the steps of a block that `entry` comes into, with at most so many side by side."""
    rows = _rows(steps, columns)
    made = [frozenset(_made(row)) for row in rows]
    fed = [True, *(bool(_taken(row) & before) for row, before in zip(rows[1:], made, strict=False))]
    skips = []
    for target, row in enumerate(rows):
        if target and isinstance(row, Block):
            skips += _skips(row, target, entry, made)
    placed, lanes = _lanes(skips)
    return Arrangement(tuple(rows), tuple(fed), placed, lanes)


def split(steps: Sequence[Block]) -> int:
    """Return where steps fall apart into two stacks that begin apart, as encoder and decoder do.

    It is 0 where they do not: where nothing of the first goes into the second, or there are more.
    """
    places = [
        place
        for place, (before, step) in enumerate(pairwise(steps), 1)
        if step.inputs and isinstance(step.inputs[0].origin, str) and not is_fed(step, before)
    ]
    if len(places) != 1:
        return 0
    stacks = steps[: places[0]], steps[places[0] :]
    have_frames = all(any(step.steps for step in stack) for stack in stacks)
    return places[0] if have_frames and users(stacks[1], stacks[0]) else 0


def users(steps: Sequence[Block], sources: Sequence[Block]) -> list[Block]:
    """Return the innermost blocks that are given what one of the sources made, each once."""
    made = {number for source in sources for number in numbers_of(source)}
    found = []
    for step in steps:
        if step.steps:
            found += users(step.steps, sources)
        elif any(one.origin in made for one in step.inputs):
            found.append(step)
    return found


def is_fed(step: Block, before: Block) -> bool:
    """Tell whether what a block made is what another begins with; what comes aside is not."""
    return bool(_taken(step) & set(numbers_of(before)))


def _rows(steps: Sequence[Block], columns: int) -> list[Block | Fork]:
    rows: list[Block | Fork] = []
    start = 0
    for place, step in enumerate(steps):
        branches = _branches(steps[start:place], step, columns)
        if branches:
            whole = sum(map(len, branches))
            del rows[len(rows) - whole :]
            rows.append(Fork(branches, step))
            start = place + 1
        else:
            rows.append(step)
    return rows


def _branches(
    steps: Sequence[Block], meeting: Block, columns: int
) -> tuple[tuple[Block, ...], ...]:
    """Return the chains just before a step that all go into it; none where there is only one."""
    wanted = {one.origin for one in meeting.inputs if isinstance(one.origin, int)}
    found: list[tuple[Block, ...]] = []
    end = len(steps)
    while end and len(found) < columns and wanted & set(numbers_of(steps[end - 1])):
        start = end - 1
        while start and is_fed(steps[start], steps[start - 1]):
            start -= 1
        found.insert(0, tuple(steps[start:end]))
        end = start
    inner = {number for chain in found for step in chain for number in numbers_of(step)}
    apart = all(not (_taken(step) & inner) for chain in found for step in chain[:1])
    return tuple(found) if len(found) > 1 and apart else ()


def _skips(
    step: Block, target: int, entry: Origin, made: Sequence[frozenset[int]]
) -> list[tuple[int, int]]:
    """Return the lines into a step that do not come from the row before it."""
    found: dict[tuple[int, int], None] = {}
    is_fed_already = bool(_taken(step) & made[target - 1])
    for one in step.inputs:
        source = next((row for row, numbers in enumerate(made) if one.origin in numbers), -1)
        comes_in = source == -1 and one.origin == entry and entry is not None
        is_told = bool(step.steps) and isinstance(one.origin, str)  # by a label above it
        wanted = step.role is Role.SUM or not (is_fed_already or is_told)
        if 0 <= source < target - 1 or (comes_in and wanted):
            found[source, target] = None
    return list(found)


def _lanes(skips: Sequence[tuple[int, int]]) -> tuple[tuple[Skip, ...], int]:
    """Give each line the innermost lane in which no other is beside it."""
    taken: list[list[tuple[int, int]]] = []
    placed = []
    for source, target in sorted(skips, key=lambda skip: skip[1] - skip[0]):
        free = (
            number
            for number, spans in enumerate(taken)
            if all(target <= start or source >= end for start, end in spans)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((source, target))
        placed.append(Skip(source, target, lane))
    return tuple(sorted(placed)), len(taken)


def _made(row: Block | Fork) -> list[int]:
    if isinstance(row, Fork):
        return [*numbers_of(row.meeting)]
    return [*numbers_of(row)]


def _taken(row: Block | Fork) -> set[Origin]:
    if isinstance(row, Fork):
        return {origin for chain in row.branches for origin in _taken(chain[0])}
    if row.role in (Role.SUM, Role.OPERATOR):
        return {one.origin for one in row.inputs}
    return {one.origin for one in row.inputs[:1]}
