"""Where boxes, lines and labels of a map stand, in numbers.

A block takes the width that it is given, and its height follows. What goes through a frame does so
in its middle, from its upper edge to its lower one; lines that skip some steps go down at its right
side, in lanes for which the same room is kept at the left, so that all middles are in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from srcread.site.blocks import Block, Origin, Role
from srcread.site.maps.drawing.arrange import Arrangement, Fork, arrange, split, users
from srcread.site.maps.drawing.labels import (
    SMALL,
    Line,
    colour_of,
    head_of,
    lines_of,
)

GAP, PAD, HEAD, LANE, LINE = 16, 10, 26, 13, 14
GUTTER = 48  # between two stacks

_LEAST_COLUMN = 84
_SUM = 18
_TURN = 5  # the radius of a line's bend


class Box(NamedTuple):
    """A block's box: a leaf's, with lines in its middle, or a frame's, with a title at its head."""

    block: Block
    x: float
    y: float
    width: float
    height: float
    css: str
    lines: tuple[Line, ...]


class Wire(NamedTuple):
    """A line as an SVG path; its arrow's point and direction, if it has one."""

    path: str
    css: str = ""
    head: tuple[float, float, str] | None = None


class Label(NamedTuple):
    """A text beside a line; `anchor` is where its x stands: start, middle or end."""

    text: str
    x: float
    y: float
    anchor: str = "start"


Item = Box | Wire | Label


class Layout(NamedTuple):
    """All that is to be drawn, frames before what stands in them, and the whole's size."""

    width: float
    height: float
    items: tuple[Item, ...]


def lay_out(root: Block, width: float, words: tuple[str, str], returns: str) -> Layout:
    """Lay out a map in one column, or in two where it is two stacks and there is room."""
    page = _Page(words)
    place = split(root.steps) if width >= 2 * 280 + GUTTER else 0
    if place:
        height = _two_stacks(page, root, place, width, returns)
    else:
        height = _one_stack(page, root, width, returns)
    return Layout(width, height, tuple(page.items))


def _one_stack(page: _Page, root: Block, width: float, returns: str) -> float:
    first = root.inputs[0] if root.inputs else None
    page.say(width / 2, 14, f"{first.name} {first.shape}" if first else "", "middle")
    entry = first.origin if first else None
    bottom = page.series(root.steps, entry, (2, width - 4), 20, root.takes)
    return _ending(page, root, width / 2, bottom, returns)


def _two_stacks(page: _Page, root: Block, place: int, width: float, returns: str) -> float:
    """Draw two stacks side by side, with their ends at one height, and what goes over."""
    stacks = root.steps[:place], root.steps[place:]
    half = (width - GUTTER - 4) / 2
    lefts = (2.0, 2 + half + GUTTER)
    heights = [_Page(page.words).stack(steps, 0, half, 0) for steps in stacks]
    low = max(heights)
    for steps, left, height in zip(stacks, lefts, heights, strict=True):
        page.stack(steps, left, half, low - height)
    over = _over(page, stacks, lefts[0] + half / 2, lefts[1] - GUTTER / 2, low)
    return max(_ending(page, root, lefts[1] + half / 2, low, returns), over)


def _over(
    page: _Page,
    stacks: tuple[tuple[Block, ...], tuple[Block, ...]],
    middle: float,
    gutter: float,
    low: float,
) -> float:
    """Draw the line from the first stack's end to each block of the second that it goes into."""
    turn, bottom = _TURN, low + 14
    found = users(stacks[1], stacks[0])
    made = stacks[0][-1]
    for number, user in enumerate(found):
        x, y, _, height = page.boxes[user.number]
        at = y + height / 2
        start = (
            f"M{n(middle)} {n(low)}V{n(bottom - turn)}q0 {turn} {turn} {turn}H{n(gutter - turn)}"
        )
        rest = f"q{turn} 0 {turn} -{turn}V{n(at + turn)}q0 -{turn} {turn} -{turn}H{n(x - 5)}"
        page.wire(start + rest, "over", (x, at, "right"))
        if not number:
            given = {one.origin: one.name for one in stacks[1][0].inputs}
            name = given.get(made.number, "")
            page.say(middle + 8, bottom + 14, f"{name} {made.gives}")
    return bottom + 20


def _ending(page: _Page, root: Block, x: float, y: float, returns: str) -> float:
    page.wire(f"M{n(x)} {n(y)}V{n(y + 12)}", "", (x, y + 16, "down"))
    page.say(x, y + 30, f"{returns} {root.gives}", "middle")
    return y + 36


class _Page:
    """Gathers the items of a drawing, and where each block's box came to stand."""

    def __init__(self, words: tuple[str, str]) -> None:
        self.words = words
        self.items: list[Item] = []
        self.boxes: dict[int, tuple[float, float, float, float]] = {}

    def stack(self, steps: Sequence[Block], x: float, width: float, y: float) -> float:
        """Draw a stack with its input above it; return where it ends."""
        first = steps[0].inputs[0] if steps[0].inputs else None
        text = f"{first.origin} {first.shape}" if first else ""
        self.say(x + width / 2, y + 14, text, "middle")
        entry = first.origin if first else None
        return self.series(steps, entry, (x, width), y + 20, steps[0].takes)

    def series(
        self,
        steps: Sequence[Block],
        entry: Origin,
        across: tuple[float, float],
        y: float,
        shown: str,
    ) -> float:
        """Draw steps below each other from a height down; return where the last one ends.

        `across` is the left edge and the width. A shape stands at the line where it changes.
        """
        x, width = across
        arranged = arrange(steps, entry, int(width // _LEAST_COLUMN))
        room = LANE * arranged.lanes + (6 if arranged.lanes else 0)
        x, width = x + room, width - 2 * room
        middle, start, ends = x + width / 2, y, [y + 4]
        for row, fed in zip(arranged.rows, arranged.fed, strict=True):
            takes = row.takes if isinstance(row, Block) and row.role is not Role.SUM else ""
            y, shown = self._row(row, fed, (x, width), y, (takes, shown))
            ends.append(y + 4)
        self._skips(arranged, middle, x + width, [start + 4, *ends[1:]])
        return y

    def _row(
        self,
        row: Block | Fork,
        fed: bool,
        across: tuple[float, float],
        y: float,
        shapes: tuple[str, str],
    ) -> tuple[float, str]:
        """Draw one row and the line to it; return where it ends, and the shape shown last."""
        x, width = across
        takes, shown = shapes
        if isinstance(row, Fork):
            return self._fork(row, across, y), row.meeting.gives or row.meeting.takes or shown
        changed = bool(takes) and takes != shown
        top = y + GAP + (8 if changed else 0)
        middle = x + width / 2
        if not fed and row.steps and row.inputs and isinstance(row.inputs[0].origin, str):
            top, changed = top + 22, False
            self.say(middle, y + 20, f"{row.inputs[0].origin} {takes}", "middle")
            self.wire(f"M{n(middle)} {n(y + 26)}V{n(top)}")
        elif fed:
            head = None if row.steps else (middle, top, "down")
            self.wire(f"M{n(middle)} {n(y)}V{n(top if row.steps else top - 4)}", "", head)
        if changed and _fits(takes, width):
            self.say(middle + 7, (y + top) / 2 + 2, takes)
            shown = takes
        return top + self.block(row, x, top, width), shown

    def block(self, block: Block, x: float, y: float, width: float) -> float:
        """Draw a block and return its height."""
        if block.role is Role.SUM:
            left = x + (width - _SUM) / 2
            self._box(block, left, y, _SUM, _SUM, "sum", ())
            return _SUM
        if block.steps:
            return self._frame(block, x, y, width)
        lines = lines_of(block, width - 12, self.words)
        height = 12 + LINE * len(lines)
        self._box(block, x, y, width, height, colour_of(block), lines)
        return height

    def _frame(self, block: Block, x: float, y: float, width: float) -> float:
        place = len(self.items)
        lines = head_of(block, width - 18)
        is_short = lines == head_of(block, width / 2 - 14)
        css = "group" if block.role is Role.GROUP else "frame"
        entry = block.inputs[0].origin if block.inputs else None
        head = max(HEAD - GAP + LINE * (len(lines) - 1), 10 if block.times != 1 else 0)
        head += 0 if is_short else 12
        inner = (x + PAD, width - 2 * PAD)
        if is_short:  # else its title stands where the line would begin
            self.wire(f"M{n(x + width / 2)} {n(y)}V{n(y + head)}")
        bottom = self.series(block.steps, entry, inner, y + head, block.takes) + PAD
        last = block.steps[-1]
        if last.gives and block.gives not in (last.gives, last.takes, ""):
            self.say(x + width / 2 + 7, bottom, block.gives)
        self.wire(f"M{n(x + width / 2)} {n(bottom - PAD)}V{n(bottom)}")
        self.boxes[block.number] = (x, y, width, bottom - y)
        self.items.insert(place, Box(block, x, y, width, bottom - y, css, lines))
        return bottom - y

    def _fork(self, fork: Fork, across: tuple[float, float], y: float) -> float:
        """Draw branches side by side and lead them into the step in which they meet."""
        x, width = across
        gap, middle = 10, x + width / 2
        each = (width - gap * (len(fork.branches) - 1)) / len(fork.branches)
        ends = []
        for number, branch in enumerate(fork.branches):
            left = x + number * (each + gap)
            centre = left + each / 2
            self.wire(f"M{n(middle)} {n(y)}v6H{n(centre)}V{n(y + 12)}")
            entry = branch[0].inputs[0].origin if branch[0].inputs else None
            ends.append((centre, self.series(branch, entry, (left, each), y + 6, branch[0].takes)))
        low = max(end for _, end in ends) + 14
        is_sum = fork.meeting.role is Role.SUM
        at = low + _SUM / 2 if is_sum else low
        for centre, end in ends:
            self._joined(centre, end, middle, at, is_sum)
        if not is_sum:
            self.wire(f"M{n(middle)} {n(low)}V{n(low + 8)}", "", (middle, low + 12, "down"))
        top = low if is_sum else low + 12
        return top + self.block(fork.meeting, x, top, width)

    def _joined(self, centre: float, end: float, middle: float, at: float, is_sum: bool) -> None:
        if not is_sum:
            self.wire(f"M{n(centre)} {n(end)}V{n(at)}H{n(middle)}")
        elif centre == middle:
            self.wire(f"M{n(centre)} {n(end)}V{n(at - 13)}", "", (middle, at - 9, "down"))
        else:
            side, way = (-1, "right") if centre < middle else (1, "left")
            point = middle + side * 9
            self.wire(f"M{n(centre)} {n(end)}V{n(at)}H{n(point + side * 4)}", "", (point, at, way))

    def _skips(
        self, arranged: Arrangement, middle: float, right: float, ends: Sequence[float]
    ) -> None:
        """Draw the lines that skip rows, each down its lane and into the right side of its end."""
        turn = _TURN
        for skip in arranged.skips:
            row = arranged.rows[skip.target]
            target = row.meeting if isinstance(row, Fork) else row
            x, y, width, height = self.boxes[target.number]
            lane, at = right + 8 + LANE * skip.lane, y + min(height / 2, 16)
            begin = ends[skip.source + 1]
            start = f"M{n(middle)} {n(begin)}H{n(lane - turn)}q{turn} 0 {turn} {turn}"
            rest = f"V{n(at - turn)}q0 {turn} -{turn} {turn}H{n(x + width + 4)}"
            self.wire(start + rest, "", (x + width, at, "left"))

    def _box(
        self,
        block: Block,
        x: float,
        y: float,
        width: float,
        height: float,
        css: str,
        lines: tuple[Line, ...],
    ) -> None:
        self.boxes[block.number] = (x, y, width, height)
        self.items.append(Box(block, x, y, width, height, css, lines))

    def wire(self, path: str, css: str = "", head: tuple[float, float, str] | None = None) -> None:
        """Add a line."""
        self.items.append(Wire(path, css, head))

    def say(self, x: float, y: float, text: str, anchor: str = "start") -> None:
        """Add a label, if there is something to say."""
        if text.strip():
            self.items.append(Label(text.strip(), x, y, anchor))


def _fits(text: str, width: float) -> bool:
    """Tell whether a text has room at the right of a middle line."""
    return 7 + len(text) * SMALL <= width / 2 + PAD + 2


def n(value: float) -> str:
    """Write a number in as few letters as it needs."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
