"""The stamp of a build: what it read, so that the next one can tell that nothing has changed.

A stamp lies in the user's cache, never in the site: it holds times and absolute paths. A file whose
time is as new as the stamp itself may have been written again within the clock's grain, so its
bytes are compared, too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from srcread.index.cache import cache_key
from srcread.model import Diagnostic, Severity
from srcread.sources.store import cache_folder

if TYPE_CHECKING:
    from srcread.opening import Code

_GRAIN_NANOSECONDS = 2_000_000_000  # FAT's, the coarsest in use


class Stamp:
    """The stamp of builds into one folder with the same arguments."""

    def __init__(self, out: Path, arguments: Sequence[object]) -> None:
        self._out = Path(os.path.abspath(out))
        key = cache_key("stamp", str(self._out), os.getcwd(), [str(item) for item in arguments])
        self._path = cache_folder() / "stamps" / f"{key[:32]}.json"
        self.pages = 0
        self.warnings: tuple[Diagnostic, ...] = ()

    def is_current(self) -> bool:
        """Tell whether everything that the last build read and wrote is as it was."""
        try:
            data = json.loads(self._path.read_bytes())
            current = _states(map(Path, data["folders"]), map(Path, data["files"]), data["time"])
            if current != data["states"]:
                return False
            self.pages = int(data["pages"])
            self.warnings = tuple(_warning(*item) for item in data["warnings"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True

    def write(
        self,
        folders: Iterable[Path],
        codes: Iterable[Code],
        pages: int,
        warnings: Sequence[Diagnostic],
    ) -> None:
        """Note what this build read; where the cache cannot be written the next one is slower."""
        inputs = [os.path.abspath(folder) for folder in folders]
        written = [*inputs, str(self._out)]
        files = sorted({str(path) for code in codes for path in _files(code)})
        data: dict[str, object] = {
            "folders": written,
            "files": files,
            "pages": pages,
            "warnings": [
                [item.path, item.line, item.code, item.message, item.hint, item.severity.value]
                for item in warnings
            ],
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(f".{os.getpid()}")
            temporary.touch()
            data["time"] = now = os.stat(temporary).st_mtime_ns
            data["states"] = _states(map(Path, written), map(Path, files), now)
            temporary.write_text(json.dumps(data), "utf-8")
            temporary.replace(self._path)
        except OSError:
            self._path.unlink(missing_ok=True)


def _warning(path: str, line: int, code: str, message: str, hint: str, severity: str) -> Diagnostic:
    return Diagnostic(path, line, code, message, hint, Severity(severity))


def _files(code: Code) -> Iterator[Path]:
    """Yield the source files that were consulted, and the folders that hold their packages."""
    roots = {item.name: item.root for item in code.distributions}
    for place in code.graph.files:
        name, _, path = place.partition(":")
        yield roots[name] / path
    for item in code.distributions:
        yield item.root


def _states(folders: Iterable[Path], files: Iterable[Path], time: int) -> list[list[object]]:
    """Return the state of every file: size, time, and for one newer than `time` its digest."""
    paths = [*files]
    for folder in folders:
        paths += [Path(root) / name for root, _, names in os.walk(folder) for name in sorted(names)]
    states: list[list[object]] = []
    for path in sorted(paths):
        stat = path.stat()
        state: list[object] = [str(path), stat.st_size, stat.st_mtime_ns]
        if stat.st_mtime_ns > time - _GRAIN_NANOSECONDS and path.is_file():
            state.append(hashlib.sha256(path.read_bytes()).hexdigest())
        states.append(state)
    return states
