"""Writes the pages that differ, and has them put in the place of the old ones: see `placing`.

The manifest `.srcread.json` holds the key of every page, and marks a folder as ours: no other is
ever written to. What a user has put into the site's folder stays there. Two builds of one site take
turns, so that neither keeps a file which the other is taking away.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from srcread.errors import SrcreadError
from srcread.site.placing import (
    MANIFEST,
    Change,
    put_in_place,
    refuse_obstacles,
    remove_workshops,
    workshop,
)
from srcread.site.shares import make
from srcread.site.view import PagePlan, PublishResult

_OF_THE_SYSTEM = "lost+found"  # in the root of a new file system, which counts as empty


class _Entry(NamedTuple):
    key: str
    sha256: str


def publish(
    out: Path,
    pages: Sequence[PagePlan],
    *,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> PublishResult:
    """Bring the site in the folder `out` up to these pages; if a page fails, it stays as it was.

    `progress` is told, after each page, how many of how many are done, `jobs` is how many processes
    make them.

    Raises:
        SrcreadError: `out` is not a srcread site and not empty, or cannot be written.
    """
    out = Path(os.path.realpath(out))
    with _turn(out):
        return _publish(out, pages, progress, jobs)


def _publish(
    out: Path,
    pages: Sequence[PagePlan],
    progress: Callable[[int, int], None] | None,
    jobs: int,
) -> PublishResult:
    remove_workshops(out)
    old = _read_manifest(out)
    fresh = [page for page in pages if not _is_current(out, page, old)]
    ours = {page.address for page in pages}
    removed = tuple(sorted(old.keys() - ours))
    if not fresh and not removed and (out / MANIFEST).exists():
        return PublishResult((), tuple(sorted(ours)), ())
    refuse_obstacles(out, ours, [page.address for page in fresh], old)
    try:
        with workshop(out, old) as new:
            manifest = _write_fresh(new, fresh, progress, jobs)
            change = Change([*manifest], ours.difference(manifest), [*old])
            manifest |= {address: old[address] for address in change.kept}
            (new / MANIFEST).write_bytes(_text(manifest))
            put_in_place(out, new, change, _halfway(change, manifest))
    except OSError as error:
        raise SrcreadError(
            f"The site at {str(out)!r} cannot be written: {error.strerror or error}. "
            "The old one is as it was. Name another folder with -o."
        ) from error
    written = tuple(sorted(page.address for page in fresh))
    digests = {address: manifest[address].sha256 for address in written}
    return PublishResult(written, tuple(sorted(ours.difference(written))), removed, digests)


def _read_manifest(out: Path) -> dict[str, _Entry]:
    """Read what the last publish wrote; nothing where there is no site yet."""
    try:
        text = (out / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        if not out.exists() or (out.is_dir() and {*os.listdir(out)} <= {_OF_THE_SYSTEM}):
            return {}
        raise SrcreadError(_foreign(out)) from None
    except (NotADirectoryError, UnicodeDecodeError):
        raise SrcreadError(_foreign(out)) from None
    except OSError as error:
        raise SrcreadError(f"{str(out)!r} cannot be read: {error.strerror}.") from None
    try:
        pages = json.loads(text)["pages"]
        if all(map(_is_inside, pages)):
            return {address: _Entry(*entry) for address, entry in pages.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return {}  # ours by its name, and broken: every page is rendered anew


def _is_inside(address: str) -> bool:
    """Tell whether an address is one: a manifest in a clone may name files of anybody."""
    path = PurePosixPath(address)
    plain = path.as_posix() == address and not path.is_absolute() and ".." not in path.parts
    return plain and address != "." and not {*"\\:"} & {*address}


def _foreign(out: Path) -> str:
    what = "is not a site of srcread and not empty" if out.is_dir() else "is not a folder"
    return f"{str(out)!r} {what}. Name a new or empty folder with -o, or empty this one."


def _is_current(out: Path, page: PagePlan, old: Mapping[str, _Entry]) -> bool:
    entry = old.get(page.address)
    return entry is not None and entry.key == page.key and (out / page.address).is_file()


def _write_fresh(
    new: Path,
    fresh: Sequence[PagePlan],
    progress: Callable[[int, int], None] | None,
    jobs: int,
) -> dict[str, _Entry]:
    def told(done: int) -> None:
        if progress is not None:
            progress(done, len(fresh))

    for folder in sorted({(new / page.address).parent for page in fresh}):
        folder.mkdir(parents=True, exist_ok=True)
    return make(fresh, partial(_write, new), jobs, told)


def _write(new: Path, page: PagePlan) -> _Entry:
    data = page.render()
    (new / page.address).write_bytes(data)
    return _Entry(page.key, hashlib.sha256(data).hexdigest())


def _text(manifest: Mapping[str, _Entry]) -> bytes:
    pages = {address: list(entry) for address, entry in sorted(manifest.items())}
    return (json.dumps({"format": 1, "pages": pages}, indent=1) + "\n").encode()


def _halfway(change: Change, manifest: Mapping[str, _Entry]) -> bytes:
    """Return a manifest of all that is ours before and after, by which only kept files count."""
    none = dict.fromkeys([*change.old, *change.fresh], _Entry("", ""))
    return _text(none | {address: manifest[address] for address in change.kept})


@contextmanager
def _turn(out: Path) -> Iterator[None]:
    """Wait until no other build writes beside `out`: the lock of its parent folder is the turn.

    A folder can be locked only where `fcntl` is; elsewhere, and on file systems without locks,
    nobody waits.
    """
    folder = None
    with suppress(ImportError, OSError):
        import fcntl

        out.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(out.parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if folder is not None:
            os.close(folder)
