"""Where pip would look for packages: its configuration files and PIP_* variables, read, not run.

Read are the keys that say where a wheel comes from and how to reach it. Left out are
`trusted-host`, client certificates and keyrings: a login comes from the address or from netrc. As
in pip, a later source replaces an earlier one's value: the global files, the user's, the
environment's own, the file that PIP_CONFIG_FILE names, PIP_* variables (pip's documentation, topic
"Configuration"; that PIP_CONFIG_FILE's file wins over all others is how pip 23 to 25 behave, where
the page says first or nothing). An empty variable counts as none.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from srcread.errors import SourceError
from srcread.sources.index_settings import DEFAULT_INDEX, IndexSettings, PackageIndex, distinct

_YES = ("1", "true", "yes", "on", "t", "y")


class _Value(NamedTuple):
    """A key's value, and the variable or file that gives it."""

    text: str
    named_by: str


_NONE = _Value("", "")


def read_pip_settings(environment: Mapping[str, str] | None = None) -> IndexSettings:
    """Return what pip is configured for; `environment` is the process's own by default.

    Raises:
        SourceError: a configuration file or value that pip would refuse too.
    """
    variables = os.environ if environment is None else environment
    values: dict[str, _Value] = {}
    for path in _files(variables):
        values |= _read(path)
    for name, value in variables.items():
        if name.startswith("PIP_") and value:
            key = name.removeprefix("PIP_").lower().replace("_", "-")
            values[key] = _Value(value, name)
    main = values.get("index-url", _NONE)
    indexes = [PackageIndex(*main) if main.text.strip() else DEFAULT_INDEX]
    indexes += _listed(values.get("extra-index-url", _NONE))
    disabled = values.get("no-index", _NONE)
    off = disabled.text.lower() in _YES
    return IndexSettings(
        indexes=() if off else distinct(indexes),
        find_links=distinct(_listed(values.get("find-links", _NONE))),
        disabled_by=disabled.named_by if off else "",
        certificates=values.get("cert", _NONE).text or None,
        timeout=_seconds(values),
    )


def _listed(value: _Value) -> list[PackageIndex]:
    return [PackageIndex(address, value.named_by) for address in value.text.split()]


def _files(variables: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's files from the weakest to the strongest; a named null device means none."""
    named = variables.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    file = "pip.ini" if os.name == "nt" else "pip.conf"
    yield from _shared_files(variables, file)
    if not (named and Path(named).exists()):
        yield from _user_files(variables, file)
    yield Path(sys.prefix, file)
    if named:
        yield Path(named)


def _shared_files(variables: Mapping[str, str], file: str) -> Iterator[Path]:
    if os.name == "nt":
        yield Path(variables.get("PROGRAMDATA", r"C:\ProgramData"), "pip", file)
    elif sys.platform == "darwin":
        yield Path("/Library/Application Support/pip", file)
    else:
        for folder in variables.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
            yield Path(folder, "pip", file)
        yield Path("/etc", file)


def _user_files(variables: Mapping[str, str], file: str) -> Iterator[Path]:
    home = Path(variables.get("HOME") or Path.home())
    if os.name == "nt":
        yield home / "pip" / file
        yield Path(variables.get("APPDATA", home / "AppData" / "Roaming"), "pip", file)
        return
    yield home / ".pip" / file
    yield Path(variables.get("XDG_CONFIG_HOME") or home / ".config", "pip", file)
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "pip" / file


def _read(path: Path) -> dict[str, _Value]:
    """Return the keys of a file, those for `pip install` over the global ones."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError) as error:
        problem = str(error).splitlines()[0]
        raise SourceError(f"pip's configuration {str(path)!r} is broken: {problem}") from error
    values: dict[str, _Value] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            for key, value in parser.items(section):
                plain = key.lstrip("-").replace("_", "-")
                values[plain] = _Value(value, f"{plain} in {str(path)!r}")
    return values


def _seconds(values: Mapping[str, _Value]) -> float:
    found = values.get("timeout", _NONE).text or values.get("default-timeout", _NONE).text
    text = found or "15"
    try:
        return float(text)
    except ValueError:
        raise SourceError(f"pip's timeout is not a number of seconds: {text!r}.") from None
