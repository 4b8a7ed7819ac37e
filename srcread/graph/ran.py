"""Calls that a run made, for the walk: those that reading does not come to are walked into, too."""

from __future__ import annotations

from srcread.errors import NotFoundError
from srcread.graph.entries import resolve_entry
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import Context
from srcread.graph.looks import Look, Reached
from srcread.graph.observe import SEEN
from srcread.graph.reach.target import CallTarget
from srcread.graph.seen import SeenCalls
from srcread.model import EdgeKind


class Ran:
    """What a run called. A callee is walked as an entry is: it may be called with anything."""

    def __init__(self, ask: Interpreter, seen: SeenCalls) -> None:
        self._ask = ask
        self._seen = seen
        self._contexts: dict[str, Context | None] = {}

    @property
    def tells(self) -> bool:
        """Whether the run tells all that is wanted, so that nobody waits for what is found late."""
        return self._seen.only is not None

    def leaves_out(self, name: str) -> bool:
        """Tell whether a function is not to be walked into: it did not run."""
        return self._seen.only is not None and name not in self._seen.only

    def extended(self, caller: str, reached: Look) -> Look:
        """Return what one context reaches, and what a run called there."""
        seen = self._seen.calls.get(caller, ())
        if not seen:
            return reached
        known = {(item.place, item.target.callee) for item in reached}
        places = {item.place for item in reached if item.target.kind is not EdgeKind.NATIVE}
        further = [
            Reached(place, None, CallTarget(callee, EdgeKind.DIRECT, context, SEEN))
            for place, callee in seen
            if (place, callee) not in known
            and (place in places or callee.partition(".")[0] in self._seen.own)
            and (context := self._context(callee)) is not None
        ]
        return (*reached, *further)

    def _context(self, name: str) -> Context | None:
        """Return how a function is walked that a run called; None for what is left out anyway."""
        if name not in self._contexts:
            idioms = self._ask.idioms
            left_out = name in idioms.quiet or idioms.why_folded(name) is not None
            try:
                found = [] if left_out else resolve_entry(self._ask, name)
            except NotFoundError:
                found = []
            self._contexts[name] = next((one for one in found if one.function == name), None)
        return self._contexts[name]
