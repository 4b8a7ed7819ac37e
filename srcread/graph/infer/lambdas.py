"""Lambdas as functions: each gets a definition `….<lambda>`, and from there on is like any other.

Lambdas of one block are named in the order in which they stand, `<lambda>~2` and so on, whichever
is asked for first; those inside another lambda are named below it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.index import Defined, Module
from srcread.index.bindings import Inner
from srcread.index.parse import LAMBDA, as_function

_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Placed:
    """A lambda's definition, and the comprehensions in which it stands, outermost first."""

    node: ast.Lambda
    defined: Defined
    inside: tuple[Inner, ...]


class Lambdas:
    """Finds the lambdas of a block, and gives each its definition."""

    def __init__(self) -> None:
        self._blocks: dict[int, list[Placed]] = {}

    def of(self, module: Module, owner: Defined | None) -> list[Placed]:
        """Return the lambdas of a module, class or function, those of inner functions not."""
        key = id(owner or module)
        if key not in self._blocks:
            self._blocks[key] = _placed(module, owner)
        return self._blocks[key]

    def find(self, module: Module, owner: Defined | None, node: ast.Lambda) -> Defined | None:
        """Return the definition of a lambda; None where it stands in no statement of the block."""
        return next((item.defined for item in self.of(module, owner) if item.node is node), None)

    def around(self, defined: Defined) -> tuple[Inner, ...]:
        """Return the comprehensions in which a function stands: none unless it is a lambda."""
        if defined.node.name != LAMBDA:
            return ()
        placed = self.of(defined.module, defined.owner)
        return next((item.inside for item in placed if item.defined is defined), ())


def _placed(module: Module, owner: Defined | None) -> list[Placed]:
    """Define a block's lambdas, once for a parsed file: a later walk finds them there."""
    if owner is None:
        known, prefix, body = module.definitions, f"{module.name}.", module.tree.body
    else:
        known, body = owner.inner(), owner.node.body
        prefix = f"{owner.name}{'.' if isinstance(owner.node, ast.ClassDef) else '.<locals>.'}"
    nodes = sorted(_lambdas(body, ()), key=lambda pair: (pair[0].lineno, pair[0].col_offset))
    placed = []
    for number, (node, inside) in enumerate(nodes, 1):
        name = prefix + LAMBDA + (f"~{number}" if number > 1 else "")
        if name not in known:
            known[name] = Defined(name, as_function(node), module, owner)
        placed.append(Placed(node, known[name], inside))
    return placed


def _lambdas(
    nodes: list[ast.stmt], inside: tuple[Inner, ...]
) -> Iterator[tuple[ast.Lambda, tuple[Inner, ...]]]:
    """Yield the lambdas below some nodes; without recursion, for expressions nest deeply."""
    waiting: list[tuple[ast.AST, tuple[Inner, ...]]] = [(node, inside) for node in nodes]
    while waiting:
        node, around = waiting.pop()
        match node:
            case ast.Lambda():
                yield node, around
                defaults = [*node.args.defaults, *node.args.kw_defaults]
                waiting += [(default, around) for default in defaults if default is not None]
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                parts = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
                waiting += [(part, around) for part in parts if part is not None]
            case ast.ClassDef():
                waiting += [(part, around) for part in (*node.decorator_list, *node.bases)]
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                waiting += _in_comprehension(node, around)
            case _:
                waiting += [(child, around) for child in ast.iter_child_nodes(node)]


def _in_comprehension(
    node: _COMPREHENSIONS, around: tuple[Inner, ...]
) -> list[tuple[ast.AST, tuple[Inner, ...]]]:
    """Return a comprehension's parts: what it goes through first belongs to the block around."""
    first = node.generators[0].iter
    inner = (*around, node)
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    parts += [test for generator in node.generators for test in generator.ifs]
    parts += [generator.iter for generator in node.generators[1:]]
    return [(first, around), *((part, inner) for part in parts)]
