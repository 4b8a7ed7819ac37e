"""Leaves out of a picture what says nothing there; the list beside the picture has all of it.

A module that ran nothing but a dropout is not drawn, nor one that ran nothing, nor the frame of a
function that calls a single module. What they made comes from what went into them.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from srcread.site.blocks import Block, Origin, Role


class Plain(NamedTuple):
    """What is drawn of a map, and how many modules are not, by their class."""

    root: Block
    hidden: tuple[tuple[str, int], ...]


def plain(root: Block, *, static: bool) -> Plain:
    """Return what of a map is drawn. Of a static one an empty module is only not known."""
    sweep = _Sweep(static)
    steps = sweep.kept(root.steps)
    moved = root._replace(steps=tuple(map(sweep.moved, steps)))
    return Plain(moved, tuple(sorted(sweep.hidden.items())))


class _Sweep:
    """Remembers where the lines of what is left out go on."""

    def __init__(self, static: bool) -> None:
        self.hidden = Counter[str]()
        self._static = static
        self._from: dict[int, Origin] = {}

    def kept(self, steps: tuple[Block, ...]) -> tuple[Block, ...]:
        found: list[Block] = []
        for step in steps:
            below = self.kept(step.steps)
            if self._says_nothing(step):
                self.hidden[step.kind] += 1
                self._from[step.number] = step.inputs[0].origin if step.inputs else None
            elif step.role is Role.GROUP and not below and step.steps:
                self._from[step.number] = step.inputs[0].origin if step.inputs else None
            elif step.role is Role.GROUP and len(below) == 1 and _is_bare(step):
                self._from[step.number] = below[0].number
                found.append(below[0])
            else:
                found.append(step._replace(steps=below))
        return tuple(found)

    def moved(self, block: Block) -> Block:
        inputs = tuple(one._replace(origin=self._origin(one.origin)) for one in block.inputs)
        return block._replace(inputs=inputs, steps=tuple(map(self.moved, block.steps)))

    def _origin(self, origin: Origin) -> Origin:
        while isinstance(origin, int) and origin in self._from:
            origin = self._from[origin]
        return origin

    def _says_nothing(self, block: Block) -> bool:
        if block.role is not Role.MODULE or block.steps:
            return False
        only_dropout = all("dropout" in name for name in block.operators)
        return only_dropout and (bool(block.operators) or not self._static)


def _is_bare(block: Block) -> bool:
    return block.times == 1 and not block.condition
