"""The map of a model as data: nested blocks, each with what goes in, and how often it runs.

For example, `x = x + self.dropout(self.attn(x))` is three blocks in series: the module `attn`, the
module `dropout`, and a sum whose inputs are `dropout` and whatever made `x`. The second input is
the residual line. Nothing here says where a block stands in a drawing.

Left out: what a value was beyond its shape, and operators that only change a shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple

Origin = int | str | None
"""What made a value: a block's number, the name of an input of the whole, or unknown."""


class Role(Enum):
    """What a block stands for."""

    MODULE = "module"
    """One call of a module's `forward`."""
    GROUP = "group"
    """A function or a loop that calls modules."""
    OPERATOR = "operator"
    """A function or an operator without modules below it."""
    SUM = "sum"
    """An addition of two values that different blocks made."""
    FOLD = "fold"
    """Blocks that are left out of the map; `kind` counts them."""


class Input(NamedTuple):
    """What goes into a block: the name of its parameter, what made it, its shape."""

    name: str
    origin: Origin
    shape: str


class Block(NamedTuple):
    """One part of a model. `times` is how often it runs in a row, 0 where that is not known.

    `name` is the caller's for it (`self_attn`), `kind` that of its class or operator. `takes` and
    `gives` are shapes. `condition` is the test that it stands under, of a map that no run made.
    `instead` names the blocks whose place a fused one takes. `paths` are those of the objects, as
    in `layers.0.norm`, where the trace tells them and they can be no other's.
    """

    number: int
    role: Role
    name: str = ""
    kind: str = ""
    symbol: str = ""
    times: int = 1
    takes: str = ""
    gives: str = ""
    inputs: tuple[Input, ...] = ()
    steps: tuple[Block, ...] = ()
    operators: tuple[str, ...] = ()
    condition: str = ""
    instead: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class ModelMap(NamedTuple):
    """A model as one scenario ran it, or as its source reads, where `scenario` is empty.

    `unseen` counts calls of modules that the recorder did not see, by class.
    """

    root: Block
    scenario: str = ""
    unseen: tuple[tuple[str, int], ...] = ()


def every_block(block: Block) -> Iterator[Block]:
    """Yield a block and all below it, in the order of the run."""
    yield block
    for step in block.steps:
        yield from every_block(step)


def leaves(block: Block) -> Iterator[Block]:
    """Yield the blocks that have none below them, each as often as it runs.

    Where a number is not known, it counts as one.
    """
    for _ in range(max(block.times, 1)):
        if not block.steps:
            yield block
        for step in block.steps:
            yield from leaves(step)


def map_json(shown: ModelMap) -> list[Any]:
    """Return a map in lists that `json` can write."""
    return [_block_json(shown.root), shown.scenario, shown.unseen]


def map_of(values: Sequence[Any]) -> ModelMap:
    """Read a map from what `map_json` returned.

    Raises:
        ValueError, TypeError, IndexError: these are no such lists.
    """
    root, scenario, unseen = values
    return ModelMap(_block_of(root), scenario, tuple((name, count) for name, count in unseen))


def _block_json(block: Block) -> list[Any]:
    steps = [_block_json(step) for step in block.steps]
    return list({**block._asdict(), "role": block.role.value, "steps": steps}.values())


def _block_of(values: Sequence[Any]) -> Block:
    block = Block(*values)
    return block._replace(
        role=Role(block.role),
        inputs=tuple(Input(*given) for given in block.inputs),
        steps=tuple(map(_block_of, block.steps)),
        operators=tuple(block.operators),
        instead=tuple(block.instead),
        paths=tuple(block.paths),
    )
