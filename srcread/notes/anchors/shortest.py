"""Places to selectors: the shortest one that still tells a reader what stands there.

Telling means: no `self`, `torch`, `F` or `np` as names, no builtins unless the symbol binds their
names itself, as torch does with `input`; two names for a test; all targets of a tuple. Candidates
come in tiers, each tried before the next, and within one by length: one step of the place's own
kind; a call, several names, a detail, or one step around it; two around it; what is not telling;
and only then a count, which is the danger: after an upstream change 14 % of counted selectors name
other text, of the others none.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

from srcread.model import Selector, SelectorStep
from srcread.notes.anchors.find import find, match, matches
from srcread.notes.anchors.places import Place, Places
from srcread.notes.anchors.selector import NAMELESS, format_selector, parse_selector

_BUILTINS = frozenset(dir(builtins))
_DULL = frozenset({"self", "cls", "torch", "F", "nn", "np", "trt", "_"})
_TESTS = frozenset({"if", "elif", "while", "assert"})
_TELLS_BY_ITSELF = NAMELESS | {"def", "else", "except", "return", "raise", "yield", "expr"}
_MOST_NAMES = 12  # of one place that are tried; the shortest

_Path = tuple[SelectorStep, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place and its selector; `counted` warns that only a `#n` tells it from others."""

    place: Place
    selector: str
    counted: bool


def shortest(places: Places, line: int) -> tuple[Suggestion, ...]:
    """Return the places at a line with the shortest telling selector of each, the closest first.

    A blank line, a comment or a `case` stands for the next place below it.
    """
    return tuple(name_place(places, place) for place in places_at(places, line))


def places_at(places: Places, line: int) -> tuple[Place, ...]:
    """Return the places that stand at a line, by statement or header, the narrowest first."""
    at_line = [
        place for place in places.places if place.range.first_line <= line <= place.head_line
    ]
    if not at_line:
        below = [place.range.first_line for place in places.places]
        next_line = min((first for first in below if first > line), default=max(below, default=0))
        at_line = [place for place in places.places if place.range.first_line == next_line]
    return tuple(sorted(at_line, key=lambda place: place.head_line - place.range.first_line))


def name_place(places: Places, place: Place) -> Suggestion:
    """Return the shortest telling selector that finds exactly this place."""
    words = _Words(places, place)
    for tier in (_alone, _enclosed, _twice_enclosed, _dull, _bare):
        found = [path for path in tier(words) if matches(places, path) == 1 << place.number]
        if found:
            return Suggestion(place, min(map(format_selector, found), key=_length), counted=False)
    return Suggestion(place, _counted(places, place, words), counted=True)


def avoidable_count(places: Places, selector: Selector) -> str | None:
    """Return a selector without `#n` for the same place, if the given one has one needlessly."""
    ends = [selector.start] if selector.end is None else [selector.start, selector.end]
    if not any(step.count for path in ends for step in path) or len(find(places, selector)) != 1:
        return None
    texts = []
    for path in ends:
        if any(step.count for step in path):
            (place,) = places.of(matches(places, path))
            suggestion = name_place(places, place)
            if suggestion.counted:
                return None
            texts.append(suggestion.selector)
        else:
            texts.append(format_selector(path))
    return " .. ".join(texts)


class _Words:
    """The steps that can name one place, and those that can name what encloses it."""

    def __init__(self, places: Places, place: Place) -> None:
        binding = (other for other in places.places if other.kind in ("assign", "param"))
        self.dull = _DULL | (_BUILTINS - {name for other in binding for name in other.names})
        self.place = place
        self.plain = self.plain_steps(place)
        self.calls = [] if place.compound else self.call_steps(place)
        self.rich = list(self.rich_steps(place))
        self.bare = [SelectorStep(place.kind)] if place.kind in _TELLS_BY_ITSELF else []
        self.around = [self.context_steps(places.places[number]) for number in place.parents]

    def plain_steps(self, place: Place) -> list[SelectorStep]:
        """Return the steps to take if they are unique."""
        names = self.telling(place)
        if place.kind == "call":
            return self.call_steps(place)
        if place.kind == "assign" and place.names:
            return [SelectorStep("assign", place.names)]
        if place.kind in _TESTS and (pairs := list(_groups(names, 2))):
            return [SelectorStep(place.kind, pair) for pair in pairs]
        if names:
            return [SelectorStep(place.kind, (name,)) for name in names]
        return [SelectorStep(place.kind)] if place.kind in _TELLS_BY_ITSELF else []

    def rich_steps(self, place: Place) -> Iterator[SelectorStep]:
        """Yield steps that say more: another name, an argument, a name on the right side."""
        names = self.telling(place)
        if place.kind == "assign":
            for value in self.chosen(sorted(place.values)) if place.names else ():
                yield SelectorStep("assign", place.names, value=value)
        elif place.kind != "call":
            for names_together in _groups(names, 3 if place.kind in _TESTS else 2):
                yield SelectorStep(place.kind, names_together)
        for call in place.calls:
            # A builtin says something when its argument does: `call len(heads)`.
            for callee in sorted(call.callees, key=_length)[:2]:
                for argument in self.chosen(sorted(call.arguments)):
                    yield SelectorStep("call", (callee,), argument=argument)

    def context_steps(self, place: Place) -> list[SelectorStep]:
        """Return the steps for something that encloses the place: one name is enough there."""
        names = [SelectorStep(place.kind, (name,)) for name in self.telling(place)]
        pairs = [SelectorStep(place.kind, pair) for pair in _groups(self.telling(place)[:6], 2)]
        bare = [SelectorStep(place.kind)] if place.kind in _TELLS_BY_ITSELF else []
        return names + pairs + bare

    def call_steps(self, place: Place) -> list[SelectorStep]:
        names = {callee for call in place.calls for callee in call.callees}
        return [SelectorStep("call", (name,)) for name in self.chosen(sorted(names))]

    def telling(self, place: Place) -> list[str]:
        if place.kind in ("def", "param", "global", "nonlocal", "except"):
            return list(place.names)
        return self.chosen(place.names)

    def chosen(self, names: Iterable[str]) -> list[str]:
        """Return the names that tell something, the shortest of them, in the given order."""
        telling = [name for name in names if name.rpartition(".")[2] not in self.dull]
        kept = frozenset(sorted(telling, key=_length)[:_MOST_NAMES])
        return [name for name in telling if name in kept]


def _alone(words: _Words) -> Iterator[_Path]:
    yield from ((step,) for step in words.plain)


def _enclosed(words: _Words) -> Iterator[_Path]:
    yield from ((step,) for step in words.calls + words.rich)
    yield from product(chain(*words.around), words.plain + words.calls + words.bare)


def _twice_enclosed(words: _Words) -> Iterator[_Path]:
    yield from product(chain(*words.around), words.rich)
    for outer, inner in combinations(words.around, 2):
        yield from product(outer, inner, words.plain + words.bare)


def _dull(words: _Words) -> Iterator[_Path]:
    steps = _all_steps(words.place)
    yield from ((step,) for step in steps)
    yield from product(chain(*words.around), steps)


def _bare(words: _Words) -> Iterator[_Path]:
    step = SelectorStep(words.place.kind)
    yield (step,)
    yield from product(chain(*words.around), (step,))


def _counted(places: Places, place: Place, words: _Words) -> str:
    """Return a selector with the lowest count that a step, alone or in one other, allows.

    Where none does, it is counted inside what encloses the place: for example a second function of
    the same name in an `elif` whose test names nothing.
    """
    found = list(_counts(places, place, words, [(), *((step,) for step in chain(*words.around))]))
    if not found:
        around = [name_place(places, places.places[number]).selector for number in place.parents]
        found = list(_counts(places, place, words, [parse_selector(text).start for text in around]))
    return min(found)[1]


def _counts(
    places: Places, place: Place, words: _Words, contexts: Iterable[_Path]
) -> Iterator[tuple[int, str]]:
    """Yield the selectors that count in these contexts, each with its cost."""
    bit = 1 << place.number
    last_steps = words.plain or _all_steps(place)
    for context in contexts:
        scope = matches(places, context) if context else None
        for step in last_steps:
            found = match(places, step, scope)
            if found & bit:
                count = (found & (2 * bit - 1)).bit_count()
                path = (*context, replace(step, count=count))
                text = format_selector(path)
                if matches(places, path) == bit:
                    yield len(text) + 5 * count, text


def _all_steps(place: Place) -> list[SelectorStep]:
    """Return the steps of one name, telling or not; of none for a place without names."""
    steps = [SelectorStep(place.kind, (name,)) for name in place.names]
    callees = sorted({callee for call in place.calls for callee in call.callees})
    steps += [SelectorStep("call", (callee,)) for callee in callees]
    return steps or [SelectorStep(place.kind)]


def _groups(names: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """Yield groups of undotted names: a dotted one only repeats what its parts say."""
    yield from combinations([name for name in names if "." not in name], size)


def _length(text: str) -> tuple[int, str]:
    return len(text), text
