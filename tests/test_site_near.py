"""The picture of a function's neighbours: who stands in it, and what its strokes say."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from support.site_example import METHODS, edge, graph, page, plans, symbol, view
from support.site_outline import outline
from support.site_runs import with_runs

from srcread.model import EdgeKind
from srcread.site import TourView

FORWARD = "en/example/1.5/pkg.model.Model.forward.html"
SCALE = "en/example/1.5/pkg.model.scale.html"


def picture(view: TourView, address: str = FORWARD) -> ElementTree.Element:
    """Return a page's picture, parsed."""
    html = page(plans(view), address)
    found = re.search(r"<svg.*?</svg>", html, re.DOTALL)
    assert found is not None
    return ElementTree.fromstring(found[0])


def titles(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter("title")]


def calling(count: int, callers: int = 0) -> TourView:
    """Return the example whose `forward` calls so many functions more, and is called by as many."""
    init, forward, _, _ = METHODS
    below = [f"pkg.model.step{number:02}" for number in range(count)]
    above = [f"pkg.model.user{number:02}" for number in range(callers)]
    one = edge(forward, "self.layer(x)", "", EdgeKind.DIRECT)
    user = edge(init, "Layer(width)", forward, EdgeKind.DIRECT)
    edges = [replace(one, callee=name) for name in below]
    edges += [replace(user, site=replace(user.site, caller=name)) for name in above]
    shown = graph()
    symbols = {name: symbol(forward, name) for name in (*below, *above)}
    order = (*shown.order, *below, *above)
    own = replace(
        shown, order=order, symbols={**shown.symbols, **symbols}, edges=(*shown.edges, *edges)
    )
    return replace(view(), graph=own)


def test_callers_stand_left_of_the_function_and_what_it_calls_right() -> None:
    svg = picture(calling(3, 2))
    left = {
        title.text: float(box.get("x", ""))
        for parent in svg.iter()
        for title, box in zip(parent.findall("title"), parent.findall("rect"), strict=True)
    }
    assert list(left) == titles(svg)
    callers = {x for title, x in left.items() if title and "user" in title}
    here = {x for title, x in left.items() if title == "pkg.model.Model.forward"}
    callees = {x for title, x in left.items() if title and ("step" in title or "scale" in title)}
    assert len(callers) == len(here) == len(callees) == 1
    assert max(callers) < max(here) < max(callees)
    ends = [path.get("d", "") for path in svg.iter("path")]
    assert len(ends) == len(left) - 1


def test_each_neighbour_that_has_a_page_is_a_link_to_it() -> None:
    svg = picture(view())
    assert [one.get("href") for one in svg.iter("a")] == [
        "pkg.model.Layer.forward.html",
        "pkg.model.scale.html",
    ]
    native = picture(view(), "en/example/1.5/pkg.model.Layer.forward.html")
    assert [one.get("href") for one in native.iter("a")] == [
        "pkg.model.Model.forward.html",
        "#native-pkg._C.linear",
    ]
    assert titles(native)[-1] == "pkg._C.linear: line 22; native"


def test_strokes_mark_what_ran_and_what_is_one_of_several_and_titles_say_it() -> None:
    svg = picture(with_runs())
    assert titles(svg) == [
        "pkg.model.Model.forward",
        "pkg.model.Layer.forward: lines 14, 16; ran in “As it comes”",
        "pkg.model.scale: lines 16, 17; ran in “As it comes”",
    ]
    assert [one.get("class") for one in svg.iter("path")] == ["ran", "ran"]
    masked = picture(with_runs(), FORWARD.replace(".html", "~masked.html"))
    assert titles(masked)[1].endswith("ran in “With a mask”")
    said = outline(page(plans(with_runs()), FORWARD))
    assert "Thick: the line of the call ran in “As it comes”." in said


def test_without_runs_nothing_is_marked() -> None:
    svg = picture(view())
    assert [one.get("class") for one in svg.iter("path")] == [None, None]
    assert "Thick" not in outline(page(plans(view()), FORWARD))


def test_a_call_that_may_go_elsewhere_is_dashed() -> None:
    shown = graph()
    possible = tuple(one for one in shown.edges if one.kind is EdgeKind.METHOD)
    others = tuple(
        one
        for one in shown.edges
        if one.site.caller != "pkg.model.Model.forward" or one in possible
    )
    svg = picture(replace(view(), graph=replace(shown, edges=others)))
    assert [one.get("class") for one in svg.iter("path")] == ["rival", "rival"]
    assert titles(svg)[1:] == [
        "pkg.model.Layer.forward: line 16; one of several",
        "pkg.model.scale: line 16; one of several",
    ]


def test_a_function_that_calls_itself_says_so() -> None:
    shown = graph()
    further = edge("pkg.model.scale", "if factor", "pkg.model.step", EdgeKind.DIRECT)
    symbols = {**shown.symbols, "pkg.model.step": symbol("pkg.model.scale", "pkg.model.step")}
    order = (*shown.order, "pkg.model.step")
    own = replace(shown, symbols=symbols, order=order, edges=(*shown.edges, further))
    assert titles(picture(replace(view(), graph=own), SCALE)) == [
        "pkg.model.Model.forward: lines 16, 17",
        "pkg.model.scale: calls itself",
        "pkg.model.step: line 26",
    ]


@pytest.mark.parametrize(
    ("below", "above", "kept", "more"),
    [
        (37, 0, 39, []),
        (38, 0, 39, ["and 1 more: see the list"]),
        (50, 0, 39, ["and 13 more: see the list"]),
        (0, 50, 39, ["and 13 more: see the list"]),
        (50, 50, 39, ["and 37 more: see the list", "and 26 more: see the list"]),
        (10, 50, 39, ["and 23 more: see the list"]),
    ],
)
def test_a_picture_has_forty_functions_at_most_and_says_how_many_are_left(
    below: int, above: int, kept: int, more: list[str]
) -> None:
    svg = picture(calling(below, above))
    assert len(titles(svg)) == kept + 1
    texts = [one.text or "" for one in svg.iter("text")]
    assert [text for text in texts if "more" in text] == more
    listed = [one.get("href") for one in svg.iter("a") if one.find("title") is None]
    assert len(listed) == len(more) and set(listed) <= {"#calls", "#callers"}


def test_of_too_many_those_stay_that_the_scenario_went_by() -> None:
    many, runs = calling(50), with_runs()
    untaken = tuple(
        replace(one, site=edge("pkg.model.Model.forward", "self.pick(hidden)", "", one.kind).site)
        if (one.callee or "").startswith("pkg.model.step")
        else one
        for one in many.graph.edges
    )
    shown = replace(runs, graph=replace(many.graph, edges=(*untaken[10:], *untaken[:10])))
    found = titles(picture(shown))
    assert len(found) == 40
    assert [title for title in found if "ran in “As it comes”" in title] == [
        title for title in found if "Layer.forward" in title or "model.scale" in title
    ]


def test_hostile_names_are_text() -> None:
    name = 'pkg.model.<script>alert("x")</script>'
    shown = graph()
    one = edge("pkg.model.Model.forward", "self.layer(x)", name, EdgeKind.DIRECT)
    symbols = {**shown.symbols, name: symbol("pkg.model.scale", name)}
    own = replace(shown, symbols=symbols, order=(*shown.order, name), edges=(*shown.edges, one))
    svg = picture(replace(view(), graph=own))
    assert any(title.startswith(name) for title in titles(svg))
    assert {child.tag for child in svg.iter()} == {"svg", "a", "g", "title", "rect", "text", "path"}


def test_the_same_input_gives_the_same_picture_without_style_or_script() -> None:
    first, second = (page(plans(calling(9, 4)), FORWARD) for _ in range(2))
    assert first == second
    svg = picture(calling(9, 4))
    names = {name for one in svg.iter() for name in one.attrib}
    assert "style" not in names and not any(name.startswith("on") for name in names)


def test_fewer_than_two_neighbours_make_no_picture() -> None:
    html = page(plans(view()), SCALE)
    assert "<svg" not in html and 'class="near"' not in html
