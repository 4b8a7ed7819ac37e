"""What a tour reads: packages of its own repository, then distributions, each of one version.

A tour's repository is the folder in which the folder of tours lies: paths of `[sources]`, and of
entries, begin there, wherever a command is run. A name of `[sources]` is never asked of an index.
Entries are translated: a path means what it means to `read`, in the sources that the tour names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, near_path
from srcread.index import Index
from srcread.model import OWN_ORIGINS, Diagnostic, Distribution
from srcread.notes.format.codes import finding
from srcread.notes.format.tourfile import NAME, TourFile
from srcread.opening.code import Code
from srcread.opening.meaning import names_in
from srcread.sources import Installed, Sources, open_distribution, open_own
from srcread.support.cache import Cache, cache_folder

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a tour as names to walk, and the methods of those that are classes.

    Where not `whole`, some are the modules of a folder, of which one may have nothing to walk.
    """

    names: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]]
    whole: bool


def base_of(folder: Path) -> Path:
    """Return the folder at which a tour's paths begin: above that of the tours."""
    return folder.resolve().parent.parent


def own_sources(folder: Path, file: TourFile) -> tuple[Distribution, ...]:
    """Return the packages of a tour's own repository.

    Raises:
        SrcreadError: one is not there.
    """
    base = base_of(folder)
    return tuple(open_own(name, place, base) for name, place in file.sources.items())


def distributions_of(
    folder: Path, file: TourFile, progress: Progress | None
) -> tuple[Distribution, ...]:
    """Return what a tour reads: its own packages come first, as on the path of its runs.

    Raises:
        SrcreadError: a part of it cannot be had.
    """
    pinned = (
        open_distribution(name, version, progress=progress)
        for name, version in file.distributions.items()
    )
    return (*own_sources(folder, file), *pinned)


def code_of(folder: Path, file: TourFile, progress: Progress | None) -> Code:
    """Walk a tour's entries in what it reads.

    Raises:
        SrcreadError: a source cannot be had, or an entry does not exist.
    """
    distributions = distributions_of(folder, file, progress)
    entries = entries_of(folder, file, distributions)
    return Code(
        distributions,
        entries.names,
        Cache(cache_folder()),
        whole=entries.whole,
        methods=entries.methods,
        idioms=[folder / name for name in file.idioms],
    )


def entries_of(folder: Path, file: TourFile, distributions: Sequence[Distribution]) -> Entries:
    """Return a tour's entries as names that can be walked.

    Raises:
        NotFoundError: a path is in none of the sources.
    """
    base, sources = base_of(folder), Sources(distributions)
    meant = {entry: tuple(_meant(entry, base, sources)) for entry in file.entries}
    methods = {name: file.methods[entry] for entry in file.methods for name in meant.get(entry, ())}
    names = tuple(dict.fromkeys(name for found in meant.values() for name in found))
    return Entries(names, methods, all(len(found) == 1 for found in meant.values()))


def names_meant(entry: str, base: Path, distributions: Sequence[Distribution]) -> tuple[str, ...]:
    """Return the names to walk that one entry means, as `entries_of` does for a tour's.

    Raises:
        NotFoundError: a path is in none of the sources.
    """
    return tuple(_meant(entry, base, Sources(distributions)))


def owners(
    folder: Path, file: TourFile, distributions: Iterable[Distribution]
) -> Iterator[Diagnostic]:
    """Report each package of one's own that something else brings, too: which is read is said."""
    read = tuple(distributions)
    for own in (item for item in read if item.origin in OWN_ORIGINS):
        others = [item for item in read if own.name in item.packages and item is not own]
        installed = Installed().find_package(own.name)
        if installed is not None and not _is_same(installed, own):
            others.append(installed)
        if others:
            named = " and ".join(dict.fromkeys(f"{it.name} {it.version}" for it in others))
            line = file.lines.of("sources", own.name)
            message = f"{named} has a package {own.name!r}, too."
            hint = f"What lies in {file.sources[own.name]!r} is read, and runs."
            yield finding("TOUR031", folder / NAME, line, message, hint)


def _is_same(installed: Distribution, own: Distribution) -> bool:
    """Tell whether an installed distribution is what lies here: an editable install."""
    return installed.root.resolve() == own.root.resolve()


def _meant(entry: str, base: Path, sources: Sources) -> Iterator[str]:
    """Yield the names to walk that an entry means; a name as it is, a path by its file."""
    place, name = _parted(entry, base)
    if not place:
        yield entry
        return
    path = base / place
    if not path.exists() and not _packaged(place, sources):
        near = near_path(path).replace(f"{base.as_posix()}/", "")
        raise NotFoundError(f"There is no {place!r} in the repository.{near}")
    found = tuple(_modules_at(path, place, sources))
    if not found:
        raise NotFoundError(
            f"{place!r} is in no package that the tour reads. Name that in {NAME}: [sources] "
            f'{Path(place).stem} = "{(Path(place).parent).as_posix()}".'
        )
    if not path.is_dir():
        yield f"{found[0]}:{name}"
    elif name:
        yield from names_in(Index(sources), found, name)
    else:
        yield from found


def _parted(entry: str, base: Path) -> tuple[str, str]:
    """Part an entry into a place and a name in it; a dotted name has no place.

    `src:my_model/net.py:Net` is the same as `src/my_model/net.py:Net`.
    """
    head, colon, tail = entry.partition(":")
    if not _is_path(head) and not (colon and (base / head).is_dir()):
        return "", entry
    inner, colon, name = tail.partition(":")
    if not head.endswith(".py") and inner.endswith(".py"):
        return f"{head}/{inner}", name
    return head, tail


def _is_path(place: str) -> bool:
    return place in (".", "..") or place.endswith(".py") or re.search(r"[/\\]", place) is not None


def _packaged(place: str, sources: Sources) -> bool:
    """Tell whether a path is that of a file in a package, as `torch/nn/functional.py`."""
    top = place.partition("/")[0].removesuffix(".py")
    holders = (item for item in sources.distributions if top in item.packages)
    return any((item.root / place).is_file() for item in holders)


def _modules_at(path: Path, place: str, sources: Sources) -> Iterator[str]:
    """Yield the modules of the sources at a path: of a file one, of a folder those of one's own."""
    for item in sources.distributions:
        root = item.root.resolve()
        here = path if path.exists() else item.root / place
        if path.is_dir():
            for name in sources.modules(item.name) if item.origin in OWN_ORIGINS else ():
                if (root / name.replace(".", "/")).is_relative_to(path.resolve()):
                    yield name
        elif here.is_file() and here.resolve().is_relative_to(root):
            inside = here.resolve().relative_to(root).with_suffix("").as_posix()
            module = inside.removesuffix("/__init__").replace("/", ".")
            if module.partition(".")[0] in item.packages:
                yield module
