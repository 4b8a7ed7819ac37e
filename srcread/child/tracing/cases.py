"""Activations interned to cases by equality, callees first, in the form of a trace file.

Indexes are those of the file: a case's symbol, its places within that symbol's, its operations and
its callees among what came before. Everything is ordered by the run or sorted by place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def cases(recorder: Any, forest: Any, load: Callable[[str], Any]) -> dict[str, Any]:
    """Return the symbols, operations, cases and roots that a recorder has seen."""
    operations = _Table()
    ran = load("operators").by_range(forest) if forest is not None else {}
    sites, symbols, interned = recorder.sites, _Symbols(recorder), _Table()
    number_of: dict[int, int] = {}
    for act in recorder.done:
        own = {
            place: [_operation(node, operations) for node in ran[name]]
            for place, name in _range_names(act, sites)
            if ran.get(name)
        }
        case = symbols.case(act, own, number_of)
        number_of[act.number] = interned.number(case)
    return {
        "symbols": symbols.listed,
        "operations": operations.items,
        "cases": interned.items,
        "words": symbols.words.items,
        "roots": [number_of[number] for number in recorder.roots if number in number_of],
        "left_out": recorder.count - len(recorder.done),
        "modules": load("modules").paths_of_cases(recorder.modules.paths, number_of),
        "seen": recorder.modules.seen,
    }


class _Table:
    """Items by equality of their JSON, in the order of their first appearance."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._numbers: dict[str, int] = {}

    def number(self, item: Any) -> int:
        key = json.dumps(item)
        if key not in self._numbers:
            self._numbers[key] = len(self.items)
            self.items.append(item)
        return self._numbers[key]


class _Symbols:
    """The functions that ran, by first end, with the places that something was seen at."""

    def __init__(self, recorder: Any) -> None:
        self.sites = recorder.sites
        self.listed: list[list[Any]] = []
        self.words = _Table()
        self._numbers: dict[int, int] = {}
        self._indexes: dict[int, dict[Any, int]] = {}
        used: dict[int, set[Any]] = {}
        for act in recorder.done:
            places = used.setdefault(act.function, set())
            places |= {self.sites.places[site][1] for site in (*act.ran, *act.values)}
            for test, decisions in act.tests.items():
                places |= {test, *(item[1] for item in decisions if item != "…")}
            places |= {self._called(where) for where, _ in act.calls}
        for function, places in used.items():
            about = self.sites.functions[function]
            self._numbers[function] = len(self.listed)
            listed = sorted(places)
            self._indexes[function] = {place: number for number, place in enumerate(listed)}
            rows = [_row(place, about) for place in listed]
            self.listed.append([about.name, about.parameters, rows])

    def case(self, act: Any, operations: dict[Any, Any], number_of: dict[int, int]) -> Any:
        """Return an activation as a case; what it ends in and has none of is left out."""
        index = self._indexes[act.function]
        calls: dict[int, list[int]] = {}
        for where, number in act.calls:
            if number in number_of:
                place = index[self._called(where)]
                calls.setdefault(place, []).append(number_of[number])
        tests = {
            index[test]: [self._decision(item, index) for item in decisions]
            for test, decisions in act.tests.items()
        }
        places = self.sites.places
        case: list[Any] = [
            self._numbers[act.function],
            self._said(act.arguments),
            sorted({index[places[site][1]] for site in act.ran}),
            _sorted({index[places[k][1]]: self._said(v) for k, v in act.values.items()}),
            _sorted(tests),
            _sorted({index[place]: numbers for place, numbers in operations.items()}),
            _sorted({place: _counted(listed) for place, listed in calls.items()}),
            act.raised,
        ]
        while case[-1] in ([], None):
            case.pop()
        return case

    def _decision(self, item: Any, index: dict[Any, int]) -> Any:
        """Return a decision as it is kept: without what its operand's truth says already."""
        if item == "…":
            return item
        outcome, operand, truth, values, element = item
        kept = [_flag(outcome), index[operand], _flag(truth)]
        if element is not None:
            return [*kept, self._said(values), element]
        return kept if values == [str(truth)] else [*kept, self._said(values)]

    def _said(self, value: Any) -> Any:
        """Return a value's words by their numbers."""
        if isinstance(value, list):
            return [self._said(item) for item in value]
        return self.words.number(value)

    def _called(self, where: Any) -> Any:
        """Return the place of a call; one that no frame told stands at its function's `def`."""
        return (0, 0, 0, 0) if where is None else where


def _flag(truth: bool | None) -> int | None:
    return None if truth is None else int(truth)


def _row(place: Any, about: Any) -> list[int]:
    line, column, end_line, end_column = place
    column = _characters(about, line, column)
    end_column = _characters(about, end_line, end_column)
    return [line, column, *([end_line] if end_line != line else []), end_column]


def _characters(about: Any, line: int, column: int) -> int:
    """Return a column in characters; the compiler counts bytes."""
    text = about.wide.get(about.line + line)
    return column if text is None else len(text[:column].decode())


def _counted(listed: list[int]) -> list[Any]:
    """Return calls in order; several of one case in a row are [case, count]."""
    counted: list[Any] = []
    for case in listed:
        if counted and counted[-1][0] == case:
            counted[-1][1] += 1
        else:
            counted.append([case, 1])
    return [case if count == 1 else [case, count] for case, count in counted]


def _range_names(act: Any, sites: Any) -> Any:
    for site in act.ran:
        yield sites.places[site][1], f"srcread {act.number} {site}"


def _operation(node: Any, table: _Table) -> int:
    children = [_operation(child, table) for child in node.children]
    kernels = [list(node.kernels)] if node.kernels else []
    return table.number([node.name, children, *kernels] if children or kernels else [node.name])


def _sorted(rows: dict[int, Any]) -> list[list[Any]]:
    return [[key, rows[key]] for key in sorted(rows)]
