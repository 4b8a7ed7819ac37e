"""From files of idioms to tables: each file is checked, then added to those before it.

A name that stands in two files has the later one's value; a list of names has those of both. What
is wrong in a file is one error, with its line: the graph of half the idioms would look whole.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from srcread.errors import IdiomsError, did_you_mean, near_path
from srcread.graph.idioms.tables import Idioms

_Data = Mapping[str, Mapping[str, Any]]

_PLACE = "an argument's position"
_TEXT = "a text in quotes"
_TEXTS = 'a list of texts: ["…", "…"]'
_BY_NAME = {
    "returns_argument": f'{_PLACE}, or "self"',
    "returns_element": _PLACE,
    "returns_elements": _PLACE,
    "returns_first": _PLACE,
    "holds": f'{_PLACE}, or "*"',
    "calls_argument": _PLACE,
    "argument_gets": _TEXTS,
    "calls_with": _TEXT,
    "calls_through": _TEXTS,
    "gives_later": _TEXT,
    "returns_awaited": _PLACE,
    "looks_up_native": _PLACE,
    "looks_up_path": _PLACE,
    "yields": _TEXT,
    "looks_up_name": _PLACE,
    "instantiates": _TEXT,
    "call_dispatches_to": _TEXT,
    "folded": _TEXT,
    "folded_packages": _TEXT,
    "quiet": _TEXT,
    "returns_instance": _TEXT,
    "schema_types": _TEXT,
    "native_types": _TEXT,
    "property_operators": _TEXT,
    "registers_operator": _TEXT,
    "kept_in": _TEXT,
    "makes_kernel": _TEXT,
    "kernel_methods": _TEXT,
    "called_later": _TEXT,
    "takes_first_of": _TEXT,
    "has_attribute": _TEXT,
    "called_with": _TEXTS,
    "builds_extension": _TEXTS,
    "operator_methods": _TEXTS,
    "keeps_elsewhere": _TEXTS,
    "calls_method_of_argument": _TEXTS,
    "method_dispatches_to": _TEXTS,
}
"""The tables whose keys are names of code, and what stands behind each name."""
_OF_LISTS = {
    "abstract": {"names": _TEXTS},
    "alike": {"names": _TEXTS},
    "copies_deeply": {"names": _TEXTS},
    "stands_in": {"names": _TEXTS},
    "overloads": {"names": _TEXTS},
    "operators": {
        "made_by": _TEXTS,
        "classes_made_by": _TEXTS,
        "named": _TEXTS,
        "classes_named": _TEXTS,
    },
    "aten": {"functions": _TEXTS, "methods": _TEXTS, "namespace": _TEXT, "yaml": _TEXT},
}
"""The tables with keys of their own."""
_TABLES = (*_BY_NAME, *_OF_LISTS)
_OTHER_NAMES = frozenset(
    {"schema_types", "kernel_methods", "operator_methods", "has_attribute", "kept_in"}
    | {"registers_operator", "operators", "aten"}
)
"""The tables whose keys are not full names of definitions."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name of code in a table, and its line."""

    table: str
    name: str
    line: int


@cache
def shipped_idioms() -> Idioms:
    """Return the idioms that srcread ships."""
    return read_idioms(*_shipped())


def extended_idioms(files: Iterable[Path]) -> Idioms:
    """Return the idioms that srcread ships with those of some files added, in this order.

    Raises:
        IdiomsError: as `read_idioms` does.
    """
    return read_idioms(*_shipped(), *files)


def read_idioms(*files: Path) -> Idioms:
    """Read files of idioms, each added to those before it.

    Raises:
        IdiomsError: one is not there, is not TOML, has a table that no rule reads, or a value that
            its table cannot have.
    """
    joined: dict[str, dict[str, Any]] = {}
    for file in files:
        for table, values in _read(file).items():
            _add(joined.setdefault(table, {}), values)
    return Idioms.of(joined)


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of a file that name code: its keys, and the items of its lists of names.

    Raises:
        IdiomsError: as `read_idioms` does.
    """
    text = path.read_text("utf-8")
    for table, values in _read(path).items():
        listed = table not in _OF_LISTS
        if table in _OTHER_NAMES:
            continue
        for name in values if listed else values.get("names", ()):
            yield Row(table, name, _line(text, rf".*[\"']{re.escape(name)}[\"']", table))


def _shipped() -> tuple[Path, ...]:
    here = Path(__file__)
    return here.with_name("idioms.toml"), here.with_name("natives.toml")


def _add(before: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        both = isinstance(value, list) and isinstance(before.get(name), list)
        before[name] = [*dict.fromkeys([*before[name], *value])] if both else value


def _read(path: Path) -> _Data:
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise IdiomsError(f"There is no file {str(path)!r}.{near_path(path)}") from None
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError, RecursionError) as error:
        raise IdiomsError(f"{path}: these idioms cannot be read: {error}.") from None
    for table, values in data.items():
        if problem := _wrong_table(table, values):
            line = _line(text, rf"\[?\s*{re.escape(table)}\b")
            raise IdiomsError(f"{path}:{line}: {problem}")
        for name, value in values.items():
            if problem := _wrong_value(table, name, value):
                line = _line(text, rf"[\"']?{re.escape(name)}[\"']?\s*[=.]", table)
                raise IdiomsError(f"{path}:{line}: {problem}")
    return data


def _wrong_table(table: str, values: object) -> str:
    if table not in _TABLES:
        hint = did_you_mean(table, _TABLES) or f" There are: {', '.join(sorted(_TABLES))}."
        return f"no rule reads the table {table!r}.{hint}"
    return "" if isinstance(values, dict) else f"{table!r} must be a table: write [{table}]."


def _wrong_value(table: str, name: str, value: object) -> str:
    """Say what is wrong with a key or a value that a table cannot have; "" if nothing is."""
    keys = _OF_LISTS.get(table)
    if keys is not None and name not in keys:
        known = did_you_mean(name, keys) or f" There are: {', '.join(keys)}."
        return f"the table {table!r} has no key {name!r}.{known}"
    if isinstance(value, dict):
        hint = f'Put a name with dots in quotes: "{name}.…" = …'
        return f"{name!r} in {table!r} is a table. {hint}"
    wanted = keys[name] if keys is not None else _BY_NAME[table]
    return "" if _is(value, wanted) else f"{name!r} in {table!r} must be {wanted}, not {value!r}."


def _is(value: object, wanted: str) -> bool:
    if wanted is _TEXT:
        return isinstance(value, str)
    if wanted is _TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    position = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return position or (isinstance(value, str) and wanted.endswith(f'"{value}"'))


def _line(text: str, pattern: str, table: str = "") -> int:
    """Return the line that begins like this, behind the header of a table: for an error only."""
    lines: Sequence[str] = text.split("\n")
    header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
    start = next((n for n, line in enumerate(lines) if table and header.match(line)), 0)
    found = (
        n for n, line in enumerate(lines[start:], start + 1) if re.match(rf"\s*{pattern}", line)
    )
    return next(found, start + 1)
