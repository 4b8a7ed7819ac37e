"""What an entry's files import: which of it is on this machine, and what is not.

By the import statements, not by the packages' requirements. Of the entry's own project the modules
that it imports count as well, wherever in the checkout they lie; of an installed package only the
module that defines the entry. Nothing is fetched.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from srcread.errors import SourceError
from srcread.index import Index
from srcread.index.imports import ImportedModule, imports_of, may_import
from srcread.model import Distribution
from srcread.opening.meaning import Entry
from srcread.sources import Installed, Sources, find_package, open_in_checkout


@dataclass(frozen=True, slots=True)
class Imported:
    """The distributions to read: the entry's, others of its checkout, and all other ones.

    `missing` are packages that are not here, each with the place of its import.
    """

    own: Distribution
    beside: tuple[Distribution, ...]
    others: tuple[Distribution, ...]
    missing: Mapping[str, str]
    index: Index


def imported_by(entry: Entry, installed: Installed, deadline: float | None = None) -> Imported:
    """Return what to read with an entry.

    Behind the `deadline`, on the monotonic clock, what is left is told by its text alone: of what
    it imports nothing counts as missing then.
    """
    own, index = [entry.distribution], entry.index
    while True:
        found, beside, missing = _looked_for(entry, own, index, installed, deadline)
        if not beside:
            break
        own = _joined(own, beside)
        index = Index(Sources(own), index)
    mine, *rest = own
    same = found.pop(mine.name, None)
    if same is None or same.root == mine.root:
        return Imported(mine, tuple(rest), tuple(found.values()), missing, index)
    # A folder that is called like what it imports: the framework keeps its name.
    mine = replace(mine, name=f"{mine.name}.local")
    return Imported(mine, tuple(rest), (same, *found.values()), missing, index)


def _looked_for(
    entry: Entry,
    own: list[Distribution],
    index: Index,
    installed: Installed,
    deadline: float | None,
) -> tuple[dict[str, Distribution], list[Distribution], dict[str, str]]:
    """Return what of the imports is installed, what lies in the checkout, and what is not here.

    What is installed comes first, as it does when a script runs.
    """
    found: dict[str, Distribution] = {}
    beside: list[Distribution] = []
    missing: dict[str, str] = {}
    for item in _imported(entry, own, index, deadline):
        if item.package in sys.stdlib_module_names:
            continue
        if any(item.package in each.packages for each in (*found.values(), *beside)):
            continue
        distribution = find_package(item.package, installed)
        if distribution is not None:
            found[distribution.name] = distribution
        elif entry.own and (near := open_in_checkout(own[0].root, item.package)) is not None:
            beside.append(near)
        elif not item.optional:
            missing[item.package] = item.place
    return found, beside, missing


def _joined(own: list[Distribution], beside: list[Distribution]) -> list[Distribution]:
    """Add what lies in the checkout: to a distribution of the same folder, else as one more."""
    joined = list(own)
    for new in beside:
        for number, known in enumerate(joined):
            if known.root == new.root:
                packages = sorted({*known.packages, *new.packages})
                joined[number] = replace(known, packages=tuple(packages))
                break
        else:
            names = {each.name for each in joined}
            joined.append(replace(new, name=f"{new.name}.local") if new.name in names else new)
    return joined


def _imported(
    entry: Entry, own: list[Distribution], index: Index, deadline: float | None
) -> list[ImportedModule]:
    """Return the imports of other packages, by package; of own files those of what they import."""
    packages = {package for each in own for package in each.packages}
    waiting = list(entry.modules)
    seen: set[str] = set()
    others: dict[str, ImportedModule] = {}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if _tells_nothing_new(packages, index.sources, name, seen, others):
            seen.add(name)
            continue
        if deadline is not None and time.monotonic() > deadline:
            seen.add(name)
            for item in _by_text(index.sources, name):
                if item.package not in packages:
                    others.setdefault(item.package, item)
                elif entry.own and item.module not in seen:
                    waiting.append(item.module)
            continue
        if (module := index.module(name)) is None:
            continue
        seen.add(name)
        for item in imports_of(module):
            if item.package in packages:
                waiting += [item.module, *item.modules] if entry.own else []
            elif item.package not in others or others[item.package].optional:
                others[item.package] = item
    return [others[package] for package in sorted(others)]


def _by_text(sources: Sources, name: str) -> Iterator[ImportedModule]:
    """Yield what a module may import by its text alone."""
    try:
        file = sources.find_module(name)
    except SourceError:
        return
    for item in sorted(may_import(name, file) or ()) if file is not None else ():
        if item.isascii() and item.replace(".", "_").isidentifier():
            place = f"{file.distribution}:{file.path}:1" if file is not None else ""
            yield ImportedModule(item, (), True, place)


def _tells_nothing_new(
    packages: set[str],
    sources: Sources,
    name: str,
    seen: set[str],
    others: Mapping[str, ImportedModule],
) -> bool:
    """Tell, by a module's text alone, that it imports nothing but what is known.

    Of what a model of TensorRT-LLM brings in more than half is like that, and most of it is parsed
    for nothing else.
    """
    try:
        file = sources.find_module(name)
        names = may_import(name, file) if file is not None else None
        if names is None:
            return False
        for item in names:
            package = item.partition(".")[0]
            if package in packages:
                if item not in seen and sources.find_module(item) is not None:
                    return False
            elif package not in sys.stdlib_module_names and (
                package not in others or others[package].optional
            ):
                return False
    except SourceError:
        return False
    return True
