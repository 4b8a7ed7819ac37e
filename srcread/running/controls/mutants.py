"""All mutants of a note's targets: the edits of its anchored statements that ran.

Of a file whose text the snippet read, every anchored statement is edited, whether it ran or not,
and the edit is made in a copy of the file: a claim about a text can notice no other.

Each target that has mutants has one change more, by which nothing is another: see `respelled`.

A mutant's id says the operator, which of the note's anchors, and the range counted from that
anchor's first line, so that it stays when lines above change. No text of the source is kept in it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srcread.running.controls.operators import RANKS, Edit, Operators
from srcread.running.controls.respelled import respelling
from srcread.running.second_runs import Observation, ran_places
from srcread.running.targets.targets import AnchoredSymbol, Start, Target, Targets, start_of


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the target of this number, as the child is told it.

    `offset` is where the target begins in its file, in characters, if the change is made there.
    """

    id: str
    target: int
    change: Mapping[str, Any]
    offset: int | None = None


def callees(target: Target) -> list[str]:
    """Return the dotted names that a target's anchored statements call."""
    calls = [
        node.func
        for part in target.parts
        for item in part.statements
        for node in ast.walk(item)
        if isinstance(node, ast.Call)
    ]
    own = {argument.arg for argument in ast.walk(target.node) if isinstance(argument, ast.arg)}
    names = {_Text(target).of(callee) for callee in calls if _is_dotted(callee)}
    return sorted(name for name in names if name.split(".")[0] not in own)


def mutants_of(
    targets: Targets, seen: Observation, read: Collection[str] = ()
) -> tuple[Mutant, ...]:
    """Return the mutants of what ran, and of what was `read`, the most telling operators first."""
    found: list[tuple[int, str, Mutant]] = []
    offsets = offsets_of(targets, read)
    for number, target in enumerate(targets.found):
        if number in offsets or not seen.refused[number]:
            mutants = list(_of_target(number, target, seen, offsets.get(number)))
            found += mutants
            found += _respelled(number, target, seen, offsets.get(number)) if mutants else []
    return tuple(mutant for _, _, mutant in sorted(found, key=lambda each: each[:2]))


def _respelled(
    number: int, target: Target, seen: Observation, offset: int | None
) -> list[tuple[int, str, Mutant]]:
    text, as_text = _Text(target), offset is not None
    places = _places(number, target, seen, as_text)
    found = respelling(target, places, text, as_text=as_text)
    if found is None:
        return []
    anchor, first, edit = found
    span = [text.offset(edit.start), text.offset(edit.end), edit.text]
    change = {"edit": span, "default": None}
    name = _name(edit, anchor, first)
    return [(RANKS.index(edit.operator), name, Mutant(name, number, change, offset))]


def _places(number: int, target: Target, seen: Observation, as_text: bool) -> set[Start]:
    """Return the statements that are changed: those that ran, of a text that was read all."""
    if as_text:
        return {start_of(item) for part in target.parts for item in part.statements}
    return ran_places(number, target, seen)


def offsets_of(targets: Targets, read: Collection[str]) -> dict[int, int]:
    """Return where the targets begin in their files, by number, of the files that were read.

    Left out is a target whose text is not found there as it is, as in a file with other line ends.
    """
    paths = {file.path for file in targets.files if file.name in read}
    texts = {path: Path(path).read_bytes().decode("utf-8", "replace") for path in sorted(paths)}
    found = {}
    for number, target in enumerate(targets.found):
        unit = target.unit
        if unit["file"] in texts:
            text = texts[unit["file"]]
            offset = sum(len(line) + 1 for line in text.split("\n")[: unit["line"] - 1])
            if text.startswith(unit["text"], offset):
                found[number] = offset
    return found


def _of_target(
    number: int, target: Target, seen: Observation, offset: int | None
) -> Iterator[tuple[int, str, Mutant]]:
    text, places = _Text(target), _places(number, target, seen, offset is not None)
    names = frozenset(node.id for node in ast.walk(target.node) if isinstance(node, ast.Name))
    attributes = {node.attr for node in ast.walk(target.node) if isinstance(node, ast.Attribute)}
    known = names | attributes | _parameters(target.node)
    operators = Operators(text.of, known, as_text=offset is not None)
    edits = list(_edits(target, operators, places))
    done: set[tuple[int, int, str]] = set()
    counts: dict[str, int] = {}
    for anchor, first, edit, default in edits:
        span = (text.offset(edit.start), text.offset(edit.end), edit.text)
        if span in done or (edit.native and edit.native not in seen.native[number]):
            continue
        done.add(span)
        name = _name(edit, anchor, first)
        counts[name] = counts.get(name, 0) + 1
        name = name if counts[name] == 1 else f"{name}#{counts[name]}"
        # A native function's reply is changed at its call, where no text could say it.
        place = offset if edit.native is None else None
        change = {"edit": list(span), "default": default if place is None else None}
        yield RANKS.index(edit.operator), name, Mutant(name, number, change, place)


def _edits(
    target: Target, operators: Operators, ran: set[Start]
) -> Iterator[tuple[int, int, Edit, list[Any] | None]]:
    """Yield edits with the anchor that holds them, that anchor's first line, and a default."""
    for part in target.parts:
        for anchor, range_ in part.ranges:
            first = range_.start.line
            for item in part.statements:
                line = item.lineno
                if start_of(item) in ran and range_.start.line <= line <= range_.end.line:
                    for edit in operators.statement(item):
                        yield anchor, first, edit, None
            for name, node in _defaults(target, part):
                inside = range_.start.line <= node.lineno <= range_.end.line
                changed = operators.default(name, node) if inside else None
                if changed is not None and _is_signature(part, range_.start.line):
                    yield anchor, first, changed[0], [name, changed[1]]


def _is_signature(part: AnchoredSymbol, line: int) -> bool:
    """Tell whether an anchor begins in the header: one on the body holds no parameter."""
    return part.entry is None or line < part.entry[0]


def _defaults(target: Target, part: AnchoredSymbol) -> Iterator[tuple[str, ast.expr]]:
    arguments = target.node.args
    if part.symbol.range.start.line != target.unit["line"]:
        return  # defaults of a function inside the unit are made when the unit runs
    positional = [*arguments.posonlyargs, *arguments.args]
    count = len(arguments.defaults)
    pairs = zip(positional[len(positional) - count :], arguments.defaults, strict=True)
    yield from ((argument.arg, default) for argument, default in pairs)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default


def _parameters(node: ast.AST) -> frozenset[str]:
    return frozenset(argument.arg for argument in ast.walk(node) if isinstance(argument, ast.arg))


def _name(edit: Edit, anchor: int, first: int) -> str:
    (line, column), (end, end_column) = edit.start, edit.end
    return f"{edit.operator}@{anchor}+{line - first}:{column}-{end - first}:{end_column}"


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


class _Text:
    """The text of a unit by places in its file, whose columns count bytes."""

    def __init__(self, target: Target) -> None:
        self._text = target.unit["text"]
        self._first = target.unit["line"]
        self._lines = self._text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, place: Start) -> int:
        """Return how many characters of the unit stand before a place."""
        number = place[0] - self._first
        before = self._lines[number].encode("utf-8")[: place[1]]
        return self._starts[number] + len(before.decode("utf-8", "ignore"))

    def ends_line(self, place: Start) -> bool:
        """Tell whether nothing, or a comment, stands behind a place on its line."""
        rest = self._text[self.offset(place) :].partition("\n")[0].strip()
        return not rest or rest.startswith("#")

    def of(self, node: Any) -> str:
        """Return the text of a node; of a keyword argument, its name included."""
        start = self.offset((node.lineno, node.col_offset))
        return self._text[start : self.offset((node.end_lineno, node.end_col_offset))]
