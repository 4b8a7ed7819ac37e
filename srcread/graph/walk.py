"""The walk: from the entries down, every call of every function that is reached.

A function is looked at once per context in which it is called, and what it calls in any of them are
its edges. Contexts are capped: beyond the cap a function is looked at once for all further calls,
with what they give joined, which may add rivals but loses no edge. The nearest functions are looked
at first, so that a walk that is stopped knows what lies nearest to the entries.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from srcread.graph.entries import (
    further_contexts,
    imported_contexts,
    native_entry,
    resolve_entries,
)
from srcread.graph.gathered import Gathered
from srcread.graph.idioms import Idioms
from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.nesting import forget
from srcread.graph.infer.solver import OutOfTime
from srcread.graph.infer.values import Context
from srcread.graph.limits import INTERRUPTED, NO_LIMITS, Limits
from srcread.graph.looks import Looks
from srcread.graph.ran import Ran
from srcread.graph.seen import NOT_RUN, SeenCalls
from srcread.graph.why import explain
from srcread.index import Index
from srcread.index.late import last_line
from srcread.index.trees import uncollected
from srcread.model import CallGraph, Stop, StopWhy

_MAX_WALKS = 8
_AT_ONCE = 20
"""How many contexts are looked at between two of many entries."""
_TELLING = 0.5
"""Seconds between two words of progress."""

Progress = Callable[[str], None]


def build_graph(
    index: Index,
    entries: Sequence[str],
    idioms: Idioms | None = None,
    methods: Mapping[str, Sequence[str]] | None = None,
    *,
    natives: bool = False,
    whole: bool = True,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    seen: SeenCalls = NOT_RUN,
) -> CallGraph:
    """Return the static call graph below the entries.

    `methods` lists, for an entry that is a class, the public methods to walk instead of all. With
    `natives` an entry may be native: nothing is walked below it, but its operator is told. Where
    not `whole`, entries with nothing to walk are left out.

    Where the `limits` are reached the graph is a part of the whole one: `stopped` says so, and
    `frontier` names the functions at its edge. `progress` is told twice a second how far the walk
    is. What is `seen` are calls that a run made.

    Raises:
        NotFoundError: an entry does not exist; the message names the nearest that does.
    """
    with uncollected():
        try:
            walk = _Walk(Evaluator(index, idioms, entries, seen.only), limits, progress, seen)
            return walk.graph(entries, methods or {}, natives, whole)
        finally:
            forget()


def explain_calls(
    index: Index,
    entries: Sequence[str],
    path: str,
    line: int,
    idioms: Idioms | None = None,
    methods: Mapping[str, Sequence[str]] | None = None,
    *,
    natives: bool = False,
    whole: bool = True,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> list[str]:
    """Walk as `build_graph` does, and return lines that explain the calls that begin in a line.

    `path` is the end of a file's path. The list is empty where no call of a function that was
    walked begins there.

    Raises:
        NotFoundError: as `build_graph`.
    """
    with uncollected():
        try:
            walk = _Walk(Evaluator(index, idioms, entries), limits, progress)
            graph = walk.graph(entries, methods or {}, natives, whole)
            contexts = walk.contexts_at(path, line)
            return list(explain(walk.evaluator, graph, contexts, line)) if contexts else []
        finally:
            forget()


class _Walk:
    """Walks until nothing that was looked at has changed since: what is found late changes it."""

    def __init__(
        self,
        evaluator: Evaluator,
        limits: Limits,
        progress: Progress | None,
        seen: SeenCalls = NOT_RUN,
    ) -> None:
        self.evaluator = evaluator
        self._ran = Ran(evaluator, seen)
        self._limits = limits
        self._tell = _telling(progress)
        self._walked: _Worklist | None = None
        if limits.seconds is not None:
            evaluator.solver.deadline = time.monotonic() + limits.seconds - limits.spent
        self.looks = Looks(evaluator, limits.seconds)

    def graph(
        self,
        entries: Sequence[str],
        methods: Mapping[str, Sequence[str]],
        natives: bool,
        whole: bool,
    ) -> CallGraph:
        """Return the graph of the last walk that came to its end, else what there is of one."""
        found = self._natives(entries) if natives and whole else {}
        written = [entry for entry in entries if found.get(entry) is None]
        walked = None
        for _ in range(1 if self._ran.tells else _MAX_WALKS):
            most = self._limits.functions
            again = _Worklist(self.evaluator, self.looks, most, self._tell, self._ran)
            self.looks.begin()
            try:
                for starts in resolve_entries(self.evaluator, written, methods, whole=whole):
                    again.begin(starts)
                again.run()
                again.run_unreached(written)
            except OutOfTime:
                again.stopped = Stop(StopWhy.SECONDS, self._limits.seconds or 0)
            except KeyboardInterrupt:
                if not self._limits.interruptible:
                    raise
                again.stopped = INTERRUPTED
            again.late = len(self.looks.late)
            if walked is None or not again.stopped:
                walked = again
            if again.stopped or not again.is_stale():
                break
        assert walked is not None
        self._walked = walked
        late = Stop(StopWhy.CALLS, walked.late) if walked.late else None
        walked.stopped = walked.stopped or late
        self.evaluator.solver.deadline = None
        return walked.graph(tuple(dict.fromkeys(name for name in found.values() if name)))

    def _natives(self, entries: Iterable[str]) -> dict[str, str | None]:
        """Return the native names that entries stand for: told in any case, however late it is.

        It is asked of names that somebody wrote, not of all modules of a folder.
        """
        deadline, self.evaluator.solver.deadline = self.evaluator.solver.deadline, None
        found = {entry: native_entry(self.evaluator, entry) for entry in entries}
        self.evaluator.solver.deadline = deadline
        return found

    def contexts_at(self, path: str, line: int) -> list[Context]:
        """Return the contexts in which the innermost function around a line was looked at."""
        assert self._walked is not None
        found: list[tuple[int, list[Context]]] = []
        for name, contexts in self._walked.looked_at():
            defined = self.evaluator.index.defined(name)
            if defined is None or not f"/{defined.module.file.path}".endswith(f"/{path}"):
                continue
            if defined.node.lineno <= line <= last_line(defined.node):
                found.append((defined.node.lineno, contexts))
        return max(found, key=lambda item: item[0])[1] if found else []


class _Worklist:
    """One walk: the contexts that wait, and the edges found so far."""

    def __init__(
        self,
        evaluator: Evaluator,
        looks: Looks,
        most: int | None,
        tell: Callable[[int, int], None],
        ran: Ran,
    ) -> None:
        self.evaluator = evaluator
        self.looks = looks
        self._ran = ran
        self.stopped: Stop | None = None
        """Where the walk stopped; None if it came to its end."""
        self.late = 0
        """Where it went on without an answer, in words."""
        self._most = most
        self._tell = tell
        self._queue: deque[Context] = deque()
        self._seen: dict[str, set[Context]] = {}
        self._gathered = Gathered(evaluator)
        self._starts: dict[str, None] = {}
        self._shared: dict[Context, None] = {}
        self._unsearched: list[str] = []
        """The functions looked at whose lambdas were not looked for."""

    def begin(self, starts: Iterable[Context]) -> None:
        """Reach the contexts of an entry, and look at some that wait: there may be many entries.

        Raises:
            OutOfTime: the time is over; what was found so far is there.
        """
        for context in starts:
            self._starts[context.function] = None
            self._reach(context)
        for _ in range(_AT_ONCE):
            if self._queue and not self.stopped:
                self._next()

    def run(self) -> None:
        """Look at all contexts that are reached.

        Raises:
            OutOfTime: the time is over; what was found so far is there.
        """
        while not self.stopped and (self._queue or self._reach_lambdas() or self._reach_changed()):
            self._next()

    def run_unreached(self, entries: Iterable[str]) -> None:
        """Walk what scripts define and their own code does not come to; then what they import."""
        for find in (self._further, self._imported):
            for entry in entries:
                self.begin(at for at in find(entry) if at.function not in self._seen)
            self.run()

    def _further(self, entry: str) -> list[Context]:
        return further_contexts(self.evaluator, entry)

    def _imported(self, entry: str) -> list[Context]:
        return imported_contexts(self.evaluator, entry, self._seen)

    def _next(self) -> None:
        known, context = len(self._gathered.seen), self._queue[0]
        self._tell(known, len(self._queue))
        if known == self._most and context.function not in self._gathered.seen:
            self.stopped = Stop(StopWhy.FUNCTIONS, known)
            return
        self._look_at(context)
        self._queue.popleft()

    def is_stale(self) -> bool:
        """Tell whether something that was looked at has changed since."""
        return any(self.looks.is_stale(at) for contexts in self._seen.values() for at in contexts)

    def looked_at(self) -> Iterator[tuple[str, list[Context]]]:
        """Yield the functions that were looked at, each with its contexts."""
        for name in self._gathered.seen:
            yield name, list(self._seen[name])

    def graph(self, native: tuple[str, ...]) -> CallGraph:
        """Return the graph of what was looked at, and of native entries."""
        return self._gathered.graph(tuple(self._starts), native, self.stopped, self._seen)

    def _reach(self, context: Context) -> None:
        if self._ran.leaves_out(context.function):
            return
        contexts = self._seen.setdefault(context.function, set())
        if len(contexts) >= self.evaluator.sharing.most(context.function):
            context = self.evaluator.sharing.joined(context)
            self._shared[context] = None
        if context not in contexts:
            contexts.add(context)
            self._queue.append(context)

    def _look_at(self, context: Context) -> None:
        """Add the edges of one context."""
        try:
            reached = self.looks.at(context)
        except (OutOfTime, KeyboardInterrupt):
            begun = self.looks.begun
            if len(begun) > 1 or not self._gathered.seen:  # else it lies at the edge, as others do
                self._gathered.add(context.function, begun)
            raise
        if context.function not in self._gathered.seen:
            self._unsearched.append(context.function)
        reached = self._ran.extended(context.function, reached)
        self._gathered.add(context.function, reached)
        for item in reached:
            if item.target.context is not None:
                self._reach(item.target.context)

    def _reach_lambdas(self) -> bool:
        """Reach the lambdas that nothing calls, as far as the text tells."""
        names, self._unsearched = self._unsearched, []
        for name in names:
            for reached in self.looks.lambdas(next(iter(self._seen[name]))):
                callee = str(reached.target.callee)
                if callee not in self._seen and not self._ran.leaves_out(callee):
                    self._gathered.add(name, [reached])
                    assert reached.target.context is not None
                    self._reach(reached.target.context)
        return bool(self._queue)

    def _reach_changed(self) -> bool:
        """Reach the shared contexts again that were given more since they were looked at."""
        self._queue += [context for context in self._shared if self.looks.is_stale(context)]
        return bool(self._queue)


def _telling(progress: Progress | None) -> Callable[[int, int], None]:
    """Return what tells how far a walk is, now and then: it is asked at every function."""
    told = time.monotonic()

    def tell(functions: int, waiting: int) -> None:
        nonlocal told
        if progress is not None and time.monotonic() - told >= _TELLING:
            told = time.monotonic()
            progress(f"{functions:,} functions walked, {waiting:,} calls wait")

    return tell
