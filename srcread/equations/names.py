"""The names of an equation that must stand in the code: none of its own, none of the vocabulary.

For example, of `y = sum(w[i] * x for i in range(n))` these are `w`, `x` and `n`; `y` is named on
the left, `i` by the sum, and `sum` and `range` are words of any equation.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from srcread.equations.syntax import Equation
from srcread.equations.vocabulary import CONSTANTS, word_of


@dataclass(frozen=True, slots=True)
class Used:
    """A name as it stands in an equation: dotted where attributes are asked for."""

    name: str
    node: ast.expr


def free_names(equation: Equation) -> tuple[Used, ...]:
    """Return the names that an equation uses and does not bring, in the order of its text."""
    own = set(own_names(equation))
    sides = (*_slices(equation.target), equation.value)
    found = [one for side in sides for one in _used(side, own)]
    return tuple(sorted(found, key=lambda one: (one.node.lineno, one.node.col_offset)))


def own_names(equation: Equation) -> Iterator[str]:
    """Yield the names that an equation brings: its indices, those of its sums."""
    yield from indices(equation.target)
    for node in ast.walk(equation.value):
        if isinstance(node, ast.comprehension):
            yield from (one.id for one in ast.walk(node.target) if isinstance(one, ast.Name))


def indices(target: ast.expr | None) -> tuple[str, ...]:
    """Return the names in the square brackets of a left side: `mask[i, j]` is said of all i, j.

    Those in a slice are none: `x[:d]` is said of x as far as d.
    """
    places = [one for one in _places(target) if not isinstance(one, ast.Slice)]
    nodes = (node for one in places for node in ast.walk(one))
    return tuple(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))


def declared_names(equations: Iterable[Equation]) -> set[str]:
    """Return the names that stand on a left side; of `self.scale` it is `scale` as well."""
    names = {part for one in equations for part in one.name.split(", ") if part}
    return names | {name.rpartition(".")[2] for name in names}


def definition(name: str, equation: Equation, fence: Iterable[Equation]) -> Equation | None:
    """Return the one other equation of a fence that has a name alone on its left side."""
    found = [one for one in fence if one is not equation and isinstance(one.target, ast.Name)]
    defining = [one for one in found if one.name == name]
    return defining[0] if len(defining) == 1 else None


def needed_names(
    equation: Equation, fence: Sequence[Equation], given: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the names whose values an equation needs, beside those that its fence defines.

    For example, of `y = x / d` behind `d = x.shape[-1]` it is `x` alone.
    """
    found: dict[str, None] = {}
    waiting, seen = [equation], {equation.text}
    while waiting:
        one = waiting.pop()
        for used in free_names(one):
            name = used.name.partition(".")[0]
            other = None if name in given else definition(name, one, fence)
            if other is None:
                found[name] = None
            elif other.text not in seen:
                seen.add(other.text)
                waiting.append(other)
    return tuple(found)


def dotted(node: ast.expr) -> str | None:
    """Return `a.b.c` for a name with attributes, None for all else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value)
            return f"{before}.{attr}" if before else None
    return None


def _places(target: ast.expr | None) -> Sequence[ast.expr]:
    match target:
        case ast.Subscript(slice=ast.Tuple(elts=places)):
            return places
        case ast.Subscript(slice=place):
            return (place,)
    return ()


def _slices(target: ast.expr | None) -> Sequence[ast.expr]:
    return [one for one in _places(target) if isinstance(one, ast.Slice)]


def _used(node: ast.expr, own: set[str]) -> Iterator[Used]:
    """Yield each name with its attributes; a word of the vocabulary is one where it is called."""
    name = dotted(node)
    if name is not None:
        if name.partition(".")[0] not in own and word_of(name) not in CONSTANTS:
            yield Used(name, node)
        return
    for child in _parts(node):
        yield from _used(child, own)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.expr():
                called = isinstance(node, ast.Call) and child is node.func
                if not (called and word_of(dotted(child) or "")):
                    yield child
            case ast.keyword(value=value):
                yield value
            case ast.comprehension(iter=iterated, ifs=tests):
                yield from (iterated, *tests)
