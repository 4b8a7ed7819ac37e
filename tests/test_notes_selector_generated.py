"""Selectors over generated steps, texts and functions: what is proposed finds exactly its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.generated import functions, tried
from support.notes_lookup import places_in

from srcread.errors import SelectorError
from srcread.model import SelectorStep
from srcread.notes.anchors.find import find
from srcread.notes.anchors.selector import KINDS, NAMELESS, format_selector, parse_selector
from srcread.notes.anchors.shortest import avoidable_count, name_place

NAMES = st.sampled_from(["x", "if", "é", "x_1[]", "a.b", "super().run", "f()[].x", "q.k.v", "_"])
COUNTS = st.none() | st.integers(1, 999_999)
SIGNS = "> .. , = ( ) # 1 0 999999 1000000 x y[] super().z é ﬁ ½ \n \0 ' x."
PIECES = st.sampled_from([*KINDS, *SIGNS.split(" ")])


@st.composite
def steps(draw: st.DrawFn) -> SelectorStep:
    """Return a step that the grammar allows."""
    kind = draw(st.sampled_from(KINDS))
    if kind in NAMELESS:
        return SelectorStep(kind, count=draw(COUNTS))
    names = tuple(draw(st.lists(NAMES, max_size=3)))
    argument = draw(st.none() | NAMES) if kind == "call" and len(names) == 1 else None
    value = draw(st.none() | NAMES) if kind == "assign" and names else None
    return SelectorStep(kind, names, argument, value, draw(COUNTS))


PATHS = st.lists(steps(), min_size=1, max_size=3).map(tuple)


@tried(300)
@given(PATHS, st.none() | PATHS)
def test_steps_that_are_written_are_read_back(
    start: tuple[SelectorStep, ...], end: tuple[SelectorStep, ...] | None
) -> None:
    text = format_selector(start, end)
    selector = parse_selector(text)
    assert (selector.start, selector.end) == (start, end)
    assert format_selector(selector.start, selector.end) == text


@tried(500)
@given(st.text(max_size=40) | st.lists(PIECES, max_size=8).map(" ".join))
def test_any_text_is_a_selector_or_refused_in_one_line(text: str) -> None:
    try:
        selector = parse_selector(text)
    except SelectorError as error:
        assert "\n" not in str(error)
        return
    written = format_selector(selector.start, selector.end)
    again = parse_selector(written)
    assert (again.start, again.end) == (selector.start, selector.end)


@tried(400)
@given(functions())
def test_every_place_of_a_function_has_a_selector_that_finds_it_alone(text: str) -> None:
    places = places_in(text, "f")
    for place in places.places:
        suggestion = name_place(places, place)
        selector = parse_selector(suggestion.selector)
        assert find(places, selector) == (place,)
        assert suggestion.counted is ("#" in suggestion.selector)
        assert avoidable_count(places, selector) is None


@tried(150)
@given(functions(), st.data())
def test_a_stretch_from_one_place_to_a_later_one_is_found_alone(
    text: str, data: st.DataObject
) -> None:
    places = places_in(text, "f")
    start = data.draw(st.sampled_from(places.places))
    later = [it for it in places.places if it.range.start >= start.range.end]
    if not later:
        return
    end = data.draw(st.sampled_from(later))
    ends = " .. ".join(name_place(places, place).selector for place in (start, end))
    (stretch,) = find(places, parse_selector(ends))
    assert (stretch.range.start, stretch.range.end) == (start.range.start, end.range.end)
