"""Opening any entry point, without a tour: a public name, a name in a module, a file or a folder.

Beside the entry's own distribution, those that its files import are read, as far as they are on
this machine: a model is little without its framework (`imported`). So are those that a class on the
way inherits from. Nothing is fetched, and what could not be had is told in a warning (`advice`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from srcread.errors import NotFoundError
from srcread.graph.limits import NO_LIMITS, Limits, stop_words
from srcread.graph.seen import NOT_RUN, SeenCalls
from srcread.index import Index
from srcread.model import Distribution
from srcread.opening.advice import not_read, unread_bases
from srcread.opening.code import Code
from srcread.opening.imported import Imported, imported_by
from srcread.opening.meaning import Entry, Progress, read_entry
from srcread.sources import Installed, Sources, find_package, search_path
from srcread.support.cache import Cache, cache_folder

if TYPE_CHECKING:
    from srcread.model import Tour


class Asked(NamedTuple):
    """What a run adds to a walk: further entries, its calls, and the seconds that it took."""

    entries: tuple[str, ...] = ()
    seen: SeenCalls = NOT_RUN
    took: float = 0


NOT_ASKED = Asked()

Run = Callable[[Index, Entry], Asked]


def open_entry(
    text: str,
    *,
    idioms: Sequence[Path] = (),
    progress: Progress | None = None,
    python: Path | None = None,
    limits: Limits = NO_LIMITS,
    run: Run | None = None,
) -> tuple[Code, Tour]:
    """Open the code of any entry point, with a tour of it that has no notes.

    An entry is a public name (`torch.nn.LSTM`), `package.module:Qual.name`, or a path to a file or
    folder, with `:Qual.name` behind it for a part; `<module>` is the code of the module itself.
    `idioms` are files of what is known of further frameworks. Installed packages are those of the
    environment at `python`, an interpreter or a folder; without it as `search_path` says.

    `limits` say how far the walk goes at most. `run` is asked, before it, for what a run called.

    Raises:
        SrcreadError: there is no such file, package or name.
        FindingsError: the entry's own file cannot be parsed.
    """
    from srcread.model import Tour

    code, entry = _opened(text, idioms, progress, python, limits, run)
    if not code.graph.order and code.graph.stopped:
        where = stop_words(code.graph.stopped)
        raise NotFoundError(
            f"The walk of {text!r} stopped {where}, before its first function. Name a part of it, "
            "or give it longer with --seconds or --more."
        )
    if not code.graph.order:
        raise NotFoundError(
            f"{text!r} is native: it has no Python source to read. What is known of it: "
            f"srcread graph {text}"
        )
    tour = Tour(
        name=_slug(entry.names[0] if len(entry.names) == 1 else entry.distribution.name),
        folder=Path(),
        title=entry.title,
        distributions={item.name: item.version or "local" for item in code.distributions},
        entries=tuple(name.removesuffix(":") for name in entry.names),
        languages=("en",),
        chapters=(),
        steps=(),
    )
    return code, tour


def walk_entry(
    text: str,
    *,
    idioms: Sequence[Path] = (),
    progress: Progress | None = None,
    python: Path | None = None,
    limits: Limits = NO_LIMITS,
) -> Code:
    """Open the code of any entry point: what `open_entry` does, without a tour.

    Raises:
        SrcreadError: as `open_entry` does.
    """
    return _opened(text, idioms, progress, python, limits, None)[0]


_LOOKING = 3
"""Such a part of the time is for what is imported: behind it files are looked at, not parsed."""


def _opened(
    text: str,
    idioms: Sequence[Path],
    progress: Progress | None,
    python: Path | None,
    limits: Limits,
    run: Run | None,
) -> tuple[Code, Entry]:
    began = time.monotonic()
    installed = Installed(search_path(python))
    entry = read_entry(text, installed, progress, fetches=python is None)
    deadline = began + limits.seconds / _LOOKING if limits.seconds is not None else None
    imported = imported_by(entry, installed, deadline)
    read = [imported.own, *imported.beside, *imported.others]
    asked = run(Index(Sources(read), imported.index), entry) if run is not None else NOT_ASKED
    began += asked.took
    if progress is not None:
        progress(f"walking {text}")

    def tell(words: str) -> None:
        if progress is not None:
            progress(f"walking {text}: {words}")

    def left() -> Limits:
        return replace(limits, spent=time.monotonic() - began)

    try:
        code = _walked(entry, imported, idioms, left(), tell, asked)
    except NotFoundError as error:
        raise NotFoundError(_as_typed(str(error), entry, text)) from None
    if further := _bases_here(code, imported, installed):
        more = replace(imported, others=(*imported.others, *further))
        again = _walked(entry, more, idioms, left(), tell, asked, code.index)
        # One that had no time left knows less than the one without these bases.
        if not again.graph.stopped or len(again.graph.order) >= len(code.graph.order):
            imported, code = more, again
    root = imported.own.root if entry.own else None
    bases = {base.partition(".")[0] for base in code.graph.unread_bases.values()}
    missing = {name: at for name, at in imported.missing.items() if name not in bases}
    said = [*unread_bases(code, root), *not_read(missing, root)]
    _forget_unused(code, imported.own)
    diagnostics = {*code.graph.diagnostics, *said}
    code.graph = replace(code.graph, diagnostics=tuple(sorted(diagnostics)))
    return code, replace(entry, distribution=imported.own)


def _as_typed(message: str, entry: Entry, text: str) -> str:
    """Name what lies in a file by the path that was typed, as it can be typed again."""
    module, _, name = entry.names[0].partition(":")
    file = text.removesuffix(f":{name}")
    if not file.endswith((".py", ".ipynb")):
        return message
    quoted = re.compile(rf"'{re.escape(module)}(:'|[.:])")
    return quoted.sub(lambda found: f"'{file}{found[1].replace('.', ':')}", message).replace(
        f"'{file}:'", repr(file)
    )


def _walked(
    entry: Entry,
    imported: Imported,
    idioms: Sequence[Path],
    limits: Limits,
    progress: Progress,
    asked: Asked,
    earlier: Index | None = None,
) -> Code:
    return Code(
        [imported.own, *imported.beside, *imported.others],
        list(dict.fromkeys([*entry.names, *asked.entries])),
        Cache(cache_folder()),
        whole=entry.whole and not asked.entries,
        idioms=idioms,
        earlier=earlier or imported.index,
        natives=True,
        limits=limits,
        progress=progress,
        seen=asked.seen,
    )


def _bases_here(code: Code, imported: Imported, installed: Installed) -> list[Distribution]:
    """Return the distributions on this machine that classes of the entry's own inherit from.

    They are not among what the entry's module imports where a module on the way brings the class.
    """
    own = {package for each in (imported.own, *imported.beside) for package in each.packages}
    bases = {
        base.partition(".")[0]
        for cls, base in code.graph.unread_bases.items()
        if cls.partition(".")[0] in own
    }
    known = {item.name for item in code.distributions}
    found = [find_package(package, installed) for package in sorted(bases)]
    named = {item.name: item for item in found if item is not None}
    return [item for name, item in named.items() if name not in known]


def _forget_unused(code: Code, own: Distribution) -> None:
    """Leave out the distributions that the walk did not come to: they have nothing to show."""
    met = {symbol.distribution for symbol in code.graph.symbols.values()}
    code.distributions = tuple(
        item for item in code.distributions if item is own or item.name in met
    )


def _slug(name: str) -> str:
    """Return a name that can be a folder's on every system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name.replace(":", ".")).strip("-.") or "code"
