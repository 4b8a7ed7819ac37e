"""Pagefind's program: where it is, and one run of it over pages, in a folder of its own.

The program comes with the package `pagefind_bin_extended` (the extra `search`). Its Python
interface waits a tenth of a second for each page, so the program is called as on a command line.
It gets no environment that could configure it, a time limit, and no say in where its files go:
they are read out of its folder, links left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from srcread.errors import SrcreadError

if TYPE_CHECKING:
    import subprocess

PACKAGE = "pagefind_bin_extended"
_NAMES = ("pagefind_extended", "pagefind_extended.exe")
_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR")  # all that a program needs on any system
_MOST_BYTES = 1 << 28


class Program(NamedTuple):
    """Pagefind's program, its version, and how long one run may take."""

    path: Path
    version: str
    seconds: float = 120.0

    @property
    def name(self) -> str:
        """Return what an error calls it."""
        return f"Pagefind {self.version}".rstrip()

    @property
    def remedy(self) -> str:
        """Return what to do about a program that does not work."""
        return (
            "The old site is as it was. Install it anew with "
            "pip install --force-reinstall 'srcread[search]', or without it: "
            f"pip uninstall {PACKAGE.replace('_', '-')}"
        )


def find_program() -> Program | None:
    """Find the installed program; nothing is imported or run, for every build asks."""
    found = PathFinder.find_spec(PACKAGE)
    for folder in map(Path, (found.submodule_search_locations or ()) if found else ()):
        for name in _NAMES:
            if (folder / name).is_file():
                return Program(folder / name, _version(folder))
    return None


def run(program: Program, pages: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Let the program index these pages, by file name; return what it wrote, by path.

    Raises:
        SrcreadError: it cannot be started, fails, takes too long, or writes too much.
    """
    from srcread.support.scratch import scratch_folder  # a build without changes needs none

    with scratch_folder() as folder:
        (folder / "pages").mkdir()
        for page, data in pages.items():
            (folder / "pages" / page).write_bytes(data)
        _run(program, folder)
        return dict(_written(program, folder / "index"))


def _run(program: Program, folder: Path) -> None:
    import subprocess  # which costs a build without changes a tenth of its time

    command = [str(program.path), "--site", "pages", "--output-path", "index"]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    with (folder / "said").open("w+b") as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,  # so that what it starts can be stopped with it
            )
        except OSError as error:
            problem = f"cannot be started: {error.strerror or error}"
            raise SrcreadError(f"{program.name} {problem}. {program.remedy}") from None
        try:
            process.wait(program.seconds)
        except subprocess.TimeoutExpired:
            problem = f"took longer than {program.seconds:g} s"
            raise SrcreadError(f"{program.name} {problem}. {program.remedy}") from None
        finally:
            _stop(process)
        if process.returncode != 0:
            said.seek(0)
            words = _last_words(said.read(1 << 16))
            problem = f"failed with exit status {process.returncode}{words}"
            raise SrcreadError(f"{program.name} {problem}. {program.remedy}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    import signal

    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # they have all ended
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _last_words(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return f": {lines[-1].strip()[:200]!r}" if lines else ""


def _written(program: Program, top: Path) -> Iterator[tuple[str, bytes]]:
    size = 0
    for folder, inner, names in os.walk(top):
        inner.sort()
        for path in (Path(folder, name) for name in sorted(names)):
            if path.is_symlink() or not path.is_file():
                continue
            size += path.stat().st_size
            if size > _MOST_BYTES:
                raise SrcreadError(f"{program.name} wrote more than 256 MiB. {program.remedy}")
            yield path.relative_to(top).as_posix(), path.read_bytes()


def _version(package: Path) -> str:
    """Read the version off the metadata's folder: reading the metadata would cost 30 ms."""
    found = sorted(package.parent.glob(f"{package.name}-*.dist-info"))
    return found[-1].name.removesuffix(".dist-info").rpartition("-")[2] if found else ""
