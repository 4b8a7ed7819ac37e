"""What probes call: it describes what they see, and keeps descriptions, never a value.

Of many calls of one place only the first few may be asked for: what is left out is counted, with
all that it calls.

One activation is open per running function, the innermost on top. Only the thread that made the
recorder is followed; in another, values pass and nothing is kept. A probe raises nothing and runs
no code of an unknown class: `bool` only of plain types, for a tensor's would run an operator.

Who called is read from the frames: the nearest watched function above, and the place of the call in
it (Python 3.11 keeps columns). In a loop's later rounds the header counts to the body's last line.
"""

from __future__ import annotations

import dis
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

_MOST_ACTIVATIONS = 20_000
_MOST_VALUES = 6
_PLAIN = (bool, int, float, str, tuple, list, dict, type(None))
_PREFIX = "srcread "

Span = tuple[int, int, int, int]


class Activation:
    """One call of a watched function, in descriptions. `current` is the statement that runs."""

    __slots__ = (
        "arguments", "calls", "current", "elements", "error", "function", "handle", "number",
        "operands", "parent", "raised", "ran", "skipped", "tests", "values", "where",
    )  # fmt: skip

    def __init__(self, function: int, number: int, error: int) -> None:
        self.function, self.number, self.error = function, number, error
        self.arguments: list[Any] = []
        self.ran: set[int] = set()
        self.values: dict[int, list[Any]] = {}
        self.tests: dict[Span, list[Any]] = {}
        self.calls: list[tuple[Span | None, int]] = []
        self.operands: dict[int, list[Any]] = {}
        self.elements: dict[int, list[Any]] = {}
        self.parent: Activation | None = None
        self.where: Span | None = None
        self.raised: str | None = None
        self.current, self.handle = -1, None
        self.skipped = False


class Recorder:
    """Everything that probes were told. `done` holds the activations in the order of their ends.

    Of one place it keeps at most so many calls as `each` says, 0 for all of them.
    """

    def __init__(self, sites: Any, load: Callable[[str], Any], ranges: bool, each: int = 0) -> None:
        self.sites = sites
        self.done: list[Activation] = []
        self.roots: list[int] = []
        self.stack: list[Activation] = []
        self.count = 0
        self._clean = load("describing").clean
        self._words = load("words").describe
        self._owner = threading.get_ident()
        self._codes: dict[int, tuple[types.CodeType, int]] = {}
        self._places: dict[tuple[int, int], Span | None] = {}
        self._ranges = _ranges() if ranges else None
        self._each = each
        self._made: dict[Any, int] = {}
        self.modules = load("modules").Modules()

    def probes(self) -> dict[str, Callable[..., Any]]:
        """Return the functions that stand in for the probes' markers."""
        return {
            name: getattr(self, name)
            for name in ("enter", "leave", "at", "value", "leaf", "operand", "element")
        }

    def know(self, code: types.CodeType, name: str, holder: int = -1) -> None:
        """Learn which function a code with probes belongs to, and those in it."""
        numbers = {(item.name, item.line): n for n, item in enumerate(self.sites.functions)}
        number = numbers.get((name, code.co_firstlineno), holder)
        self._codes[id(code)] = (code, number)
        seen: dict[str, int] = {}
        for item in code.co_consts:
            if isinstance(item, types.CodeType):
                seen[item.co_name] = seen.get(item.co_name, 0) + 1
                twin = f"~{seen[item.co_name]}" if seen[item.co_name] > 1 else ""
                self.know(item, f"{name}.<locals>.{item.co_name}{twin}", number)

    def enter(self, function: int, given: tuple[Any, ...]) -> None:
        """Open an activation with its arguments, called from the nearest watched function."""
        if threading.get_ident() != self._owner:
            return
        error = sys.exc_info()[1]
        act = Activation(function, self.count, id(error) if error is not None else 0)
        self.count += 1
        if self.stack:
            act.parent = self.stack[-1]
            act.where = self._caller(act.parent, sys._getframe(1).f_back)
        self.stack.append(act)
        self.modules.entered(self.sites.functions[function].name, given, self.stack)
        if not self._each or not self._skips(act):
            act.arguments = [self._describe(value) for value in given]

    def leave(self) -> None:
        """Close the innermost activation; an error that was not there before ended it."""
        if threading.get_ident() != self._owner:
            return
        act = self.stack.pop()
        if act.handle is not None and self._ranges is not None:
            self._ranges[1](act.handle)
            act.handle = None
        if act.skipped:
            return
        error = sys.exc_info()[1]
        if error is not None and id(error) != act.error:
            act.raised = self._error(error)
        if act.parent is None:
            self.roots.append(act.number)
        else:
            act.parent.calls.append((act.where, act.number))
        act.parent = None
        if len(self.done) < _MOST_ACTIVATIONS:
            self.done.append(act)

    def at(self, site: int) -> None:
        """Note that a statement is about to run."""
        if threading.get_ident() != self._owner:
            return
        act = self.stack[-1]
        if act.skipped:
            return
        act.ran.add(site)
        act.current = site
        if self._ranges is not None:
            if act.handle is not None:
                self._ranges[1](act.handle)
            act.handle = self._ranges[0](f"{_PREFIX}{act.number} {site}")

    def value(self, site: int, value: Any) -> Any:
        """Describe a statement's value, and give it back."""
        if threading.get_ident() == self._owner and not self.stack[-1].skipped:
            _keep(self.stack[-1].values.setdefault(site, []), self._describe(value))
        return value

    def operand(self, leaf: int, value: Any) -> Any:
        """Describe one side of a comparison, and give it back."""
        if self._mine(leaf):
            self.stack[-1].operands.setdefault(leaf, []).append(self._describe(value))
        return value

    def element(self, leaf: int, truth: bool, value: Any, *variable: Any) -> Any:
        """Remember the element that decides an `any` (which a true one does) or `all`."""
        if self._mine(leaf):
            # number of the element, in words, whether it decides
            state = self.stack[-1].elements.setdefault(leaf, [-1, "", False])
            if not state[2]:
                known = _truth(value)
                state[0] += 1
                state[1] = " for ".join(_flat(self._describe(item)) for item in (value, *variable))
                state[2] = known is truth
        return value

    def leaf(self, number: int, value: Any) -> Any:
        """Note an operand of a test; the last one that is evaluated has decided it."""
        if not self._mine(number):
            return value
        act, about = self.stack[-1], self.sites.leaves[number]
        truth = _truth(value)
        values = act.operands.pop(number, None)
        element = act.elements.pop(number, None)
        if truth is not None and not about.ends[truth]:
            return value
        outcome = None if truth is None else truth is not about.negated
        described = [self._describe(value)] if values is None else values
        words = None if element is None else f"element {element[0]}: {element[1]}"
        decision = [outcome, about.place, truth, described, words]
        known = act.tests.setdefault(about.test, [])
        if known and known[-1][0] is None:
            known[-1] = decision  # that operand's truth was not asked; this one came after it
        else:
            _keep(known, decision)
        return value

    def _describe(self, value: Any) -> Any:
        try:
            return self._words(self._clean, value)
        except Exception:  # a probe must never change what the function does
            return "<?>"

    def _skips(self, act: Activation) -> bool:
        """Tell whether a call is left out; what it runs is in a range that nobody asks for."""
        above = act.parent
        key = act.function, above.function if above is not None else -1, act.where
        if above is None or not above.skipped:
            self._made[key] = made = self._made.get(key, 0) + 1
            act.skipped = made > self._each or len(self.done) >= _MOST_ACTIVATIONS
            if act.skipped and self._ranges is not None:
                act.handle = self._ranges[0](f"{_PREFIX}{act.number} left out")
        else:
            act.skipped = True
        return act.skipped

    def _mine(self, leaf: int) -> bool:
        """Tell whether a probe's function is the innermost: a comprehension may outlive it."""
        return (
            threading.get_ident() == self._owner
            and bool(self.stack)
            and not self.stack[-1].skipped
            and self.stack[-1].function == self.sites.leaves[leaf].function
        )

    def _caller(self, parent: Activation, frame: types.FrameType | None) -> Span | None:
        while frame is not None:
            code = frame.f_code
            known = self._codes.get(id(code))
            if known is not None:
                return self._place(code, frame.f_lasti) if known[1] == parent.function else None
            frame = frame.f_back
        return None

    def _place(self, code: types.CodeType, instruction: int) -> Span | None:
        key = (id(code), instruction)
        if key not in self._places:
            self._places[key] = self._resolved(code, instruction)
        return self._places[key]

    def _resolved(self, code: types.CodeType, instruction: int) -> Span | None:
        """Return the place of an instruction; of a call's, that of the whole call.

        Where a chain of calls spans lines, the compiler lets a call begin at its last attribute. A
        loop asks for its iterator, and a `with` for what it enters, by the compiler's word in all
        of its lines: what ends as a call does and begins before it is no call.
        """
        position = list(code.co_positions())[instruction // 2]
        line, end_line, column, end_column = position
        if line is None or end_line is None or column is None or end_column is None:
            return None
        watched = self.sites.functions[self._codes[id(code)][1]]
        end = (end_line - watched.line, end_column)
        start = line - watched.line, column
        call: Span | None = watched.calls.get(end)
        if call is not None and call[:2] <= start:
            return call
        place = (*start, *end)
        asked: list[Span] | None = watched.blocks.get(place)
        return asked[_part(code, instruction, len(asked))] if asked else place

    def _error(self, error: BaseException) -> str:
        try:
            message = self._clean(" ".join(str(error).split()))[:200]
        except BaseException:  # its own class says it, and may say anything
            message = ""
        name = type(error).__name__
        return f"{name}: {message}" if message else name


def _part(code: types.CodeType, instruction: int, count: int) -> int:
    """Return which of several parts of a `with` an instruction enters, or leaves.

    They are entered in their order, and left in the other, on each way out of the statement.
    """
    if count == 1:
        return 0
    listed = {item.offset: item for item in dis.get_instructions(code)}
    one = listed[instruction]
    alike = [
        item.offset
        for item in listed.values()
        if item.opname == one.opname and item.positions == one.positions
    ]
    place = alike.index(instruction) % count
    return place if one.opname.startswith("BEFORE") else count - 1 - place


def _keep(kept: list[Any], item: Any) -> None:
    """Keep what differs from the one before; of many, the first few."""
    if kept and kept[-1] in (item, "…"):
        return
    kept.append(item if len(kept) < _MOST_VALUES else "…")


def _truth(value: Any) -> bool | None:
    """Return the truth of a plain value; another's `bool` would run code."""
    return bool(value) if type(value) in _PLAIN else None


def _flat(described: Any) -> str:
    return described if isinstance(described, str) else f"({', '.join(map(_flat, described))})"


def _ranges() -> tuple[Callable[[str], Any], Callable[[Any], None]]:
    torch = sys.modules.get("torch")
    if torch is None:
        return (lambda name: None), (lambda handle: None)
    begin = torch.autograd._record_function_with_args_enter
    return begin, torch.autograd._record_function_with_args_exit
