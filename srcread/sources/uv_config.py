"""Where uv would look for packages: its UV_* variables and files, read, not run.

By uv's documentation ("Configuration files", "Package indexes"), and where that is silent by what
uv 0.13 was seen to ask. Files are those of a project (`uv.toml`, else `[tool.uv]` of
`pyproject.toml`, in the current folder or the nearest above that has one), of the user and of the
system; UV_CONFIG_FILE replaces all of them, UV_NO_CONFIG switches them off. The order of asking:

1. UV_INDEX, UV_EXTRA_INDEX_URL, then each file's `[[index]]`, then `extra-index-url`
2. last the default: UV_DEFAULT_INDEX, UV_INDEX_URL, an `[[index]]` with `default = true`,
   `[pip] index-url`, `index-url`; else pypi.org's

The project's files come before the user's and these before the system's. Of indexes with one name
the first counts, and `explicit` ones are left out: uv asks them only for what a project pins to
them. An empty variable counts as none; variables in a file's values are not expanded, uv takes `$`
as it is. Left out are workspaces, whose root would win over a member's own table, and keyrings. A
`pyproject.toml` that is broken stops here, where uv warns and goes on, perhaps to a public index.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from srcread.errors import SourceError
from srcread.sources.index_settings import (
    DEFAULT_INDEX,
    MISSING,
    IndexSettings,
    PackageIndex,
    distinct,
)

_REFUSES_WHAT_IT_LACKS = "download.pytorch.org"  # uv takes its 403 for a 404, too
_TEXTS = ("index-url", "index-strategy")
_LISTS = ("extra-index-url", "find-links")


@dataclass(frozen=True, slots=True)
class _Index:
    """An `[[index]]`, or an address in its place."""

    index: PackageIndex
    name: str = ""
    default: bool = False
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    """What a file says, at its top level or under `[pip]`; `place` is the file's path."""

    place: Path
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    no_index: bool | None
    indexes: tuple[_Index, ...]


def read_uv_settings(variables: Mapping[str, str], folder: Path) -> IndexSettings:
    """Return what uv is configured for by these variables and by the files seen from a folder.

    Raises:
        SourceError: a file or value that uv would refuse, too.
    """
    files = [tables for path in _files(variables, folder) for tables in _read(path)]
    tables = sorted(files, key=lambda pair: not pair[0])  # `[pip]` wins, whatever the file
    found = [table for _, table in tables]
    disabled = next((table for table in found if table.no_index is not None), None)
    off = disabled is not None and disabled.no_index
    strategy = variables.get("UV_INDEX_STRATEGY") or _first(found, "index-strategy")[0]
    return IndexSettings(
        indexes=() if off else _indexes(variables, found),
        find_links=distinct(_find_links(variables, found)),
        disabled_by=f"no-index in {str(disabled.place)!r}" if disabled and off else "",
        first_decides=(strategy or "first-index") == "first-index",
        certificates=variables.get("SSL_CERT_FILE") or None,
        timeout=_seconds(variables),
    )


def _indexes(variables: Mapping[str, str], tables: list[_Table]) -> tuple[PackageIndex, ...]:
    listed = [
        *_named_in(variables, "UV_INDEX"),
        *_named_in(variables, "UV_EXTRA_INDEX_URL"),
        *(index for table in tables for index in table.indexes),
        *map(_Index, _all(tables, "extra-index-url")),
    ]
    usual = [item for item in _first_of_each_name(listed) if not item.explicit]
    asked = [_with_login(item, variables) for item in usual if not item.default]
    return distinct([*asked, _with_login(_default(variables, tables, usual), variables)])


def _default(variables: Mapping[str, str], tables: list[_Table], usual: Iterable[_Index]) -> _Index:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if named := _named_in(variables, name):
            return named[0]
    if declared := next((item for item in usual if item.default), None):
        return declared
    address, place = _first(tables, "index-url")
    return _Index(PackageIndex(address, f"index-url in {place!r}") if address else DEFAULT_INDEX)


def _find_links(variables: Mapping[str, str], tables: list[_Table]) -> Iterator[PackageIndex]:
    for address in variables.get("UV_FIND_LINKS", "").split(","):
        yield PackageIndex(address, "UV_FIND_LINKS")
    yield from _all(tables, "find-links")


def _named_in(variables: Mapping[str, str], variable: str) -> list[_Index]:
    """Return the indexes of a variable, each an address or `name=address`."""
    found = []
    for text in variables.get(variable, "").split():
        named = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)", text)
        name, address = named.groups() if named else ("", text)
        found.append(_Index(PackageIndex(address, variable, _missing(address)), name))
    return found


def _first_of_each_name(indexes: Iterable[_Index]) -> list[_Index]:
    found: dict[object, _Index] = {}
    for number, item in enumerate(indexes):
        found.setdefault(item.name or number, item)
    return list(found.values())


def _with_login(item: _Index, variables: Mapping[str, str]) -> PackageIndex:
    """Put the login that UV_INDEX_<NAME>_USERNAME and …_PASSWORD give into a named address."""
    stem = f"UV_INDEX_{re.sub(r'[^A-Za-z0-9]', '_', item.name).upper()}"
    user, password = (variables.get(f"{stem}_{part}", "") for part in ("USERNAME", "PASSWORD"))
    if not item.name or not (user or password):
        return item.index
    try:
        parts = urlsplit(item.index.address)
    except ValueError:
        return item.index
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    host = parts.netloc.rpartition("@")[2]
    address = urlunsplit(parts._replace(netloc=f"{login}@{host}"))
    return replace(item.index, address=address)


def _missing(address: str) -> frozenset[int]:
    return MISSING | {403} if f"//{_REFUSES_WHAT_IT_LACKS}/" in address else MISSING


def _first(tables: Iterable[_Table], key: str) -> tuple[str, str]:
    """Return a key's value of the first table that has it, and that table's file."""
    for table in tables:
        if text := table.texts.get(key):
            return text, str(table.place)
    return "", ""


def _all(tables: Iterable[_Table], key: str) -> list[PackageIndex]:
    return [
        PackageIndex(address, f"{key} in {str(table.place)!r}", _missing(address))
        for table in tables
        for address in table.lists.get(key, ())
    ]


def _seconds(variables: Mapping[str, str]) -> float:
    text = variables.get("UV_HTTP_TIMEOUT") or "30"
    try:
        return float(text)
    except ValueError:
        raise SourceError(f"UV_HTTP_TIMEOUT is not a number of seconds: {text!r}.") from None


def _files(variables: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """Yield uv's files from the strongest to the weakest, only such as are there."""
    if named := variables.get("UV_CONFIG_FILE"):
        if not Path(named).is_file():
            raise SourceError(f"UV_CONFIG_FILE names {named!r}, and there is no such file.")
        yield Path(named)
        return
    if variables.get("UV_NO_CONFIG", "").lower() in ("1", "true", "yes", "on", "t", "y"):
        return
    for candidates in (
        _project_files(folder),
        _user_files(variables),
        _system_files(variables),
    ):
        if found := next((path for path in candidates if path.is_file()), None):
            yield found


def _project_files(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        yield place / "uv.toml"
        project = place / "pyproject.toml"
        if project.is_file() and _project_table(project) is not None:
            yield project


def _user_files(variables: Mapping[str, str]) -> Iterator[Path]:
    home = Path(variables.get("HOME") or Path.home())
    if os.name == "nt":
        yield Path(variables.get("APPDATA", home / "AppData" / "Roaming"), "uv", "uv.toml")
    else:
        yield Path(variables.get("XDG_CONFIG_HOME") or home / ".config", "uv", "uv.toml")


def _system_files(variables: Mapping[str, str]) -> Iterator[Path]:
    if os.name == "nt":
        yield Path(variables.get("SYSTEMDRIVE", "C:"), "\\", "ProgramData", "uv", "uv.toml")
        return
    shared = variables.get("XDG_CONFIG_DIRS") or ("" if sys.platform == "darwin" else "/etc/xdg")
    for folder in filter(None, shared.split(os.pathsep)):
        yield Path(folder, "uv", "uv.toml")
    yield Path("/etc/uv/uv.toml")


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # of TOML and of UTF-8
        raise SourceError(f"uv's configuration {str(path)!r} is broken: {error}.") from error


def _project_table(path: Path) -> Any:
    """Return `[tool.uv]` of a `pyproject.toml`, or None where it has none."""
    match _load(path):
        case {"tool": {"uv": table}}:
            return table
    return None


def _read(path: Path) -> Iterator[tuple[bool, _Table]]:
    """Yield the tables of a file, each with whether it is `[pip]`."""
    found = _project_table(path) if path.name == "pyproject.toml" else _load(path)
    data = _dict(path, "settings", found)
    yield True, _table(path, _dict(path, "pip", data.get("pip", {})), [])
    yield False, _table(path, data, _list(path, "index", data.get("index", [])))


def _table(path: Path, data: Mapping[str, Any], indexes: Iterable[object]) -> _Table:
    texts = {key: _text(path, key, data[key]) for key in _TEXTS if key in data}
    if "index-url" in texts:
        texts["index-url"] = _local(path, texts["index-url"])
    lists = {
        key: tuple(_local(path, _text(path, key, item)) for item in _list(path, key, data[key]))
        for key in _LISTS
        if key in data
    }
    declared = tuple(_declared(path, _dict(path, "index", entry)) for entry in indexes)
    return _Table(path, texts, lists, data.get("no-index"), declared)


def _declared(path: Path, entry: Mapping[str, Any]) -> _Index:
    address = _text(path, "url", entry.get("url"))
    codes = _list(path, "ignore-error-codes", entry.get("ignore-error-codes", []))
    index = PackageIndex(
        _local(path, address), f"[[index]] in {str(path)!r}", _missing(address).union(codes)
    )
    default, explicit = entry.get("default") is True, entry.get("explicit") is True
    return _Index(index, _text(path, "name", entry.get("name", "")), default, explicit)


def _dict(path: Path, key: str, value: Any) -> dict[str, Any]:
    match value:
        case dict():
            return value
    raise _wrong(path, key, "a table")


def _list(path: Path, key: str, value: Any) -> list[Any]:
    match value:
        case list():
            return value
    raise _wrong(path, key, "a list")


def _text(path: Path, key: str, value: Any) -> str:
    match value:
        case str():
            return value
    raise _wrong(path, key, "a text")


def _wrong(path: Path, key: str, wanted: str) -> SourceError:
    return SourceError(f"uv's configuration {str(path)!r} is broken: {key!r} must be {wanted}.")


def _local(path: Path, address: str) -> str:
    """Return an address; a relative path is one beside the file that says it."""
    if "://" in address or address.startswith("file:"):
        return address
    return str(path.parent / Path(address).expanduser())
