"""The stamp of a build: what it read, so that the next one can tell that nothing has changed.

A stamp lies in the user's cache, never in the site: it holds times and absolute paths. A file whose
time is as new as the stamp itself may have been written again within the clock's grain, so its
bytes are compared, too. A build whose input changed while it ran leaves no stamp.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from srcread.support.cache import cache_folder, cache_key, sealed, unsealed, warn_unkept

if TYPE_CHECKING:
    from srcread.model import Diagnostic
    from srcread.opening.code import Code
    from srcread.opening.locked import LockedCode

_GRAIN_NANOSECONDS = 2_000_000_000  # FAT's, the coarsest in use
_ALWAYS = 0  # a time older than any file: every file's bytes count


class Stamp:
    """The stamp of the last build into a folder: current if it had the same arguments and inputs.

    `folders` are those whose every file is an input.
    """

    def __init__(self, out: Path, arguments: Sequence[object], folders: Iterable[Path]) -> None:
        self._out = os.path.abspath(out)
        self._inputs = [os.path.abspath(folder) for folder in folders]
        shown = [str(item) for item in arguments]  # findings show paths as they were typed
        self._key = cache_key("stamp", os.getcwd(), shown, self._inputs)
        name = hashlib.sha256(os.fsencode(self._out)).hexdigest()[:32]
        self._path = cache_folder() / "stamps" / f"{name}.json"
        self._before: list[list[object]] = []
        self.pages = 0
        self.warnings: tuple[Diagnostic, ...] = ()

    def is_current(self) -> bool:
        """Tell whether everything that the last build read and wrote is as it was."""
        try:
            data = json.loads(unsealed("stamp", self._path.read_bytes()) or b"")
            if data["key"] != self._key:
                return False
            if data["states"] != _states(data["folders"], data["files"], data["time"]):
                return False
            self.pages = int(data["pages"])
            self.warnings = tuple(_warning(*item) for item in data["warnings"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True

    def begin(self) -> None:
        """Note the state of the folders that this build is going to read.

        There is no stamp while it runs: one that is killed leaves work that the next has to find.
        """
        self._before = _states(self._inputs, (), _ALWAYS)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def write(
        self,
        codes: Sequence[Code | LockedCode],
        pages: int,
        warnings: Sequence[Diagnostic],
        written: Mapping[str, str],
    ) -> None:
        """Note what this build read; where that cannot be noted, the next build does all again.

        `written` are the sha256 of the pages that it made, by address.
        """
        folders = [*self._inputs, self._out]
        files = sorted({path for code in codes for path in _files(code)})
        data: dict[str, object] = {
            "key": self._key,
            "folders": folders,
            "files": files,
            "pages": pages,
            "warnings": [
                [item.path, item.line, item.code, item.message, item.hint, item.severity.value]
                for item in warnings
            ],
        }
        temporary = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary.touch()
            data["time"] = now = os.stat(temporary).st_mtime_ns
            made = {os.path.join(self._out, *one.split("/")): written[one] for one in written}
            data["states"] = _states(folders, files, now, made)
            if self._is_untouched(codes):
                temporary.write_bytes(sealed("stamp", json.dumps(data).encode()))
                temporary.replace(self._path)
                return
        except OSError as error:
            warn_unkept(cache_folder(), error)
        for path in (temporary, self._path):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _is_untouched(self, codes: Iterable[Code | LockedCode]) -> bool:
        """Tell whether the inputs still are what this build read, by their bytes."""
        return _states(self._inputs, (), _ALWAYS) == self._before and all(
            _sha256(path) == sha256 for code in codes for path, sha256 in _consulted(code)
        )


def _warning(path: str, line: int, code: str, message: str, hint: str, severity: str) -> Diagnostic:
    from srcread.model import Diagnostic, Severity  # 20 ms, and most builds have none

    return Diagnostic(path, line, code, message, hint, Severity(severity))


def _files(code: Code | LockedCode) -> Iterator[str]:
    """Yield the consulted source files, and the folders in which a new file would be found."""
    from srcread.model import OWN_ORIGINS
    from srcread.sources import version_files

    for path, _ in _consulted(code):
        yield path
        yield os.path.dirname(path)
    for item in code.distributions:
        yield str(item.root)
        if item.origin in OWN_ORIGINS:  # what is shown for a version may change with no source file
            yield from map(str, version_files(item.root))


def _consulted(code: Code | LockedCode) -> Iterator[tuple[str, str]]:
    roots = {item.name: item.root for item in code.distributions}
    for place, sha256 in code.graph.files.items():
        name, _, path = place.partition(":")
        yield str(roots[name] / path), sha256


def _states(
    folders: Iterable[str],
    files: Iterable[str],
    time: int,
    known: Mapping[str, str] = MappingProxyType({}),
) -> list[list[object]]:
    """Return the state of every file: size, time, and for one newer than `time` its digest.

    A link to nowhere has its name only. Files whose digest is `known` are not read.
    """
    paths = [*files]
    for folder in folders:
        paths += _files_below(folder)
    states: list[list[object]] = []
    for path in sorted(paths):
        state: list[object] = [path]
        with suppress(OSError):
            stat = os.stat(path)
            state += [stat.st_size, stat.st_mtime_ns]
            if stat.st_mtime_ns > time - _GRAIN_NANOSECONDS and os.path.isfile(path):
                state.append(known.get(path) or _sha256(path))
        states.append(state)
    return states


def _files_below(folder: str) -> Iterator[str]:
    """Yield the files below a folder, through links to folders, too, but into each only once."""
    seen = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        identity = os.path.realpath(root)
        if identity in seen:
            folders.clear()
            continue
        seen.add(identity)
        yield from (os.path.join(root, name) for name in names)


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
