"""Where C++ functions stand: a table checked by hand, read from cpp_files.toml or a user's own.

native_functions.yaml gives names only. A path that nobody has looked at is never made up: what the
table lacks is for the reader to search.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from srcread.errors import SrcreadError, did_you_mean
from srcread.model import Plugin

_TABLES = ("lists", "files", "generated", "plugins")
_PLUGIN_KEYS = ("class", "file", "versions")


@dataclass(frozen=True, slots=True)
class CppTable:
    """Operator lists by distribution; C++ functions' files by that and their name.

    `generated` has the functions that a build writes, and the files whose code they are made of.
    Plugins go by the package that brings them, and their name.
    """

    lists: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]
    generated: Mapping[str, Mapping[str, str]]
    plugins: Mapping[str, Mapping[str, Plugin]]

    def file(self, distribution: str, function: str) -> str | None:
        """Return the upstream path of a C++ function or of what it is made of, where checked."""
        written = self.files.get(distribution, {}).get(function)
        return written or self.generated.get(distribution, {}).get(function)

    def is_generated(self, distribution: str, function: str) -> bool:
        """Tell whether a build writes this function, out of the file that `file` returns."""
        return function in self.generated.get(distribution, {})

    def plugin(self, package: str, name: str) -> Plugin | None:
        """Return the plugin of this name, where the table has it."""
        return self.plugins.get(package, {}).get(name)


@cache
def shipped_cpp_table() -> CppTable:
    """Return the table that srcread ships."""
    return read_cpp_table(Path(__file__).parents[1] / "cpp_files.toml")


def read_cpp_table(path: Path) -> CppTable:
    """Read a table of C++ files and plugins.

    Raises:
        SrcreadError: it is not TOML, has a key that nothing reads, or lacks one of a plugin's.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise SrcreadError(f"{path}: this table cannot be read: {error}.") from None
    _refuse_unknown(path, data, _TABLES, "the file")
    return CppTable(
        lists={
            distribution: _text(path, f"lists.{distribution}", value)
            for distribution, value in _table(path, "lists", data.get("lists", {})).items()
        },
        files=_paths(path, data, "files"),
        generated=_paths(path, data, "generated"),
        plugins={
            distribution: {
                name: _plugin(path, f"plugins.{distribution}.{name}", name, value)
                for name, value in _table(path, f"plugins.{distribution}", plugins).items()
            }
            for distribution, plugins in _table(path, "plugins", data.get("plugins", {})).items()
        },
    )


def _paths(path: Path, data: Mapping[str, Any], key: str) -> dict[str, dict[str, str]]:
    return {
        distribution: {
            name: _text(path, f"{key}.{distribution}.{name}", value)
            for name, value in _table(path, f"{key}.{distribution}", functions).items()
        }
        for distribution, functions in _table(path, key, data.get(key, {})).items()
    }


def _plugin(path: Path, key: str, name: str, value: object) -> Plugin:
    values = _table(path, key, value)
    _refuse_unknown(path, values, _PLUGIN_KEYS, key)
    if missing := [needed for needed in _PLUGIN_KEYS[:2] if needed not in values]:
        raise SrcreadError(f"{path}: {key} lacks {missing[0]!r}. A plugin has a class and a file.")
    versions = values.get("versions", [])
    if not isinstance(versions, list):
        raise SrcreadError(f"{path}: {key}.versions is {versions!r}. Write a list of texts.")
    return Plugin(
        name,
        _text(path, f"{key}.class", values["class"]),
        _text(path, f"{key}.file", values["file"]),
        tuple(_text(path, f"{key}.versions", version) for version in versions),
    )


def _table(path: Path, key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SrcreadError(f"{path}: {key} is {value!r}. Write a table: [{key}].")
    return value


def _text(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise SrcreadError(f"{path}: {key} is {value!r}. Write a text in quotes.")
    return value


def _refuse_unknown(
    path: Path, values: Mapping[str, Any], known: tuple[str, ...], where: str
) -> None:
    if unknown := sorted(set(values) - set(known)):
        hint = did_you_mean(unknown[0], known)
        raise SrcreadError(f"{path}: nothing reads {unknown[0]!r} in {where}.{hint}")
