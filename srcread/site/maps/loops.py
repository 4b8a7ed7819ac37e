"""Loops over modules: how often a body ran alike, and what the list is called.

    for layer in self.layers:         two rounds alike are one block, called `layers`;
        x = layer(x)                  a first round that differs stands before it

A run's calls are kept by place, in order. Where each place of a body has one call a round, they are
put together again to rounds; where not, as under an `if`, each place stands for itself, in order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import groupby

from srcread.site.maps.run import Activation

Calls = Mapping[ast.expr, tuple[int, int]]
"""For each call of a loop's body the activation of one round, with a count of one."""

_MOST_ROUNDS = 10_000


def rounds(activation: Activation, node: ast.For | ast.While) -> list[tuple[int, Calls]]:
    """Return the rounds of a loop in order, equal ones in a row as one with their number.

    The number is 0 where nobody ran it.
    """
    sites = {call: activation.calls_at(call) for call in _calls(node)}
    worked = {call: counted for call, counted in sites.items() if counted}
    if activation.static:
        return [(0, {})]
    counts = {sum(count for _, count in counted) for counted in worked.values()}
    if len(counts) != 1 or max(counts) > _MOST_ROUNDS or _has_loop(node):
        return [(1, {})]
    one_by_one = [
        [number for number, n in counted for _ in range(n)] for counted in worked.values()
    ]
    return [
        (len(list(same)), dict(zip(worked, ((number, 1) for number in cases), strict=True)))
        for cases, same in groupby(zip(*one_by_one, strict=True))
    ]


def aliases(target: ast.expr, iterated: ast.expr) -> dict[str, str]:
    """Return what a loop's variables are called by the lists that they go through.

    For example, of `for i, layer in enumerate(self.layers)` it is `layer`: `self.layers`.
    """
    match target, iterated:
        case ast.Tuple(elts=[_, inner]), ast.Call(func=ast.Name(id="enumerate"), args=[over, *_]):
            return aliases(inner, over)
        case ast.Tuple(elts=parts), ast.Call(func=ast.Name(id="zip"), args=lists):
            pairs = zip(parts, lists, strict=False)
            return {name: text for pair in pairs for name, text in aliases(*pair).items()}
        case ast.Tuple(elts=[_, inner]), ast.Call(func=ast.Attribute(value=over, attr="items")):
            return aliases(inner, over)
        case ast.Name(id=name), ast.Call(func=ast.Name(), args=[over, *_]):
            return aliases(ast.Name(name), over)
        case ast.Name(id=name), ast.Attribute() | ast.Name() | ast.Subscript():
            return {name: ast.unparse(iterated)}
    return {}


def _calls(node: ast.For | ast.While) -> Iterator[ast.Call]:
    for statement in node.body:
        for one in ast.walk(statement):
            if isinstance(one, ast.Call):
                yield one


def _has_loop(node: ast.For | ast.While) -> bool:
    kinds = (ast.For, ast.While, ast.comprehension)
    return any(isinstance(one, kinds) for part in node.body for one in ast.walk(part))
