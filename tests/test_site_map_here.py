"""The small map on a function's page: which block is marked, in words too, and where none is."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from support.site_example import page, plans, view

from srcread.site.blocks import Block, ModelMap, Role
from srcread.site.maps.here import SmallMap, block_of, places
from srcread.site.scenarios import TourRuns

LAYER, FORWARD = "pkg.model.Layer.forward", "pkg.model.Model.forward"
SCALE = "pkg.model.scale"


def block(number: int, name: str, symbol: str = "", steps: tuple[Block, ...] = ()) -> Block:
    made = Block(number, Role.MODULE, name, name.title(), symbol, steps=steps)
    return made._replace(operators=() if steps else ("linear",))


def model(*steps: Block) -> ModelMap:
    return ModelMap(block(0, "model", FORWARD, steps), "train")


TWICE = model(block(1, "first", LAYER), block(2, "norm"), block(3, "second", LAYER))


def shown(one: ModelMap, address: str, language: str = "en") -> str:
    tour = view()
    runs = TourRuns(tour.runs.scenarios, tour.runs.functions, tour.runs.seen, (one,))
    html = page(plans(replace(tour, runs=runs)), f"{language}/example/1.5/{address}.html")
    found = re.findall(r'<a class="here map".*?</a>', html)
    assert len(found) <= 1
    return found[0] if found else ""


def label(html: str) -> str:
    (said,) = re.findall(r'role="img" aria-label="([^"]*)"', html)
    return unescape(said)


def test_the_page_of_a_block_marks_all_its_places_and_names_them() -> None:
    html = shown(TWICE, LAYER)
    assert label(html) == "Where this is in the model: model / first; model / second"
    assert html.count('<rect class="times"') == 2
    assert 'href="index.html#map"' in html and "style=" not in html


def test_a_frame_is_marked_over_what_is_in_it() -> None:
    html = shown(TWICE, FORWARD)
    assert label(html) == "Where this is in the model: model"
    assert html.count("fill-opacity") == 1


def test_a_function_that_is_no_block_stands_in_the_one_that_calls_it() -> None:
    assert label(shown(TWICE, SCALE)).endswith("model")
    callers = {"a.kernel": "a.helper", "a.helper": "a.Layer.forward", "a.Layer.forward": None}
    symbols = frozenset({"a.Layer.forward", "a.Model.forward"})
    assert block_of("a.kernel", symbols, callers) == "a.Layer.forward"
    assert block_of("a.Model.forward", symbols, callers) == "a.Model.forward"
    assert block_of("a.unreached", symbols, callers) == ""
    assert block_of("a.round", symbols, {"a.round": "a.trip", "a.trip": "a.round"}) == ""


def test_what_makes_a_module_stands_where_it_runs() -> None:
    symbols = frozenset({"a.Layer.forward", "a.Model.forward"})
    assert block_of("a.Layer.__init__", symbols, {}) == "a.Layer.forward"
    assert block_of("a.Other.__init__", symbols, {"a.Other.__init__": "a.Model.forward"}) == ""


def test_the_chinese_page_says_it_in_chinese() -> None:
    assert label(shown(TWICE, LAYER, "zh")).startswith("在模型中的位置")


def test_without_a_model_or_with_a_single_block_there_is_no_map_and_no_gap() -> None:
    assert "here map" not in page(plans(), f"en/example/1.5/{LAYER}.html")
    assert places((), ["a"], {}) == {}
    assert places((model(),), [FORWARD], {}) == {}


def test_it_asks_for_no_file_and_stays_small() -> None:
    parts = (block(n, f"part{n}", f"pkg.part{n}") for n in range(1, 40))
    html = shown(model(*parts, block(40, "x", LAYER)), LAYER)
    assert "<img" not in html and "href=" in html
    assert len(html) < 2_000 and html.count("<path") <= 6


def test_of_a_large_model_what_is_too_far_down_is_left_out_and_marked_where_it_belongs() -> None:
    inner = tuple(
        block(
            100 * n,
            f"layer{n}",
            f"pkg.layer{n}",
            tuple(block(100 * n + m, f"part{m}", "pkg.part") for m in range(1, 80)),
        )
        for n in range(1, 40)
    )
    small = SmallMap(model(*inner))
    assert "pkg.part" not in small.symbols and "pkg.layer3" in small.symbols
    assert small.here("pkg.layer3").names == ("model / layer3",)
    assert small.here("pkg.layer3").width < 700
    callers = {"pkg.part": "pkg.layer7"}
    found = places((model(*inner),), ["pkg.part"], callers)
    assert found["pkg.part"].names == ("model / layer7",)


def test_a_model_whose_first_floor_is_too_wide_is_drawn_without_it() -> None:
    wide = model(*(block(n, f"part{n}", f"pkg.part{n}") for n in range(1, 400)))
    assert SmallMap(wide).symbols == {FORWARD}
    assert places((wide,), ["pkg.part3"], {"pkg.part3": FORWARD}) == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_are_text(language: str) -> None:
    hostile = "\"'><script>alert(1)</script>"
    html = shown(model(block(1, hostile, LAYER), block(2, "norm")), LAYER, language)
    assert "<script" not in html and hostile in label(html)


def test_the_same_map_gives_the_same_bytes_and_another_place_another_key() -> None:
    assert shown(TWICE, LAYER) == shown(TWICE, LAYER)
    assert shown(TWICE, LAYER) != shown(model(block(1, "first", LAYER), block(2, "norm")), LAYER)
