"""Folds what is too much for one picture: long series in their middle, depths below a limit.

A model of 3,000 layers that are all different is a series of as many blocks: the first ones, `2,977
more`, and the last ones say the same. What is folded is counted, never dropped.
"""

from __future__ import annotations

from srcread.site.blocks import Block, Role, every_block

MOST_BLOCKS = 160

_MOST_STEPS = 28
_FIRST, _LAST = 18, 3
_DEEPEST = 40


def folded(root: Block, most: int = MOST_BLOCKS) -> Block:
    """Return a map of at most so many blocks, as deep as these reach."""
    root = _shortened(root)
    for depth in range(_DEEPEST, 0, -1):
        cut = _cut(root, depth)
        if depth == 1 or sum(1 for _ in every_block(cut)) <= most:
            return cut
    return root


def _shortened(block: Block) -> Block:
    steps = block.steps
    if len(steps) > _MOST_STEPS:
        left_out = steps[_FIRST:-_LAST]
        steps = (*steps[:_FIRST], _fold(left_out), *steps[-_LAST:])
    return block._replace(steps=tuple(map(_shortened, steps)))


def _cut(block: Block, depth: int) -> Block:
    if not block.steps:
        return block
    if depth == 0:
        return block._replace(steps=(_fold(block.steps),))
    return block._replace(steps=tuple(_cut(step, depth - 1) for step in block.steps))


def _fold(steps: tuple[Block, ...]) -> Block:
    """Return the block that stands for others; its number is the last one's, whose lines go on."""
    count = sum(_count(step) for step in steps)
    return Block(steps[-1].number, Role.FOLD, kind=str(count), inputs=steps[0].inputs)


def _count(block: Block) -> int:
    if block.role is Role.FOLD:
        return int(block.kind)
    return 1 + sum(map(_count, block.steps))
