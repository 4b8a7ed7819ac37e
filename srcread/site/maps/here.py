"""The small map on a function's page: the model's blocks in a row, and where it is among them.

It is the map of the outline, turned on its side, without words: blocks nested in frames from left
to right as they ran. The page has it in itself, a few hundred bytes, because a file of its own
would be one request too many. A function that is no block stands in the one that calls it first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from srcread.site.blocks import Block, ModelMap, Role
from srcread.site.maps.drawing.labels import colour_of
from srcread.site.maps.drawing.plain import plain

_LEAF, _TALL, _GAP, _PAD = 11, 24, 4, 5
_MOST = 48  # blocks in a row; of more, those further down are left out

_PLACES = 3


class Frame(NamedTuple):
    """A block's place: its corner and size, and whether blocks are drawn in it."""

    x: int
    y: int
    width: int
    height: int
    holds: bool


class Here(NamedTuple):
    """A small map: its size, outlines by their class, marked places, and these in words."""

    width: int
    height: int
    paths: tuple[tuple[str, str], ...]
    marked: tuple[Frame, ...]
    names: tuple[str, ...]


class SmallMap:
    """A map laid out once for all pages of a tour."""

    def __init__(self, shown: ModelMap) -> None:
        root = plain(shown.root, static=not shown.scenario).root
        root = next((one for one in _cuts(root) if _count(one) <= _MOST), root._replace(steps=()))
        self._frames: dict[str, list[tuple[Frame, str]]] = {}
        self._outlines: dict[str, list[str]] = {}
        width, self._height = _size(root)
        self._width = width
        self._lay(root, 0, ())

    @property
    def symbols(self) -> frozenset[str]:
        """The functions that are blocks."""
        return frozenset(self._frames)

    def here(self, symbol: str) -> Here:
        """Return the map with all blocks marked that are this function."""
        found = self._frames[symbol]
        paths = tuple((css, "".join(parts)) for css, parts in sorted(self._outlines.items()))
        return Here(
            self._width + 1,
            self._height + 1,
            paths,
            tuple(frame for frame, _ in found),
            tuple(dict.fromkeys(name for _, name in found))[:_PLACES],
        )

    def _lay(self, block: Block, x: int, above: tuple[str, ...]) -> None:
        width, height = _size(block)
        y = (self._height - height) // 2
        names = (*above, block.name or block.kind)
        frame = Frame(x, y, width, height, bool(_drawn(block)))
        if block.symbol:
            self._frames.setdefault(block.symbol, []).append((frame, " / ".join(names)))
        css = "" if frame.holds else f"head {colour_of(block)}".strip()
        outline = f"M{x + 0.5:g} {y + 0.5:g}h{width}v{height}h-{width}z"
        self._outlines.setdefault(css, []).append(outline)
        x += _PAD
        for step in _drawn(block):
            self._lay(step, x, names)
            x += _size(step)[0] + _GAP


def places(
    maps: Sequence[ModelMap], pages: Sequence[str], callers: Mapping[str, str | None]
) -> dict[str, Here]:
    """Return for each page that a block of the first map leads to, where that is."""
    small = SmallMap(maps[0]) if maps else None
    if small is None or len(small.symbols) < 2:
        return {}
    known: dict[str, Here] = {}
    found: dict[str, Here] = {}
    for page in pages:
        block = block_of(page, small.symbols, callers)
        if block:
            found[page] = known[block] = known.get(block) or small.here(block)
    return found


def block_of(page: str, symbols: frozenset[str], callers: Mapping[str, str | None]) -> str:
    """Return the block that a function is, or that calls it; nothing where none does.

    `callers` are those by which functions are first reached. What makes a module is where it runs.
    """
    name: str | None = page
    if page.endswith(".__init__") and page not in symbols:
        name = f"{page.removesuffix('__init__')}forward"
        return name if name in symbols else ""
    known = set[str]()
    while name is not None and name not in symbols and name not in known:
        known.add(name)
        name = callers.get(name)
    return name if name is not None and name in symbols else ""


def _drawn(block: Block) -> list[Block]:
    return [step for step in block.steps if step.role is not Role.SUM]


def _count(block: Block) -> int:
    return sum(map(_count, _drawn(block))) if _drawn(block) else 1


def _size(block: Block) -> tuple[int, int]:
    inside = [_size(step) for step in _drawn(block)]
    if not inside:
        return _LEAF, _TALL
    width = sum(width for width, _ in inside) + _GAP * (len(inside) - 1)
    return width + 2 * _PAD, max(height for _, height in inside) + 2 * _PAD


def _cuts(root: Block) -> Iterator[Block]:
    """Yield a map with ever fewer floors."""
    depth = _depth(root)
    while depth > 0:
        yield _cut(root, depth)
        depth -= 1


def _depth(block: Block) -> int:
    return 1 + max(map(_depth, block.steps), default=0)


def _cut(block: Block, depth: int) -> Block:
    steps = tuple(_cut(step, depth - 1) for step in block.steps) if depth > 1 else ()
    return block._replace(steps=steps)
