"""What a run executed of all that its tour walks, with the digests of what was installed there.

By these a run counts for another version of the source, too: where every function that it went
through is the same, so is what it showed of them. The child tells where modules lie, before any
snippet runs, and which lines began a function that was called; the files are read and digested
here, by the one rule of digests. What is native is not compared: that is another version's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from srcread.errors import NotFoundError
from srcread.index import Index
from srcread.model import OWN_ORIGINS, Distribution, Origin, Symbol
from srcread.running.judge import Json, claims_of, observed
from srcread.running.plan import PlannedRun
from srcread.running.second_runs import REPLACE, again, replacing
from srcread.running.targets.units import Unit, unit_of
from srcread.sources import Sources

MISSING = "missing"


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """The functions that a tour walks and what its notes are about, by name.

    `modules` has the module of each symbol, where it has one, and `digest` gives the digest that a
    symbol has in the tour's own sources.
    """

    index: Index
    symbols: Mapping[str, Symbol]
    modules: Mapping[str, str]
    digest: Callable[[Symbol], str]
    _installed: dict[str, Index] = field(default_factory=dict)

    @property
    def packages(self) -> list[str]:
        """The top-level packages of all modules."""
        return sorted({module.partition(".")[0] for module in self.modules.values()})

    def file_in_tree(self, name: str) -> str | None:
        """Return where a symbol's module lies if that is a source tree: that is what runs of it."""
        return self._file_of(name, (Origin.GIT,))

    def own_file(self, name: str) -> str | None:
        """Return where a symbol's module lies in the tour's repository, which comes first."""
        return self._file_of(name, OWN_ORIGINS)

    def _file_of(self, name: str, origins: Collection[Origin]) -> str | None:
        own = self.symbols[name]
        distribution = self.index.sources.distribution(own.distribution)
        return str(distribution.root / own.path) if distribution.origin in origins else None

    def at(self, name: str, file: Path) -> tuple[Symbol, str] | None:
        """Return a symbol as it stands in this file of its module, and its digest."""
        own = self.symbols[name]
        roots = {item.name: item.root for item in self.index.sources.distributions}
        if roots[own.distribution] / own.path == file:
            return own, self.digest(own)
        index = self._index(own.distribution, self.modules[name], file)
        found = index.symbol(name)
        return (found, index.digest(found)) if found is not None else None

    def _index(self, distribution: str, module: str, file: Path) -> Index:
        parts = module.split(".")
        root = file.parents[len(parts) - (file.stem != "__init__")]
        key = f"{distribution} {parts[0]} {root}"
        if key not in self._installed:
            there = Distribution(distribution, None, root, Origin.INSTALLED, (parts[0],))
            self._installed[key] = Index(Sources([there]), self.index)
        return self._installed[key]


def looking(run: PlannedRun, walked: Walked) -> PlannedRun:
    """Return a run like this one that is looked at whole."""
    observers = [*replacing(run), ("executed", {"packages": walked.packages})]
    return {**again(run, observers), "gives_up": "late"}


def differing(walked: Walked, files: Mapping[str, str]) -> list[Unit]:
    """Return the functions, as the tour has them, that are others in these files of its modules.

    What is not there at all cannot be replaced, nor what is no function of a module.
    """
    units: dict[tuple[str, str], Unit] = {}
    for name in sorted(walked.symbols):
        file = walked.own_file(name) or files.get(walked.modules.get(name, ""))
        there = walked.at(name, Path(file)) if file else None
        if there is None or there[1] == walked.digest(walked.symbols[name]):
            continue
        with suppress(NotFoundError):
            unit = unit_of(walked.index, walked.symbols[name])
            units[unit["module"], unit["name"]] = unit
    return list(units.values())


def replaced_of(run: PlannedRun, outcome: Json) -> frozenset[str]:
    """Return the names of the functions that were replaced in a run; all, where it did not end."""
    names = {
        f"{unit['module']}.{unit['name']}" for _, about in replacing(run) for unit in about["units"]
    }
    refused = (observed(run, outcome) or {}).get(REPLACE)
    return frozenset(names - refused.keys() if isinstance(refused, dict) else names)


def executed_of(
    run: PlannedRun,
    outcome: Json,
    walked: Walked,
    anchored: Collection[str],
    files: Mapping[str, str],
    replaced: Collection[str] = (),
) -> Mapping[str, str] | None:
    """Return the digests of what a run executed, and of the `anchored` symbols, as installed there.

    `files` are those of the modules, `replaced` the functions that ran as the tour has them. None
    where that could not be seen, or where looking made the claims come out differently.
    """
    seen = observed(run, outcome)
    places = _places(seen.get("executed")) if seen is not None else None
    if places is None or any(claims_of(run, outcome)):
        return None
    called = {file for file, _, _ in places}
    found: dict[str, str] = {}
    for name in sorted(walked.symbols):
        file = walked.own_file(name) or files.get(walked.modules.get(name, ""))
        file = file or walked.file_in_tree(name)
        about = name in anchored
        if not about and file not in called:
            continue
        there = walked.at(name, Path(file)) if file else None
        if name.partition(".<locals>.")[0] in replaced:
            own = walked.symbols[name]
            there = own, walked.digest(own)
        if there is not None and (about or (file, *_begin(there[0])) in places):
            found[name] = there[1]
        elif about:
            found[name] = MISSING
    return found


def _begin(symbol: Symbol) -> tuple[int, str]:
    """Return the first line and the name of a function's code: a module begins at a line, too."""
    last = symbol.name.rpartition(".")[2]
    return symbol.range.start.line, last.partition("~")[0].partition("@")[0]


def _places(value: Any) -> set[tuple[str, int, str]] | None:
    try:
        return {(str(file), int(line), str(name)) for file, line, name in value}
    except (TypeError, ValueError):
        return None
