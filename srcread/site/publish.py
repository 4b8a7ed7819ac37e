"""Writes the pages that differ, beside the old site, and puts the new one in its place in one step.

The manifest `.srcread.json` holds the key of every page, and marks a folder as ours: no other is
ever replaced. What else a user has put into the site's folder is carried over. Unchanged files are
hard links to the old ones, so that a new site costs only what is new. Two builds of one site take
turns, so that neither links a file which the other is taking away. Where the system cannot
exchange two folders in one step (other than Linux), two renames leave a gap of microseconds.

The files of a bundle are known only when it is made: they all have its key, and one that is gone
makes the whole bundle anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from srcread.errors import SrcreadError
from srcread.site.view import BundlePlan, PagePlan, PublishResult

MANIFEST = ".srcread.json"
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
_HERE = -100  # AT_FDCWD of linux/fcntl.h
_OLD = 3600.0  # seconds after which a leftover counts as dead where no lock can tell


class _Entry(NamedTuple):
    key: str
    sha256: str


def publish(
    out: Path,
    pages: Sequence[PagePlan],
    bundles: Sequence[BundlePlan] = (),
    *,
    progress: Callable[[int, int], None] | None = None,
) -> PublishResult:
    """Bring the site in the folder `out` up to these pages; on any failure it stays as it was.

    `bundles` are made after all pages, and only if any page or bundle has changed.

    `progress` is told, after each page, how many of how many are done.

    Raises:
        SrcreadError: `out` is not a srcread site and not empty, or cannot be written.
    """
    out = Path(os.path.realpath(out))
    with _turn(out):
        return _publish(out, pages, bundles, progress)


def _publish(
    out: Path,
    pages: Sequence[PagePlan],
    bundles: Sequence[BundlePlan],
    progress: Callable[[int, int], None] | None,
) -> PublishResult:
    old = _read_manifest(out)
    _remove_leftovers(out)
    whole = {bundle.address: _files_of(out, bundle, old) for bundle in bundles}
    fresh = [page for page in pages if not _is_current(out, page, old)]
    stale = [bundle for bundle in bundles if not whole[bundle.address]]
    ours = {page.address for page in pages} | {file for files in whole.values() for file in files}
    renewed = {file for bundle in stale for file in old if file.startswith(bundle.address)}
    removed = tuple(sorted(old.keys() - ours - renewed))
    if not fresh and not stale and not removed and (out / MANIFEST).exists():
        return PublishResult((), _addresses(pages, bundles), ())
    try:
        with _workshop(out) as new:
            manifest = _write_fresh(new, fresh, progress)
            for bundle in stale:
                manifest |= _write_bundle(new, bundle)
            _keep(out, new, ours, old, manifest)
            _write_manifest(new, manifest)
            _replace(out, new)
    except OSError as error:
        raise SrcreadError(
            f"The site at {str(out)!r} cannot be written: {error.strerror or error}. "
            "The old one is as it was. Name another folder with -o."
        ) from error
    written = _addresses(fresh, stale)
    kept = sorted(set(_addresses(pages, bundles)).difference(written))
    return PublishResult(written, tuple(kept), removed)


def _addresses(pages: Iterable[PagePlan], bundles: Iterable[BundlePlan]) -> tuple[str, ...]:
    every = [page.address for page in pages] + [bundle.address for bundle in bundles]
    return tuple(sorted(every))


def _read_manifest(out: Path) -> dict[str, _Entry]:
    """Read what the last publish wrote; nothing where there is no site yet."""
    try:
        text = (out / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        if not out.exists() or (out.is_dir() and not any(out.iterdir())):
            return {}
        raise SrcreadError(_foreign(out)) from None
    except (NotADirectoryError, UnicodeDecodeError):
        raise SrcreadError(_foreign(out)) from None
    except OSError as error:
        raise SrcreadError(f"{str(out)!r} cannot be read: {error.strerror}.") from None
    try:
        pages = json.loads(text)["pages"]
        return {address: _Entry(*entry) for address, entry in pages.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}  # ours by its name, and broken: every page is rendered anew


def _foreign(out: Path) -> str:
    what = "is not a site of srcread and not empty" if out.is_dir() else "is not a folder"
    return f"{str(out)!r} {what}. Name a new or empty folder with -o, or empty this one."


def _is_current(out: Path, page: PagePlan, old: Mapping[str, _Entry]) -> bool:
    entry = old.get(page.address)
    return entry is not None and entry.key == page.key and (out / page.address).is_file()


def _files_of(out: Path, bundle: BundlePlan, old: Mapping[str, _Entry]) -> list[str]:
    """Return the files of a bundle that is whole and as it should be; none of any other."""
    files = [file for file in old if file.startswith(bundle.address)]
    whole = all(old[file].key == bundle.key and (out / file).is_file() for file in files)
    return files if whole else []


def _write_fresh(
    new: Path, fresh: Sequence[PagePlan], progress: Callable[[int, int], None] | None
) -> dict[str, _Entry]:
    manifest = {}
    for number, page in enumerate(fresh, 1):
        manifest[page.address] = _write(new / page.address, page.key, page.render())
        if progress is not None:
            progress(number, len(fresh))
    return manifest


def _write_bundle(new: Path, bundle: BundlePlan) -> dict[str, _Entry]:
    files = bundle.render()
    return {
        bundle.address + name: _write(new / bundle.address / name, bundle.key, data)
        for name, data in sorted(files.items())
    }


def _write(path: Path, key: str, data: bytes) -> _Entry:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return _Entry(key, hashlib.sha256(data).hexdigest())


def _keep(
    out: Path,
    new: Path,
    ours: Collection[str],
    old: Mapping[str, _Entry],
    manifest: dict[str, _Entry],
) -> None:
    """Take over unchanged files, and those that are not ours."""
    for address in sorted(address for address in ours if address not in manifest):
        _link(out / address, new / address)
        manifest[address] = old[address]
    for path in _others(out, old):
        target = new / path.relative_to(out)
        if not target.exists():
            _link(path, target)


def _others(out: Path, old: Mapping[str, _Entry]) -> Iterator[Path]:
    for folder, _, names in os.walk(out):
        for name in names:
            path = Path(folder, name)
            address = path.relative_to(out).as_posix()
            if address not in old and address != MANIFEST:
                yield path


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        from shutil import copy2  # 5 ms with its archive formats, and rarely needed

        copy2(source, target, follow_symlinks=False)


def _write_manifest(new: Path, manifest: Mapping[str, _Entry]) -> None:
    pages = {address: list(entry) for address, entry in sorted(manifest.items())}
    text = json.dumps({"format": 1, "pages": pages}, indent=1) + "\n"
    (new / MANIFEST).write_bytes(text.encode())


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


@contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Lend a folder beside the site, locked as long as this process lives, and gone afterwards."""
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.parent / f".{out.name}.srcread-{os.getpid()}-{os.urandom(4).hex()}"
    work.mkdir()
    lock = (work / "lock").open("wb")
    try:
        _try_lock(lock.fileno())
        (work / "site").mkdir()
        yield work / "site"
    finally:
        lock.close()
        _remove(work)


def _remove_leftovers(out: Path) -> None:
    """Remove what killed builds left beside the site; a build that still runs holds its lock."""
    for work in out.parent.glob(f".{out.name}.srcread-*"):
        if _is_dead(work):
            _remove(work)


def _remove(folder: Path) -> None:
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)


def _is_dead(work: Path) -> bool:
    try:
        with (work / "lock").open("r+b") as lock:
            free = _try_lock(lock.fileno())
        return free if free is not None else _is_old(work)
    except FileNotFoundError:
        return _is_old(work)  # just made, or killed before it had a lock
    except OSError:
        return False


def _is_old(work: Path) -> bool:
    try:
        return time.time() - work.stat().st_mtime > _OLD
    except OSError:
        return False


def _try_lock(file: int) -> bool | None:
    """Lock a file without waiting; None where the system has no such lock."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _replace(out: Path, new: Path) -> None:
    """Put `new` where `out` is. The old site, if any, is then where `new` was."""
    if not out.exists():
        new.rename(out)
    elif not _exchange(out, new):
        aside = new.with_name("old")
        out.rename(aside)
        try:
            new.rename(out)
        except OSError:
            aside.rename(out)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where kernel or file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
