"""What a note is about, as a run can observe it: units, their anchored statements and calls.

A statement belongs to an anchor if it begins in the anchor's range; a compound one brings all that
is in it. An anchor on a signature, a parameter, a decorator or a docstring holds no statement: it
is reached when its function is entered. Bodies of classes run at import, and cannot be watched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from srcread.child.install import NotInstallable, parse
from srcread.errors import NotFoundError
from srcread.evidence.reasons import read_reason
from srcread.index import Index
from srcread.model import Location, Origin, Range, Reason, ReasonCode, Symbol
from srcread.running.targets.units import Unit, unit_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Start = tuple[int, int]
_SILENT = (ast.Pass, ast.Global, ast.Nonlocal)


@dataclass(frozen=True, slots=True, eq=False)
class AnchoredSymbol:
    """One symbol in a unit: its anchors' ranges by number of the anchor, and their statements.

    `entry` is the place of the statement at which the symbol begins.
    """

    symbol: Symbol
    ranges: tuple[tuple[int, Range], ...]
    statements: tuple[ast.stmt, ...]
    entry: Start | None


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """One unit of a note, and the symbols in it that the note is anchored in."""

    unit: Unit
    node: Function
    parts: tuple[AnchoredSymbol, ...]

    @property
    def places(self) -> list[Start]:
        """Line and column, in bytes, of every statement to watch, in order."""
        own = {start_of(item) for part in self.parts for item in part.statements}
        return sorted(own | {part.entry for part in self.parts if part.entry is not None})


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a source tree, `NAME==VERSION`: its path in the tree, and on this machine."""

    tree: str
    file: str
    path: str

    @property
    def name(self) -> str:
        """The name under which evidence has it."""
        return f"{self.tree}/{self.file}"


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Everything that a note is about; `refused` says by symbol why it cannot be watched.

    `files` are those that it stands in, of source trees.
    """

    found: tuple[Target, ...] = ()
    refused: tuple[tuple[str, Reason], ...] = ()
    files: tuple[TreeFile, ...] = ()


NO_TARGETS = Targets()


def targets_of(index: Index, locations: Sequence[Location]) -> Targets:
    """Return what these locations, the anchors of one note in order, are about."""
    units: dict[tuple[str, str], tuple[Unit, Function, dict[str, AnchoredSymbol]]] = {}
    refused: dict[str, Reason] = {}
    for number, location in enumerate(locations):
        symbol = location.symbol
        try:
            unit = unit_of(index, symbol)
            node = parse({**unit})
        except NotFoundError:
            refused[symbol.name] = Reason(ReasonCode.NO_FUNCTION, {"name": symbol.name})
            continue
        except NotInstallable as error:
            refused[symbol.name] = read_reason(error.why)
            continue
        except SyntaxError as error:
            refused[symbol.name] = Reason(ReasonCode.NO_SYNTAX, {"message": error.msg})
            continue
        key = unit["module"], unit["name"]
        _, node, parts = units.setdefault(key, (unit, node, {}))
        old = parts.get(symbol.name)
        ranges = (*(old.ranges if old else ()), (number, location.range))
        parts[symbol.name] = _part(symbol, node, ranges)
    found = tuple(Target(unit, node, tuple(parts.values())) for unit, node, parts in units.values())
    files = {file for place in locations if (file := _file(index, place.symbol)) is not None}
    ordered = tuple(sorted(files, key=lambda file: file.name))
    return Targets(found, tuple((name, refused[name]) for name in sorted(refused)), ordered)


def _file(index: Index, symbol: Symbol) -> TreeFile | None:
    """Return the file of a symbol if that is of a source tree, of which nothing is installed."""
    tree = index.sources.distribution(symbol.distribution)
    if tree.origin is not Origin.GIT:
        return None
    requirement = f"{tree.name}=={tree.version}"
    return TreeFile(requirement, symbol.path, str(tree.root / symbol.path))


def start_of(statement: ast.stmt) -> Start:
    """Return where a statement begins."""
    return statement.lineno, statement.col_offset


def _part(symbol: Symbol, unit: Function, ranges: tuple[tuple[int, Range], ...]) -> AnchoredSymbol:
    node = _definition(unit, symbol)
    body = list(_statements(node.body)) if node else []
    own = [item for item in body if any(_within(item, range_) for _, range_ in ranges)]
    return AnchoredSymbol(symbol, ranges, tuple(own), start_of(body[0]) if body else None)


def _definition(unit: Function, symbol: Symbol) -> Function | None:
    """Return the function of a symbol, which may be defined in the unit."""
    name = symbol.name.rpartition(".")[2].partition("~")[0].partition("@")[0]
    for node in ast.walk(unit):
        inside = symbol.range.start.line <= getattr(node, "lineno", 0) <= symbol.range.end.line
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and inside
            and node.name == name
        ):
            return node
    return None


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield every statement that is executed, in the order of the text."""
    for item in body:
        constant = isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)
        if not constant and not isinstance(item, _SILENT):
            yield item
        for _, value in ast.iter_fields(item):
            for inner in value if isinstance(value, list) else ():
                if isinstance(inner, ast.stmt):
                    yield from _statements([inner])
                elif isinstance(inner, ast.ExceptHandler | ast.match_case):
                    yield from _statements(inner.body)


def _within(item: ast.stmt, range_: Range) -> bool:
    """Tell whether a statement begins in a range; columns decide where lines do not."""
    line, column = start_of(item)
    first, last = range_.start, range_.end
    return (first.line, first.column) <= (line, column) < (last.line, last.column)
