"""Certain calls of a tour's functions from outside its walk, for `build --callers`.

They are found by the index of each whole distribution, which is made if it is not there: so the
pages follow from the sources and the option, never from what a machine's cache happens to hold.
That takes long, 20 s for torch.nn.Transformer's 111 functions, and so is done when asked for only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from srcread.index import Index
from srcread.index.uses import Search, Use, UseKind
from srcread.index.whole import index_distribution
from srcread.model import CallGraph, Certainty, Distribution
from srcread.sources import Sources

_MADE = (".__init__", ".__new__")
_NAMELESS = ("<", "@", "~")
"""Marks of what no other file can name: what is inside functions, setters, second definitions."""


def calls_elsewhere(
    graph: CallGraph,
    distributions: Sequence[Distribution],
    sources: Sources,
    progress: Callable[[str], None] | None = None,
) -> Mapping[str, tuple[Use, ...]]:
    """Return by function the certain calls in its own distribution that the graph does not walk.

    Raises:
        SourceError: a distribution cannot be read.
    """
    found: dict[str, tuple[Use, ...]] = {}
    index = Index(sources)
    for distribution in distributions:
        names = [
            name
            for name in graph.order
            if graph.symbols[name].distribution == distribution.name
            and not any(mark in name for mark in _NAMELESS)
        ]
        if not names:
            continue
        summary = index_distribution(sources, distribution.name, progress=progress)
        search = Search(index, summary, distribution)
        for number, name in enumerate(names, 1):
            if progress is not None:
                progress(f"{distribution.name}: callers of function {number} of {len(names)}")
            if calls := tuple(_calls(search, name, frozenset(graph.order))):
                found[name] = calls
    return found


def _calls(search: Search, name: str, walked: frozenset[str]) -> Iterator[Use]:
    """Yield the calls of a function; of a constructor those of its class."""
    called = next((name.removesuffix(end) for end in _MADE if name.endswith(end)), name)
    result = search.find(called)
    for use in result.uses if result is not None else ():
        certain = use.kind is UseKind.CALL and use.certainty is Certainty.RESOLVED
        if certain and use.inside not in walked:
            yield use
