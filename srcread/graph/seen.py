"""The calls that a run made, as a walk is handed them: `ran` says what a walk does with them.

It stands alone, for a graph that comes out of the cache needs nothing of the interpreter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from srcread.model import Range


class SeenCalls(NamedTuple):
    """The calls of a run by caller, each with its place and callee, and whose code is to be walked.

    `own` are packages: a callee of theirs is walked into wherever a run came to it. One of another
    package is only where reading sees a call, for it knows what it leaves out. Where `only` some
    functions are wanted, those that ran, no other is walked into.
    """

    calls: Mapping[str, Sequence[tuple[Range, str]]]
    own: frozenset[str]
    only: frozenset[str] | None = None


NOT_RUN = SeenCalls({}, frozenset())
