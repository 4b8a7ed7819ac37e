"""Which lines of which functions a tour's scenarios run, and the reason of each that none does.

`scenarios/lines.toml` names the functions, and says why of what is never run:

    functions = ["torch.nn.modules.transformer.TransformerEncoder.forward"]

    [[unreached]]
    symbol = "torch.nn.modules.transformer.TransformerEncoder.forward"
    at = "elif compiler > assign"   # a selector, as a note's; a block with all in it
    reason = "needs compile, JIT or fx"     # or "dead", "not reached"
    why = "One sentence."
    whys = { zh = "一句话。" }      # the same in other languages; may be left out

A line is executable if a statement begins on it; of functions inside a function, none is counted. A
reason is held against the traces: a line that has one and runs is a finding, as is one that neither
runs nor has one.

Only files are read: nothing is run. A trace that the site leaves out counts nothing here, and is
named as there; so is a scenario without any.

LINE001 cannot be read · LINE002 a key is unknown, missing or of a wrong kind · LINE003 names no
place · LINE004 is run · LINE005 is not run, without a reason · TRAC009 has no trace.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srcread.errors import did_you_mean
from srcread.evidence.traces.files import has_traces
from srcread.evidence.traces.scenario import read_scenario, scenario_paths
from srcread.index import Index
from srcread.index.trees import LAMBDA
from srcread.model import Anchor, Diagnostic, Location, Severity, Trace
from srcread.opening.tour import OpenTour
from srcread.opening.traces import scenario_digests, usable_traces
from srcread.support.files import read_plain

NAME = "lines.toml"
REASONS = ("dead", "needs compile, JIT or fx", "not reached")

_KEYS = ("symbol", "at", "reason", "why", "whys")


@dataclass(frozen=True, slots=True)
class Unreached:
    """What no scenario runs, and why, by language; `number` is its place in the file."""

    anchor: Anchor
    reason: str
    whys: Mapping[str, str]
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a tour says about the lines of its functions."""

    path: Path
    functions: tuple[str, ...] = ()
    unreached: tuple[Unreached, ...] = ()


@dataclass(frozen=True, slots=True)
class LineCoverage:
    """The executable lines of one function, as offsets, and those that traces ran."""

    symbol: str
    executable: frozenset[int]
    ran: frozenset[int]


def coverage(opened: OpenTour) -> tuple[tuple[LineCoverage, ...], tuple[Diagnostic, ...]]:
    """Return the lines that a tour's traces run, and what is wrong with traces and scenarios."""
    folder, code = opened.tour.folder, opened.code
    scenarios = {path: read_scenario(path) for path in scenario_paths(folder)}
    problems = [item for _, found in scenarios.values() for item in found]
    read = [path for path, (scenario, _) in scenarios.items() if scenario is not None]
    wanted, unreadable = read_wanted(folder)
    kept, unusable = usable_traces(folder, code, scenario_digests(folder))
    problems += [_untraced(path) for path in read if not has_traces(folder, path.stem)]
    lines = lines_run(code.index, wanted.functions, kept)

    def locate(anchor: Anchor) -> Location | str:
        found = code.locate(anchor, code)
        return found if isinstance(found, Location) else f"{found.message} {found.hint}".strip()

    held = lines_findings(wanted, lines, locate)
    return lines, (*problems, *unreadable, *unusable, *held)


def _untraced(path: Path) -> Diagnostic:
    hint = f"Run `srcread trace {path.stem}`."
    message = "It has no trace, and so the site does not show it."
    return _finding(path, "TRAC009", message, hint, Severity.WARNING)


def read_wanted(folder: Path) -> tuple[Wanted, tuple[Diagnostic, ...]]:
    """Read a tour's lines.toml; without one, nothing is wanted."""
    path = folder / "scenarios" / NAME
    try:
        content = tomllib.loads(read_plain(path).decode("utf-8"))
    except FileNotFoundError:
        return Wanted(path), ()
    except (OSError, ValueError, RecursionError) as error:
        message = f"It cannot be read: {error}."
        return Wanted(path), (_finding(path, "LINE001", message, "Mend it."),)
    problems = list(_wrong_keys(path, content))
    if problems:
        return Wanted(path), tuple(problems)
    rows = tuple(
        Unreached(Anchor(row["symbol"], row.get("at")), row["reason"], _whys(row), number)
        for number, row in enumerate(content.get("unreached", ()), 1)
    )
    return Wanted(path, tuple(content["functions"]), rows), ()


def _whys(row: Mapping[str, Any]) -> dict[str, str]:
    return {**row.get("whys", {}), "en": row["why"]}


def lines_run(
    index: Index, functions: Iterable[str], traces: Iterable[Trace]
) -> tuple[LineCoverage, ...]:
    """Return for each function which of its executable lines these traces ran."""
    seen: dict[str, set[int]] = {name: set() for name in functions}
    for trace in traces:
        for case in trace.cases:
            if case.symbol in seen:
                seen[case.symbol] |= {place.line for place in case.ran}
    found = []
    for name, ran in seen.items():
        executable = executable_lines(index, name)
        found.append(LineCoverage(name, executable, executable & ran))
    return tuple(found)


def executable_lines(index: Index, name: str) -> frozenset[int]:
    """Return the lines on which statements of a function begin, as offsets from its first.

    In a lambda none does. Only an index that has been walked knows it by its name.
    """
    defined = index.defined(name)
    if defined is None or isinstance(defined.node, ast.ClassDef) or defined.node.name == LAMBDA:
        return frozenset()
    node, first = defined.node, defined.symbol.range.first_line
    start = 1 if ast.get_docstring(node, clean=False) is not None else 0
    return frozenset(statement.lineno - first for statement in _statements(node.body[start:]))


def lines_findings(
    wanted: Wanted,
    lines: Sequence[LineCoverage],
    locate: Callable[[Anchor], Location | str],
) -> tuple[Diagnostic, ...]:
    """Hold the reasons for lines that are not run against what was run."""
    problems: list[Diagnostic] = []
    excused: dict[str, set[int]] = {}
    by_name = {item.symbol: item for item in lines}
    for row in wanted.unreached:
        located = locate(row.anchor)
        if isinstance(located, str):
            where = f"unreached {row.number}"
            problems.append(_finding(wanted.path, "LINE003", f"{where}: {located}", ""))
            continue
        first, name = located.symbol.range.first_line, located.symbol.name
        span = range(located.range.first_line - first, located.range.last_line - first + 1)
        excused.setdefault(name, set()).update(span)
        if name in by_name and by_name[name].ran.intersection(span):
            line = min(by_name[name].ran.intersection(span)) + first
            message = f"unreached {row.number}: line {line} of {name} is run."
            problems.append(_finding(wanted.path, "LINE004", message, "Drop it, or narrow `at`."))
    for item in lines:
        missing = item.executable - item.ran - excused.get(item.symbol, set())
        if missing:
            problems.append(_unexcused(wanted.path, item, missing))
    return tuple(problems)


def _unexcused(path: Path, item: LineCoverage, missing: Iterable[int]) -> Diagnostic:
    listed = ", ".join(str(offset) for offset in sorted(missing))
    message = f"No scenario runs these lines of {item.symbol}, counted from its first: {listed}."
    hint = "Write a scenario that does, or a reason."
    return _finding(path, "LINE005", message, hint, Severity.WARNING)


def _wrong_keys(path: Path, content: dict[str, object]) -> Iterator[Diagnostic]:
    functions, rows = content.get("functions"), content.get("unreached", [])
    for key in content:
        if key not in ("functions", "unreached"):
            hint = did_you_mean(key, ("functions", "unreached")).strip()
            yield _finding(path, "LINE002", f"Unknown key {key!r}.", hint)
    if not isinstance(functions, list) or not all(isinstance(item, str) for item in functions):
        hint = "Write the names of the functions whose lines count."
        yield _finding(path, "LINE002", "'functions' must be a list of texts.", hint)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield _finding(path, "LINE002", "'unreached' must be tables in double brackets.", "")
        return
    for number, row in enumerate(rows, 1):
        yield from (
            _finding(path, "LINE002", f"unreached {number}: {what}", hint)
            for what, hint in _wrong_row(row)
        )


def _wrong_row(row: dict[str, object]) -> Iterator[tuple[str, str]]:
    for key in row:
        if key not in _KEYS:
            yield f"unknown key {key!r}.", did_you_mean(key, _KEYS).strip()
    for key in ("symbol", "reason", "why"):
        if not isinstance(row.get(key), str):
            yield f"{key!r} must be a text.", f"Write {key} = …"
    if not isinstance(row.get("at", ""), str):
        yield "'at' must be a text.", "Write a selector."
    whys = row.get("whys", {})
    if not isinstance(whys, dict) or not all(isinstance(why, str) for why in whys.values()):
        yield "'whys' must be texts by language.", 'Write whys = { zh = "…" }.'
    if isinstance(row.get("reason"), str) and row["reason"] not in REASONS:
        known = ", ".join(map(repr, REASONS))
        yield f"reason {row['reason']!r} is none.", f"Known are {known}."


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, field, ()))
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _statements(part.body)


def _finding(
    path: Path, code: str, message: str, hint: str, severity: Severity = Severity.ERROR
) -> Diagnostic:
    return Diagnostic(str(path), 0, code, message, hint, severity)
