"""The keys of a TOML table held against what a format allows: names, kinds, nothing unknown.

Values of a wrong kind are reported once, here; the getters then read past them, so that one
mistake never hides another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from srcread.errors import did_you_mean
from srcread.model import Diagnostic, KeyPath
from srcread.notes.format.codes import finding
from srcread.notes.format.files import check_hidden, hidden
from srcread.notes.format.frontmatter import Toml, line_of


class Kind(Enum):
    """What a key's value has to be, in the words of a message."""

    TEXT = "a text in quotes"
    FLAG = "true or false"
    TEXTS = 'a list of texts: ["…", "…"]'
    TABLE = "a table"
    TABLES = "a list of tables in double brackets"
    TEXT_BY_NAME = "a table of texts"
    TEXTS_BY_NAME = "a table of lists of texts"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Keys that stand in the wrong file: the code for one, where it stands, and what to do."""

    keys: frozenset[str]
    code: str
    where: str
    hint: str


@dataclass(frozen=True, slots=True)
class Format:
    """The keys that a table may have, and the codes for an unknown one and for a wrong kind.

    `above` are the keys of the table around it: TOML takes them for its own when they follow it.
    `elsewhere` are those of another kind of file, where they are at home.
    """

    keys: Mapping[str, Kind]
    unknown: str
    wrong: str
    above: frozenset[str] = frozenset()
    elsewhere: Elsewhere | None = None


def check_keys(toml: Toml, form: Format, *table: str | int) -> list[Diagnostic]:
    """Report unknown keys, values of a wrong kind and hidden characters in one table of a file."""
    findings = []
    for key, value in _table(toml, table).items():
        if key not in form.keys:
            findings.append(_unknown(toml, form, table, key))
            continue
        for place, item, kind in _items((*table, key), value, form.keys[key]):
            if not _is(item, kind):
                message = f"{place[-1]} must be {kind.value}, not {_kind(item)}."
                findings.append(finding(form.wrong, toml.path, line_of(toml, *place), message))
            for one in item if isinstance(item, list) else [item]:
                if isinstance(one, str) and hidden(one, toml.text):
                    findings += check_hidden(toml.path, line_of(toml, *place), one, toml.text)
    return findings


def text(values: Mapping[str, object], key: str) -> str | None:
    """Return a text without blanks around it, or None where there is none or only blanks."""
    value = values.get(key)
    return value.strip() or None if isinstance(value, str) else None


def flag(values: Mapping[str, object], key: str, default: bool) -> bool:
    """Return a truth value, or the default."""
    value = values.get(key)
    return value if isinstance(value, bool) else default


def texts(values: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return a list of texts; nothing where it is none."""
    value = values.get(key)
    return tuple(value) if _is(value, Kind.TEXTS) and isinstance(value, list) else ()


def table(values: Mapping[str, object], key: str) -> dict[str, object]:
    """Return a table; an empty one where there is none."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def tables(values: Mapping[str, object], key: str) -> list[dict[str, object]]:
    """Return the tables of `[[key]]`; nothing where it is none."""
    value = values.get(key)
    return value if _is(value, Kind.TABLES) and isinstance(value, list) else []


def text_by_name(values: Mapping[str, object], key: str) -> dict[str, str]:
    """Return a table's texts, without values that are none."""
    return {name: item for name, item in table(values, key).items() if isinstance(item, str)}


def _table(toml: Toml, keys: KeyPath) -> dict[str, object]:
    value: object = toml.values
    for key in keys:
        match value:
            case dict():
                value = value.get(key)
            case list() if isinstance(key, int):
                value = value[key]
    return value if isinstance(value, dict) else {}


def _items(place: KeyPath, value: object, kind: Kind) -> list[tuple[KeyPath, object, Kind]]:
    """Return what is to be of which kind: a table of texts is held text by text."""
    inner = {Kind.TEXT_BY_NAME: Kind.TEXT, Kind.TEXTS_BY_NAME: Kind.TEXTS}.get(kind)
    if inner is None or not isinstance(value, dict):
        return [(place, value, kind)]
    return [((*place, name), item, inner) for name, item in value.items()]


def _unknown(toml: Toml, form: Format, keys: KeyPath, key: str) -> Diagnostic:
    line = line_of(toml, *keys, key)
    if (other := form.elsewhere) is not None and key in other.keys:
        message = f"{key!r} stands in {other.where}."
        return finding(other.code, toml.path, line, message, other.hint)
    hint = did_you_mean(key, form.keys).strip() or f"Known are: {', '.join(sorted(form.keys))}."
    if key in form.above:
        hint = f"Move it above the first [[{keys[0]}]]: TOML takes it for a key of that table."
    elif key in ("line", "lines", "order", "number"):
        hint = "Line and order numbers do not survive upstream changes: use at, and after."
    return finding(form.unknown, toml.path, line, f"Unknown key {key!r}.", hint)


def _is(value: object, kind: Kind) -> bool:
    match kind, value:
        case (Kind.TEXT, str()) | (Kind.FLAG, bool()) | (Kind.TABLE, dict()):
            return True
        case Kind.TEXTS, list():
            return all(isinstance(item, str) for item in value)
        case Kind.TABLES, list():
            return all(isinstance(item, dict) for item in value)
    return False


def _kind(value: object) -> str:
    match value:
        case str():
            return "a text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list" if all(isinstance(item, str) for item in value) else "a mixed list"
        case dict():
            return "a table"
    return "a date or time"
