"""The order of reading: what runs at a call first, what made its objects after that.

A reader of a model asks what happens in `forward`; which layers there are is a second question,
asked of `__init__` and all that only constructors call. So functions are met depth-first, each at
the first call under which it may open (`tree`), along all calls but those that make objects; then
the constructors, in the order in which they were met, and what they call.

For example, an entry `Model` whose `__init__` makes a `Block` and whose `forward` calls it:
`Model.forward`, `Block.forward`, then `Model.__init__`, `Block.__init__`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from srcread.graph.tree import openers
from srcread.model import Edge, EdgeKind

_MAKING = ("__new__", "__init__", "__post_init__")


class FirstReach(NamedTuple):
    """A function with the one from which it is first reached, None for where reading begins.

    `makes` tells that it is a constructor, or is reached only through one.
    """

    parent: str | None
    name: str
    makes: bool


def in_reading_order(
    roots: Iterable[str], calls: Mapping[str, Sequence[Edge]]
) -> Iterator[FirstReach]:
    """Yield the functions below some roots, each once, callees in the order of their calls.

    `calls` maps each function that is to be yielded to its calls, by place.
    """
    order: dict[str, None] = {}
    made: dict[str, None] = {}
    plain = [root for root in roots if root in calls]
    opening = openers(plain, calls)
    made.update((root, None) for root in plain if makes_objects(root))
    for root in (root for root in plain if root not in made):
        yield from _below(root, calls, order, made, opening)
    for root in list(made):
        yield from _below(root, calls, order, None, opening)
    for name in list(order):
        for edge in calls[name]:  # what opens nowhere, but is called
            if edge.callee is not None and edge.callee in calls:
                yield from _below(edge.callee, calls, order, None)


def in_call_order(entries: Sequence[str], calls: Mapping[str, Sequence[Edge]]) -> Iterator[str]:
    """Yield the functions below some entries as a run comes by: constructors where they are called.

    Of a class that is an entry its constructor comes first.
    """
    roots: list[str] = []
    for _, of_class in groupby(entries, key=lambda name: name.rpartition(".")[0]):
        roots += sorted(of_class, key=makes_objects, reverse=True)
    order: dict[str, None] = {}
    for root in roots:
        if root in calls:
            yield from (reach.name for reach in _below(root, calls, order, None))


def makes_objects(name: str) -> bool:
    """Tell whether a function is a constructor, by its name."""
    return name.rpartition(".")[2].partition("~")[0] in _MAKING


def _below(
    root: str,
    calls: Mapping[str, Sequence[Edge]],
    order: dict[str, None],
    made: dict[str, None] | None,
    opening: Container[Edge] | None = None,
) -> Iterator[FirstReach]:
    """Yield what is below a root; where constructors are `made` later, note these.

    Functions are met along the edges that are `opening` one, or along all.
    """
    stack: list[tuple[str | None, str]] = [(None, root)]
    while stack:
        parent, name = stack.pop()
        if name in order:
            continue
        order[name] = None
        yield FirstReach(parent, name, made is None)
        below: list[tuple[str | None, str]] = []
        for edge in calls[name]:
            if edge.callee not in calls or (opening is not None and edge not in opening):
                continue
            assert edge.callee is not None
            if made is not None and edge.kind is EdgeKind.CONSTRUCTOR:
                made.setdefault(edge.callee)
            else:
                below.append((name, edge.callee))
        stack.extend(reversed(below))
