"""Grids on a page: what is drawn, what is said of it, and whose words are shown."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from support.site_example import page, plans, view

from srcread.model import Band, EvidenceStatus, Grid, Reason, ReasonCode
from srcread.site import PagePlan
from srcread.site.data.grids import GridView, in_words
from srcread.site.data.title import Title
from srcread.site.rendering.grids import draw, grid_width

FORWARD = "example/1.5/pkg.model.Model.forward.html"
WORDS = {"grid_row": "{value} in the whole row", "grid_rest": "all else {value}"}
MASKED = Grid(
    "The <weights> of `q`",
    "query",
    "key",
    (("nan",) * 4, (1.0, 0.0, 0.0, 0.0), (0.4, 0.6, 0.0, 0.0)),
    Band("key_padding_mask", (False, False, True, True)),
)


def shown(*grids: Grid, status: EvidenceStatus | None = None) -> tuple[PagePlan, ...]:
    """Plan the example with a run that shows these grids."""
    one = view()
    standing = one.standings["run"]
    assert standing.run is not None
    standing = replace(standing, run=replace(standing.run, grids=grids))
    if status is not None:
        reason = Reason(ReasonCode.SNIPPET_CHANGED)
        standing = replace(standing, status=status, reason=reason)
    return plans(replace(one, standings={"run": standing}))


def figure_of(grids: tuple[PagePlan, ...], language: str = "en") -> str:
    html = page(grids, f"{language}/{FORWARD}")
    (found,) = re.findall(r'<div class="map grids">.*?</div>', html, re.DOTALL)
    return str(found)


def seen(
    cells: tuple[tuple[bool | int | float | str, ...], ...],
    band: tuple[str, tuple[int, ...]] | None = None,
) -> GridView:
    return GridView(Title("A", "en"), "query", "key", cells, band)


def test_a_page_draws_a_grid_with_its_title_its_axes_and_the_standing_of_its_note() -> None:
    html = figure_of(shown(MASKED))
    assert "<figcaption>The &lt;weights&gt; of <code>q</code></figcaption>" in html
    assert ">query</text>" in html and ">key</text>" in html
    assert 'class="standing confirmed"' in html
    assert html.count("<svg") == 1 and "style=" not in html


def test_several_grids_stand_in_one_row_under_one_standing() -> None:
    html = figure_of(shown(MASKED, replace(MASKED, title="Another")))
    assert html.count("<figure>") == 2 and html.count('class="standing') == 1


def test_a_note_whose_run_shows_nothing_has_no_figure() -> None:
    assert "grids" not in page(shown(), f"en/{FORWARD}")


def test_a_stale_note_says_so_below_its_grids() -> None:
    html = figure_of(shown(MASKED, status=EvidenceStatus.STALE))
    assert 'class="standing stale"' in html and "confirmed" not in html


def test_a_row_of_nan_is_one_warm_bar_with_words_and_so_is_a_row_of_nothing() -> None:
    svg = draw(seen((("nan",) * 4, (0.0,) * 4, ("-inf",) * 4, (False, False, True, False))), WORDS)
    assert '<rect class="attention" x="40.5" y="30.5" width="144" height="22"/>' in svg
    assert ">NaN in the whole row</text>" in svg and ">0 in the whole row</text>" in svg
    assert ">-inf in the whole row</text>" in svg
    assert svg.count("<rect") == 3 + 4 + 1
    assert ">NaN</text>" in draw(seen((("nan",) * 3,)), WORDS)  # the words would not fit


def test_a_single_column_is_no_row_of_one_value() -> None:
    assert "whole row" not in draw(seen(((0.0,), ("nan",))), WORDS)


def test_the_larger_a_value_the_darker_its_square() -> None:
    svg = draw(seen(((0.25, 0.75), (1.0, 0.0))), WORDS)
    assert re.findall(r'fill-opacity="([\d.]+)"', svg) == ["0.10", "0.30", "0.40"]
    assert 'fill-opacity="0.40"' in draw(seen(((True, False),)), WORDS)
    assert 'fill-opacity="0.04"' in draw(seen(((1e-30, 5.0),)), WORDS)


def test_what_holds_for_whole_columns_is_a_band_over_each_run_of_them() -> None:
    cells = ((0.5, 0.5, 0.0, 0.0, 0.0),) * 2
    svg = draw(seen(cells, ("padding", (0, 2, 3))), WORDS)
    bands = re.findall(r'class="group weights" x="(\d+)" y="14" width="(\d+)"', svg)
    assert bands == [("42", "32"), ("114", "68")]
    assert ">padding</text>" in svg
    assert "group" not in draw(seen(cells, ("padding", ())), WORDS)


def test_who_listens_is_told_every_value() -> None:
    cells = (("nan",) * 3, (0.0, "-inf", "-inf"), (0.4, 0.6, 0.0), (0.0,) * 3)
    assert in_words(seen(cells, ("padding", (1, 2))), "all else {value}") == (
        "query 0: NaN; query 1: key 1-2 = -inf; query 2: key 0 = 0.40, key 1 = 0.60; "
        "query 3: 0; all else 0; padding: key 1, 2"
    )
    assert in_words(seen(((True, False),)), "all else {value}") == (
        "query 0: key 0 = True; all else False"
    )
    label = re.findall(r'role="img" aria-label="([^"]*)"', figure_of(shown(MASKED)))
    assert unescape(label[0]).startswith("query 0: NaN; query 1: key 0 = 1;")


def test_a_reader_of_chinese_sees_its_words_and_the_title_of_the_translation() -> None:
    one = shown(MASKED)
    html = figure_of(one, "zh")
    assert "整行都是 NaN" in html and "其余为 0" in html
    assert '<span lang="en">The &lt;weights&gt;' in html

    titled = view()
    steps = tuple(
        replace(step, translations={"zh": replace(text, grids={MASKED.title: "权重"})})
        if (text := step.translations.get("zh"))
        else step
        for step in titled.tour.steps
    )
    standing = titled.standings["run"]
    assert standing.run is not None
    standing = replace(standing, run=replace(standing.run, grids=(MASKED,)))
    given = replace(view(steps=steps), standings={"run": standing})
    assert "<figcaption>权重</figcaption>" in figure_of(plans(given), "zh")
    assert "权重" not in figure_of(plans(given), "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_titles_and_names_are_text(language: str) -> None:
    hostile = "\"'><script>alert(1)</script>"
    grid = replace(
        MASKED, title=hostile, rows=hostile, columns=hostile, band=Band(hostile, (True,) * 4)
    )
    html = figure_of(shown(grid), language)
    assert "<script" not in html and "&lt;script&gt;" in html
    assert re.findall(r"<(?!/?(?:div|figure|figcaption|svg|rect|text|p|span)\b)", html) == []


def test_the_same_run_gives_the_same_bytes_and_another_value_another_key() -> None:
    address = f"en/{FORWARD}"
    keys = [
        {plan.address: plan.key for plan in shown(grid)}[address]
        for grid in (MASKED, MASKED, replace(MASKED, cells=((0.5,) * 4,)))
    ]
    assert keys[0] == keys[1] != keys[2]
    assert figure_of(shown(MASKED)) == figure_of(shown(MASKED))


def texts_of(svg: str) -> list[tuple[float, float, str, str]]:
    """Return the texts of a drawing: place, height, classes and words."""
    found = re.findall(r'<text(?: class="([^"]*)")? x="([^"]+)" y="([^"]+)">([^<]*)</text>', svg)
    return [(float(x), float(y), css, unescape(text)) for css, x, y, text in found]


def wide(text: str) -> float:
    return sum(6.3 if one.isascii() else 10.5 for one in text)


NUMBERS = (0.0, 1.5e-7, -2.3e-12, 1.2e-300, -9.9e300, 0.25, -0.11, 123456.0, 9.9e15, "nan", "-inf")
COUNTS = (0, 7, -12, 100_000, 2_147_483_647, -(2**53 - 1))


@pytest.mark.parametrize("columns", [1, 2, 8])
@pytest.mark.parametrize("cells", [NUMBERS, COUNTS, (True, False)])
@pytest.mark.parametrize(
    "names", [("query", "key"), ("which row of it", "a long name"), ("行", "列")]
)
def test_no_text_of_a_grid_stands_over_an_edge(
    columns: int, cells: tuple[bool | int | float | str, ...], names: tuple[str, str]
) -> None:
    listed = [cells[place % len(cells)] for place in range(columns * 8)]
    rows = tuple(tuple(listed[at : at + columns]) for at in range(0, len(listed), columns))
    for band in (None, ("key_padding_mask", (0,)), ("key_padding_mask", ())):
        grid = GridView(Title("A", "en"), *names, rows, band)
        svg = str(draw(grid, WORDS))
        whole = int(re.findall(r'<svg width="(\d+)"', svg)[0])
        assert whole == grid_width(grid)
        for x, _, css, text in texts_of(svg):
            half = wide(text) / 2 if "middle" in css else 0.0
            assert x - half >= -0.5, text
            assert x + (half or wide(text)) <= whole + 0.5, text


@pytest.mark.parametrize("number", [1.5e-7, -2.3e-12, 1.2e-300, 2_147_483_647, -(2**53 - 1), 12.0])
def test_a_number_stands_within_its_square(number: float) -> None:
    svg = str(draw(seen(((number, 1), (0, 1))), WORDS))
    (size,) = {float(one) for one in re.findall(r'<rect x="[^"]+" y="52.5" width="([^"]+)"', svg)}
    texts = [text for *_, css, text in texts_of(svg) if css == "middle"]
    assert all(wide(text) < size for text in texts)
    assert len(texts) == 3


def test_a_large_whole_number_is_drawn_in_two_digits_and_said_in_full() -> None:
    svg = str(draw(seen(((2**53 - 1, 5),)), WORDS))
    assert ">9e15</text>" in svg
    assert "key 0 = 9007199254740991" in svg
