"""Runs that must agree with the first: a coin that was tossed confirms nothing.

Every snippet that its first run confirms runs twice more, unwatched and stirred: the generators of
random numbers start elsewhere, low and then high, and objects lie elsewhere. Six times more runs

    in another interpreter   one that names a clock, the system's entropy or threads, or that draws
                             from a generator without having seeded it
    in six other ones        one that names hashes or addresses, or that asks a set for its order;
                             one whose watched runs came out otherwise

Where one of these runs is not confirmed, the note is unstable. What holds: of two outcomes that are
equally likely, a claim is true each time with a chance of one in 128, or less. A snippet that hides
whence its coin is may have one in 8, or one in 2 for its hashes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from srcread.model import Reason, ReasonCode, Run
from srcread.running.claims.instrument import read_tree
from srcread.running.judge import Json, observed
from srcread.running.plan import Job, PlannedRun
from srcread.running.second_runs import again

STIRRING = "stirring"
_STIRRED: tuple[Mapping[str, int], ...] = (
    {"random": 570, "numpy": 126, "torch": 986},  # their first numbers are low
    {"random": 23, "numpy": 8, "torch": 4105},  # and high
)
_SHIFT = 9
_MORE = 6
_MODULES = frozenset(
    {"asyncio", "ctypes", "datetime", "multiprocessing", "secrets", "threading", "time", "uuid"}
)
_NAMES = frozenset(
    {"Random", "SystemRandom", "default_rng", "getpid", "getppid", "getrandom", "urandom"}
)
_PROCESSES = frozenset({"__builtins__", "__import__", "eval", "exec", "hash", "id"})
_ORDERING = frozenset({"enumerate", "filter", "iter", "list", "map", "next", "tuple", "zip"})


@dataclass(frozen=True, slots=True)
class More:
    """How often a snippet is to run again, in one other interpreter or each time in a fresh one."""

    times: int = 0
    fresh: bool = False


def stirred(run: PlannedRun, times: int) -> tuple[PlannedRun, ...]:
    """Return runs like this one that begin otherwise, each in another way than the one before."""
    kept = [(name, about) for name, about in run["observers"] if name != STIRRING]
    runs = []
    for number in range(times):
        about = {**_STIRRED[number % 2], "shift": 1 + _SHIFT * number}
        made: PlannedRun = {**again(run, [*kept, (STIRRING, about)]), "gives_up": "failed"}
        runs.append(made)
    return tuple(runs)


def more_runs(
    job: Job, runs: Sequence[PlannedRun], outcomes: Sequence[Json], strange: bool
) -> More:
    """Return how often a snippet must run again, after these stirred runs.

    `strange` tells that a watched one came out otherwise.
    """
    nodes = tuple(ast.walk(read_tree(f"{job.stem}.py", job.text)))
    hashed = {node.id for node in nodes if isinstance(node, ast.Name)} & _PROCESSES
    if strange or hashed or any(_orders(nodes)):
        return More(_MORE, fresh=True)
    if _draws(runs, outcomes) or any(_is_unsteady(node) for node in nodes):
        return More(_MORE)
    return More()


def disagreeing(run: Run, others: Sequence[Run]) -> Run:
    """Return a confirmed run as unstable if one of these others is not confirmed."""
    reason = next((other.reasons[0] for other in others if not other.confirmed), None)
    if reason is None:
        return run
    unstable = Reason(ReasonCode.UNSTABLE, {"reason": reason})
    return replace(run, confirmed=False, reasons=(unstable,), reach=None, executed=None)


def _draws(runs: Sequence[PlannedRun], outcomes: Sequence[Json]) -> bool:
    """Tell whether a generator was drawn from and stands elsewhere in each of these runs."""
    seen = [(observed(*pair) or {}).get(STIRRING) for pair in zip(runs, outcomes, strict=True)]
    told: list[Mapping[str, Any]] = [one for one in seen if isinstance(one, dict)]
    try:
        return any(
            all(one[name][0] for one in told) and len({one[name][1] for one in told}) > 1
            for name in told[0]
        )
    except (IndexError, KeyError, TypeError):
        return True  # it did not tell


def _is_unsteady(node: ast.AST) -> bool:
    """Tell whether a node names what gives other values each time."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _NAMES
        case ast.Import(names=aliases):
            return any(alias.name.partition(".")[0] in _MODULES for alias in aliases)
        case ast.ImportFrom(module=str(module), names=aliases):
            bound = {alias.name for alias in aliases}
            return module.partition(".")[0] in _MODULES or not bound.isdisjoint(_NAMES)
    return False


def _orders(nodes: Sequence[ast.AST]) -> Iterator[bool]:
    """Yield for each use of a set's order that can be seen that it is one."""
    sets = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _is_set(node.value, ())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        match node:
            case ast.For(iter=asked) | ast.comprehension(iter=asked) | ast.Starred(value=asked):
                yield _is_set(asked, sets)
            case ast.Call(func=ast.Name(id=name), args=given) if name in _ORDERING:
                yield any(_is_set(one, sets) for one in given)
            case ast.Call(func=ast.Attribute(value=asked, attr="pop"), args=[]):
                yield _is_set(asked, sets)


def _is_set(node: ast.expr, sets: Collection[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Name(id=name):
            return name in sets
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub(), right=right):
            return _is_set(left, sets) or _is_set(right, sets)
    return False
