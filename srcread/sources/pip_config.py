"""Where pip would look for packages: its configuration files and PIP_* variables, read, not run.

Read are the keys that say where a wheel comes from and how to reach it. Left out are
`trusted-host`, client certificates and keyrings: a login comes from the address or from netrc. As
in pip, a later source replaces an earlier one's value: the global file, the user's, the
environment's own, PIP_CONFIG_FILE, PIP_*.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import SourceError


@dataclass(frozen=True, slots=True)
class PipSettings:
    """Where to look, in order. `find_links` are folders, wheels or pages of links."""

    indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    certificates: str | None = None
    timeout: float = 15.0


def read_pip_settings(environment: Mapping[str, str] | None = None) -> PipSettings:
    """Return what pip is configured for; `environment` is the process's own by default.

    Raises:
        SourceError: a configuration file or value that pip would refuse too.
    """
    variables = os.environ if environment is None else environment
    values: dict[str, str] = {}
    for path in _files(variables):
        values |= _read(path)
    for name, value in variables.items():
        if name.startswith("PIP_") and value:
            values[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    indexes = [values.get("index-url") or default_index()]
    indexes += values.get("extra-index-url", "").split()
    if values.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        indexes = []
    return PipSettings(
        indexes=tuple(dict.fromkeys(url.strip().rstrip("/") for url in indexes if url)),
        find_links=tuple(dict.fromkeys(values.get("find-links", "").split())),
        certificates=values.get("cert") or None,
        timeout=_seconds(values),
    )


def default_index() -> str:
    """Return the index that pip asks where nothing is configured; empty where pip is not found."""
    try:
        # pip says it nowhere else; a host of our own choosing would be one more thing to trust.
        from pip._internal.models.index import PyPI
    except ImportError:
        return ""
    return str(PyPI.simple_url)


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


def _read(path: Path) -> dict[str, str]:
    """Return the keys of a file, those for `pip install` over the global ones."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError) as error:
        problem = str(error).splitlines()[0]
        raise SourceError(f"pip's configuration {str(path)!r} is broken: {problem}") from error
    values: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            items = parser.items(section)
            values |= {key.lstrip("-").replace("_", "-"): value for key, value in items}
    return values


def _seconds(values: Mapping[str, str]) -> float:
    text = values.get("timeout") or values.get("default-timeout") or "15"
    try:
        return float(text)
    except ValueError:
        raise SourceError(f"pip's timeout is not a number of seconds: {text!r}.") from None
