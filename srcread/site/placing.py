"""Puts what was written beside a site in its place, and takes nothing from what a user keeps there.

A folder in which only srcread made folders is exchanged for a new one, in one step: kept files are
hard links, and every folder has the mode, owner, group, attributes and access lists of the old one.
Any other is brought up to date file by file: one that holds a git clone or an own folder, in or on
which something is mounted, in which we stand, or that cannot be copied so. Each file is replaced in
one step then, but for some milliseconds, and if it is killed there until the next build, pages of
both sites stand side by side. The manifest says so first, so no page counts as current by mistake.

Where the kernel cannot exchange folders (other than Linux), every site is treated like that.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from srcread.errors import SrcreadError
from srcread.support.scratch import remove_leftovers, scratch_folder

MANIFEST = ".srcread.json"
_WITHIN = ".srcread-"  # the beginning of the name of a workshop inside a site
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h
_HERE = -100  # AT_FDCWD of linux/fcntl.h


class Change(NamedTuple):
    """What becomes of a site's files, by address: written anew, kept, and all of the last build."""

    fresh: Collection[str]
    kept: Collection[str]
    old: Collection[str]

    def removed(self) -> list[str]:
        """Return what the last build wrote, and this one does not."""
        return sorted(set(self.old).difference(self.fresh, self.kept))


@contextmanager
def workshop(out: Path, old: Collection[str]) -> Iterator[Path]:
    """Lend a folder to write a site in: beside the old one, or inside where that is not possible.

    It has the old one's folders, so that a new file gets the group and access list of its place.

    Raises:
        OSError: none can be made.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        new = stack.enter_context(_lend(out))
        for folder in _folders(old):
            if _is_folder(out / folder):
                (new / folder).mkdir(parents=True, exist_ok=True)
                _liken(new / folder, out / folder)
        yield new


def remove_workshops(out: Path) -> None:
    """Remove what killed builds left beside and inside a site; a build that runs keeps its own."""
    remove_leftovers(out.parent, _beside(out))
    remove_leftovers(out, _WITHIN)


def refuse_obstacles(
    out: Path, addresses: Iterable[str], fresh: Iterable[str], old: Collection[str]
) -> None:
    """Refuse a site of these pages, some of them `fresh`, where something stands in their way.

    Raises:
        SrcreadError: a link or a file stands where a folder is needed, or a folder or a mount where
            a page belongs.
    """
    if not out.is_dir():
        return
    for folder in _folders(addresses):
        place = out / folder
        if os.path.lexists(place) and not _is_folder(place) and folder not in old:
            what = "a link" if place.is_symlink() else "a file"
            raise SrcreadError(_in_the_way(place, f"is {what}, and pages belong below it"))
    ours, mounts = set(_folders(old)), _mounts()
    for address in fresh:
        if _is_folder(out / address) and address not in ours:
            raise SrcreadError(_in_the_way(out / address, "is a folder, and a page belongs there"))
        if out / address in mounts:
            raise SrcreadError(_in_the_way(out / address, "is a mount, and a page belongs there"))


def put_in_place(out: Path, new: Path, change: Change, halfway: bytes) -> None:
    """Bring the site `out` up to what was written into `new`, a folder that `workshop` lent.

    `halfway` is the manifest by which a build that comes after a kill in between makes all anew.

    Raises:
        OSError: it cannot be done, and the old site is as it was.
        SrcreadError: it cannot be done to its end.
    """
    if not os.path.lexists(out):
        new.rename(out)
    elif not _exchanged(out, new, change):
        _move_in(out, new, change, halfway)


def _lend(out: Path) -> AbstractContextManager[Path]:
    inside = out in _mounts() or (out.is_dir() and not os.access(out.parent, os.W_OK | os.X_OK))
    return scratch_folder(out, _WITHIN) if inside else scratch_folder(out.parent, _beside(out))


def _exchanged(out: Path, new: Path, change: Change) -> bool:
    """Exchange a site for the new one, if its folders are only ours and all of it can be kept."""
    others = _foreign_files(out, change.old)
    if sys.platform != "linux" or others is None or new.is_relative_to(out) or _is_in_use(out):
        return False
    linked = {*change.kept, *others}.difference(change.fresh)
    try:
        for folder in _folders(linked):
            (new / folder).mkdir(exist_ok=True)
        for address in linked:
            os.link(f"{out}/{address}", f"{new}/{address}", follow_symlinks=False)
        for folder in reversed(_folders(change.old)):
            with suppress(OSError):  # there is something in it
                (new / folder).rmdir()
        folders = [folder for folder in _folders(change.old) if _is_folder(new / folder)]
        for folder in reversed(folders):
            (new / folder).chmod(_look(out / folder)[0])
        return all(_look(new / one) == _look(out / one) for one in folders) and _swap(out, new)
    except OSError:  # no links here, or not to what is another user's
        return False


def _foreign_files(out: Path, old: Collection[str]) -> list[str] | None:
    """Return the addresses of files and links that are not ours; None where a folder is not."""
    known, ours, found = set(old), set(_folders(old)), []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(out / folder) as entries:
            for entry in entries:
                address = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if address not in ours:
                        return None
                    waiting.append(address)
                elif address not in known and address != MANIFEST:
                    found.append(address)
    return found


def _is_in_use(out: Path) -> bool:
    """Tell whether the folder itself is in use: something is mounted in it, or we stand in it."""
    with suppress(OSError):
        if Path.cwd().is_relative_to(out):
            return True
    return any(mount.is_relative_to(out) for mount in _mounts())


def _move_in(out: Path, new: Path, change: Change, halfway: bytes) -> None:
    """Replace a site's files one by one; what is not ours is not touched."""
    for folder in _folders(change.fresh):
        (new / folder).chmod(0o700)
        if os.path.lexists(out / folder) and not os.access(out / folder, os.W_OK | os.X_OK):
            raise SrcreadError(
                f"{str(out / folder)!r} may not be written. The old site is as it was. "
                "Change that, or name another folder with -o."
            )
    (new / (MANIFEST + "-")).write_bytes(halfway)
    _move(new / (MANIFEST + "-"), out / MANIFEST)
    try:
        for address in change.removed():
            _take_away(out, address)
        for address in sorted(change.fresh):
            (out / address).parent.mkdir(parents=True, exist_ok=True)
            _move(new / address, out / address)
        _move(new / MANIFEST, out / MANIFEST)
    except OSError as error:
        raise SrcreadError(
            f"The site at {str(out)!r} is brought up to date only in part: {error.filename!r}: "
            f"{error.strerror or error}. Mend that, and build again."
        ) from error


def _take_away(out: Path, address: str) -> None:
    """Remove a file of ours, and the folders of ours that are empty then; through links, nothing.

    A folder that is a link by now holds files of somebody else.
    """
    parents = [out / folder for folder in _folders([address])[:0:-1]]
    if not all(map(_is_folder, parents)):
        return
    (out / address).unlink(missing_ok=True)
    with suppress(OSError):  # there is more in it
        for folder in parents:
            folder.rmdir()


def _move(source: Path, target: Path) -> None:
    """Move a file in one step, by a copy beside the target if it lies on another file system."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        from shutil import copyfile

        half = target.with_name(f"{_WITHIN}{os.getpid()}")
        try:
            copyfile(source, half)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)


def _liken(new: Path, old: Path) -> None:
    """Give a new folder an old one's group, owner, attributes and mode, as far as we may.

    Its owner may write in it for now.
    """
    mode, owner, group, attributes = _look(old)
    for user, of in ((-1, group), (owner, -1)) if hasattr(os, "chown") else ():
        with suppress(OSError):
            os.chown(new, user, of)
    for name in _look(new)[3].keys() - attributes.keys():  # the folder around it hands some down
        with suppress(OSError):
            os.removexattr(new, name)
    for name, value in attributes.items():
        with suppress(OSError):
            os.setxattr(new, name, value)
    new.chmod(mode | 0o700)


def _look(folder: Path) -> tuple[int, int, int, Mapping[str, bytes]]:
    """Return a folder's mode, owner, group, and attributes; access lists are among these."""
    found = folder.stat()
    attributes: dict[str, bytes] = {}
    if sys.platform == "linux":
        with suppress(OSError):  # a file system without any
            attributes = {name: os.getxattr(folder, name) for name in os.listxattr(folder)}
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, attributes


def _folders(addresses: Iterable[str]) -> list[str]:
    """Return the folders that hold these addresses, each after those around it; `` is the site."""
    found = {address.rpartition("/")[0] for address in addresses}
    around = {folder.as_posix() for inner in found for folder in PurePosixPath(inner).parents}
    return ["", *sorted((found | around) - {"", "."})]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _beside(out: Path) -> str:
    return f".{out.name}.srcread-"


def _in_the_way(place: Path, what: str) -> str:
    return f"{str(place)!r} {what}. Take it away, or name another folder with -o."


def _mounts() -> frozenset[Path]:
    """Return where something is mounted; nothing where the system does not list it."""
    try:
        lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return frozenset()
    escaped = [line.split(b" ")[4] for line in lines]
    names = (re.sub(rb"\\(\d{3})", lambda it: bytes([int(it[1], 8)]), name) for name in escaped)
    return frozenset(Path(os.fsdecode(name)) for name in names)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where kernel or file system cannot."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0
