"""What a test says about names: `isinstance`, `is None`, `callable`, and plain truth.

Facts of `or` where it holds, and of `and` where it does not, are left out: only one of several
holds there, and which is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.index.block.bindings import Fact, Tested, path_of

Facts = dict[str, tuple[Fact, ...]]
"""What holds of paths at one place."""


def implied(test: ast.expr, holds: bool) -> Iterator[tuple[str, Fact]]:
    """Yield what is known of paths where a test came out one way."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            yield from implied(test.operand, not holds)
        case ast.BoolOp(op=operator):
            if isinstance(operator, ast.And) is holds:
                for value in test.values:
                    yield from implied(value, holds)
        case ast.Call(func=ast.Name(id="isinstance"), args=[tested, classes]):
            yield path_of(tested), Fact(Tested.IS_INSTANCE, holds, classes)
        case ast.Call(func=ast.Name(id="callable"), args=[tested]):
            yield path_of(tested), Fact(Tested.IS_CALLABLE, holds)
        case ast.Compare(
            left=tested,
            ops=[ast.Is() | ast.IsNot() as operator],
            comparators=[ast.Constant(value=None)],
        ):
            yield path_of(tested), Fact(Tested.IS_NONE, isinstance(operator, ast.Is) is holds)
        case ast.Name() | ast.Attribute() | ast.NamedExpr() if holds:
            yield path_of(test), Fact(Tested.IS_NONE, holds=False)


def at(facts: tuple[Fact, ...], calls: int) -> tuple[Fact, ...]:
    """Return facts as they are behind so many calls of the block."""
    return tuple(replace(fact, old=True) if fact.since < calls else fact for fact in facts)


def in_loop(facts: Facts, loop: ast.stmt) -> Facts:
    """Return facts as they are in a loop, in which what stands last has run before."""
    if not facts or not any(isinstance(inner, ast.Call) for inner in ast.walk(loop)):
        return facts
    return {path: tuple(replace(f, since=-1) for f in found) for path, found in facts.items()}


def of_pattern(pattern: ast.pattern, holds: bool) -> tuple[Fact, ...]:
    """Return what a pattern of `case` says of the whole subject, where it matches or does not."""
    match pattern:
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return of_pattern(inner, holds)
        case ast.MatchSingleton(value=None):
            return (Fact(Tested.IS_NONE, holds),)
        case ast.MatchClass(cls=cls, patterns=[], kwd_patterns=[]):
            return (Fact(Tested.IS_INSTANCE, holds, cls),)
        case ast.MatchClass(cls=cls) if holds:
            return (Fact(Tested.IS_INSTANCE, holds, cls),)
    return ()


def with_facts(facts: Facts, path: str, found: tuple[Fact, ...], calls: int) -> Facts:
    """Return the facts with some more of one path, behind so many calls of the block."""
    if not path or not found:
        return facts
    return {**facts, path: (*facts.get(path, ()), *(replace(f, since=calls) for f in found))}


def without(facts: Facts, nodes: Iterable[ast.AST]) -> Facts:
    """Return the facts that outlast the assignments in some nodes, at any depth."""
    if not facts:
        return facts
    gone = {
        path_of(inner)
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name | ast.Attribute) and not isinstance(inner.ctx, ast.Load)
    }
    return without_paths(facts, gone)


def without_paths(facts: Facts, paths: Iterable[str]) -> Facts:
    """Return the facts that say nothing of some paths and of what hangs on them."""
    gone = {path for path in paths if path}
    return {
        path: found
        for path, found in facts.items()
        if not any(path == name or path.startswith(f"{name}.") for name in gone)
    }


def joined(outcomes: list[tuple[Facts, bool]]) -> tuple[Facts, bool]:
    """Return what holds behind branches, and whether all of them leave.

    Each comes with the facts at its end, and with whether it leaves instead of going on there.
    """
    going = [facts for facts, leaves in outcomes if not leaves]
    if not going:
        return {}, True
    first, *others = going
    agreed = {
        path: found
        for path, found in first.items()
        if all(other.get(path) == found for other in others)
    }
    return agreed, False
