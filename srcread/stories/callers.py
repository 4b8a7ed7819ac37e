"""The story of `callers`: every place in a distribution that calls or names a symbol.

Read is Python source, by names: calls from C++, by texts (`getattr(x, "name")`) and through values
that only a run knows are not seen. `srcread graph` follows values, but only below one entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from srcread.errors import NotFoundError, SourceError, near_path
from srcread.index import Index
from srcread.index.uses import Search, Use, UseKind, Uses, names_beside
from srcread.index.whole import index_distribution, nearest
from srcread.model import Certainty, Diagnostic, Distribution
from srcread.sources import Sources, open_distribution, open_package, open_path

FORMAT = 1
_WIDTH = 100
_PLURALS = {UseKind.SUBCLASS: "subclasses", UseKind.REPLACED: "replacements"}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Callers:
    """The places found in a distribution; `symbol` is the name that was asked for."""

    symbol: str
    distribution: Distribution
    found: Uses

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What could not be read."""
        return self.found.diagnostics


def callers(symbol: str, *, where: str | None = None, progress: Progress | None = None) -> Callers:
    """Find the places that use a symbol: in the distribution that has it, or in another.

    `where` is a distribution's name, `name==version`, or a path to a folder or file.

    Raises:
        NotFoundError: there is no such symbol or distribution; the message offers the nearest.
        SourceError: its sources cannot be had.
    """
    name = symbol.replace(":", ".")
    if not all(part.isidentifier() for part in name.split(".")) or symbol.count(":") > 1:
        raise NotFoundError(f"{symbol!r} is no symbol's name. Write one like 'torch.nn.Linear'.")
    place = _place(where, progress) if where is not None else None
    package = name.partition(".")[0]
    home = place if place and package in place.packages else None
    home = home or open_package(package, progress=progress)
    place = place or home
    sources = Sources([place] if place == home else [place, home])
    index = Index(sources)
    if sources.find_module(name) is not None:
        raise NotFoundError(f"{symbol!r} is a module. Name a function, class or method in it.")
    summary = index_distribution(sources, place.name, progress=progress)
    found = Search(index, summary, place).find(name, progress)
    if found is None:
        near = _nearest(name, names_beside(index, name)) or (
            nearest(summary, name) if place == home else None
        )
        hint = f" Did you mean {near!r}? Run `srcread callers {near}`." if near else ""
        raise NotFoundError(f"{_version(home)} has no {symbol!r}.{hint}")
    return Callers(symbol, place, found)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the name whose last part is most like that of an unknown one."""
    by_last = {each.rpartition(".")[2]: each for each in known}
    near = get_close_matches(name.rpartition(".")[2], by_last, n=1)
    return by_last[near[0]] if near else None


def _version(distribution: Distribution) -> str:
    return " ".join(filter(None, (distribution.name, distribution.version)))


def _place(where: str, progress: Progress | None) -> Distribution:
    if re.search(r"[/\\]", where) or where in (".", "..") or where.endswith((".py", ".ipynb")):
        if not Path(where).exists():
            raise NotFoundError(f"There is no file or folder {where!r}.{near_path(Path(where))}")
        place = open_path(Path(where))
        if place.notebook:
            raise SourceError(f"Callers are looked for in .py files, and {where!r} is a notebook.")
        return place
    name, _, version = where.partition("==")
    return open_distribution(name.strip(), version.strip() or None, progress=progress)


def callers_as_text(result: Callers) -> Iterator[str]:
    """Yield a line for each place, and one that sums them up."""
    for use in result.found.uses:
        yield f"{use.path}:{use.line}: {_kind(use)}{_inside(use)}: {_shortened(use.text)}"
    yield _total(result)


def callers_as_json(result: Callers) -> dict[str, Any]:
    """Return the places in srcread's JSON form; lines 1-based, columns 0-based, `dist:path`."""
    distribution = result.distribution
    return {
        "format": FORMAT,
        "symbol": result.symbol,
        "names": list(result.found.names),
        "distribution": distribution.name,
        "version": distribution.version,
        "uses": [
            {
                "path": f"{distribution.name}:{use.path}",
                "line": use.line,
                "column": use.column,
                "kind": use.kind.value,
                "certainty": use.certainty.value,
                "inside": use.inside,
                "text": use.text,
            }
            for use in result.found.uses
        ],
    }


def _kind(use: Use) -> str:
    possible = use.certainty is Certainty.POSSIBLE
    return f"possible {use.kind.value}" if possible else use.kind.value


def _inside(use: Use) -> str:
    """Return in which definition of its file a place stands; nothing for the file's top."""
    module = use.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    inner = use.inside.removeprefix(module).lstrip(".")
    return f" in {inner}" if inner else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _total(result: Callers) -> str:
    uses = result.found.uses
    counts = Counter((use.kind, use.certainty) for use in uses)
    parts = [
        _counted(counts[kind, certainty], kind, certainty)
        for kind in UseKind
        for certainty in (Certainty.RESOLVED, Certainty.POSSIBLE)
        if counts[kind, certainty]
    ]
    places = "1 place" if len(uses) == 1 else f"{len(uses)} places"
    return f"{places} in {_version(result.distribution)}{': ' if parts else ''}{', '.join(parts)}."


def _counted(number: int, kind: UseKind, certainty: Certainty) -> str:
    noun = kind.value if number == 1 else _PLURALS.get(kind, f"{kind.value}s")
    possible = "possible " if certainty is Certainty.POSSIBLE else ""
    return f"{number} {possible}{noun}"
