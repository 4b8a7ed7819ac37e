"""Lambdas as functions: each gets a definition `….<lambda>`, and from there on is like any other.

Lambdas of one block are named in the order in which they stand, `<lambda>~2` and so on, whichever
is asked for first; those inside another lambda are named below it.

For example, `sorted(xs, key=lambda x: x.size)` in `def run` of model.py: the lambda is the function
`model.run.<locals>.<lambda>`, and a second one further down in `run`
`model.run.<locals>.<lambda>~2`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from srcread.index import Defined, Module
from srcread.index.block.bindings import Inner
from srcread.index.trees import BODY, LAMBDA, as_function


@dataclass(frozen=True, slots=True)
class Placed:
    """A lambda's definition, and the comprehensions in which it stands, outermost first."""

    node: ast.Lambda
    defined: Defined
    inside: tuple[Inner, ...]


class Lambdas:
    """Finds the lambdas of a block, and gives each its definition."""

    def __init__(self) -> None:
        self._blocks: dict[int, dict[int, Placed]] = {}
        self._by_definition: dict[int, Placed] = {}

    def of(self, module: Module, owner: Defined | None) -> Iterable[Placed]:
        """Return the lambdas of a module, class or function, those of inner functions not."""
        return self._block(module, owner).values()

    def find(self, module: Module, owner: Defined | None, node: ast.Lambda) -> Defined | None:
        """Return the definition of a lambda; None where it stands in no statement of the block."""
        placed = self._block(module, owner).get(id(node))
        return placed.defined if placed is not None else None

    def around(self, defined: Defined) -> tuple[Inner, ...]:
        """Return the comprehensions in which a function stands: none unless it is a lambda."""
        if defined.node.name != LAMBDA:
            return ()
        self._block(defined.module, defined.owner)
        placed = self._by_definition.get(id(defined))
        return placed.inside if placed is not None else ()

    def _block(self, module: Module, owner: Defined | None) -> dict[int, Placed]:
        """Return a block's lambdas by their nodes: one function may hold thousands."""
        if owner is not None and owner.node.name == BODY:
            owner = None
        key = id(owner or module)
        if key not in self._blocks:
            placed = _placed(module, owner)
            self._blocks[key] = {id(item.node): item for item in placed}
            self._by_definition.update((id(item.defined), item) for item in placed)
        return self._blocks[key]


def _placed(module: Module, owner: Defined | None) -> list[Placed]:
    """Define a block's lambdas, once for a parsed file: a later walk finds them there."""
    if owner is None:
        known, prefix, scope = module.definitions, f"{module.name}.", module.whole_scope
    else:
        known, scope = owner.inner(), owner.scope
        prefix = f"{owner.name}{'.' if isinstance(owner.node, ast.ClassDef) else '.<locals>.'}"
    nodes = sorted(scope.lambdas, key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    placed = []
    for number, (node, inside) in enumerate(nodes, 1):
        name = prefix + LAMBDA + (f"~{number}" if number > 1 else "")
        if name not in known:
            known[name] = Defined(name, as_function(node), module, owner)
        placed.append(Placed(node, known[name], inside))
    return placed
