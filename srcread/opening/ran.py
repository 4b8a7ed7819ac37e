"""What a run of a script called, in terms of the code that is read.

The run tells files, first lines and places in bytes. A function is known by its file and first
line, for a name can stand for several: `LSTM.forward` is defined three times.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from srcread.index import Defined, Index, Module
from srcread.index.trees import LAMBDA, characters
from srcread.model import Distribution, Position, Range

_SCRIPT = -1
_INSIDE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
"""Codes that count as part of the function around them."""


@dataclass(frozen=True, slots=True)
class RanCalls:
    """The names of the functions that ran, the calls by caller, and what the script called itself.

    Of these it is told of which module the class of the first argument is.
    `unknown` are functions of the read files that ran, and whose text says no such function there.
    """

    functions: frozenset[str]
    calls: Mapping[str, Sequence[tuple[Range, str]]]
    by_script: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def roots_of(distributions: Sequence[Distribution]) -> tuple[str, ...]:
    """Return the files and folders of packages, by each of their names, folders with a slash."""
    return tuple(
        path for item in distributions for name in item.packages for path in _names_of(item, name)
    )


def ran_calls(
    index: Index,
    functions: Sequence[Sequence[Any]],
    calls: Sequence[Sequence[Any]],
    entered: Sequence[tuple[int, str]],
) -> RanCalls:
    """Find the functions of a run in the code that is read, and the places of its calls."""
    finder = _Finder(index)
    names = [finder.name(*row) for row in functions]
    found: dict[str, dict[tuple[Range, str], None]] = {}
    for caller, place, callee, _ in calls:
        to = names[callee]
        if to is None:
            continue
        if (
            caller != _SCRIPT
            and (by := names[caller]) is not None
            and (at := finder.place(by, place)) is not None
        ):
            found.setdefault(by, {})[at, to] = None
    unknown = [
        row[2]
        for row, name in zip(functions, names, strict=True)
        if name is None and row[2].rpartition(".")[2] not in _INSIDE
    ]
    return RanCalls(
        frozenset(name for name in names if name is not None),
        {caller: tuple(seen) for caller, seen in found.items()},
        tuple((name, of) for one, of in entered if (name := names[one]) is not None),
        tuple(dict.fromkeys(unknown)),
    )


class _Finder:
    """Finds functions by file and line, and calls by where they end."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._roots = [
            (root, f"{package}.")
            for item in index.sources.distributions
            for package in item.packages
            for root in _names_of(item, package)
        ]
        self._modules: dict[str, Module | None] = {}
        self._places: dict[str, tuple[dict[Position, Range], dict[Range, Range]]] = {}

    def name(self, file: str, line: int, name: str) -> str | None:
        """Return the full name of the function that begins in a line of a file.

        A code inside, as of a comprehension, counts as the function around it.
        """
        module = self._module(file)
        found = _innermost(module.definitions, line) if module is not None else None
        inside = name.rpartition(".")[2] in _INSIDE
        begins = found is not None and found.symbol.range.first_line == line
        return found.name if found is not None and (inside or begins) else None

    def place(self, caller: str, told: Sequence[int | None] | None) -> Range | None:
        """Return the place of a call that ends where the run says, else what the run says.

        Where a chain of calls spans lines, the compiler lets a call begin at its last attribute.
        """
        module = self._index.module_of(caller)
        if told is None or module is None or None in told:
            return None
        line, end_line, column, end_column = (int(one or 0) for one in told)
        lines = module.lines
        start = Position(line, characters(lines[line - 1], column))
        whole = Range(start, Position(end_line, characters(lines[end_line - 1], end_column)))
        if caller not in self._places:
            self._places[caller] = _places(self._index.defined(caller), module)
        calls, loops = self._places[caller]
        call = calls.get(whole.end)
        return call if call is not None and call.start <= start else loops.get(whole, whole)

    def _module(self, file: str) -> Module | None:
        if file not in self._modules:
            names = (_module_name(file, root, package) for root, package in self._roots)
            name = next(filter(None, names), None)
            self._modules[file] = self._index.module(name) if name else None
        return self._modules[file]


def _places(
    defined: Defined | None, module: Module
) -> tuple[dict[Position, Range], dict[Range, Range]]:
    """Return the calls of a function by their ends, and by place what loops and `with` ask."""
    calls: dict[Position, Range] = {}
    loops: dict[Range, Range] = {}
    for node in ast.walk(defined.node) if defined is not None else ():
        match node:
            case ast.Call():
                at = module.range(node)
                calls[at.end] = at
            case ast.For(iter=asked) | ast.AsyncFor(iter=asked):
                loops[module.range(node)] = module.range(asked)
            case ast.With(items=[item]) | ast.AsyncWith(items=[item]):
                loops[module.range(node)] = module.range(item.context_expr)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                loops[module.range(node)] = module.range(node.generators[0].iter)
    return calls, loops


def _names_of(item: Distribution, package: str) -> Iterator[str]:
    """Yield the paths of a package by each name that leads there, a folder's with a slash."""
    folder = item.root / package
    path = folder if folder.is_dir() else folder.with_suffix(".py")
    for name in dict.fromkeys((str(path.absolute()), os.path.realpath(path))):
        yield os.path.join(name, "") if folder.is_dir() else name


def _module_name(file: str, root: str, package: str) -> str | None:
    if file == root:
        return package.rstrip(".")
    if not root.endswith(os.sep) or not file.startswith(root):
        return None
    inside = file[len(root) :].removesuffix(".py").replace(os.sep, ".")
    return f"{package}{inside}".removesuffix(".__init__")


def _innermost(definitions: Mapping[str, Defined], line: int) -> Defined | None:
    """Return the innermost function around a line, lambdas left out."""
    for item in definitions.values():
        where = item.symbol.range
        if item.node.name != LAMBDA and where.first_line <= line <= where.last_line:
            deeper = _innermost(item.inner(), line)
            return deeper or (None if isinstance(item.node, ast.ClassDef) else item)
    return None
