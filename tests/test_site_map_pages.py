"""The map on the pages: on the front page, on each outline, and nowhere if there is no model."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.site_example import page, plans
from support.site_runs import with_runs

from srcread.site.blocks import Block, Input, ModelMap, Role
from srcread.site.view import TourView
from srcread.stories.build import read

LAYER = "pkg.model.Layer.forward"


def shown(scenario: str, *, name: str = "layer") -> ModelMap:
    given = (Input("x", "x", "(2, 8)"),)
    step = Block(1, Role.MODULE, name, "Layer", LAYER, 1, "(2, 8)", "(2, 8)", given)
    step = step._replace(operators=("linear",))
    root = Block(2, Role.MODULE, "", "Model", "pkg.model.Model.forward", steps=(step,))
    return ModelMap(root._replace(inputs=given), scenario)


def with_maps(*maps: ModelMap) -> TourView:
    example = with_runs()
    return replace(example, runs=example.runs._replace(maps=maps))


def outlined(tour: TourView, language: str = "en") -> str:
    return page(plans(tour), f"{language}/example/1.5/index.html")


def test_the_outline_shows_the_map_with_its_scenarios_title_and_links() -> None:
    html = outlined(with_maps(shown("plain")))

    assert '<h2 id="map">The model as a map</h2>' in html
    assert "What ran in the scenario “As it comes”" in html
    assert html.count(f'<a href="{LAYER}.html"><title>layer Layer') == 2


def test_the_front_page_shows_it_with_links_into_the_tour() -> None:
    pages = plans(with_maps(shown("plain")))

    html, below = page(pages, "index.html"), page(pages, "en/index.html")

    links = re.findall(r'<a href="([^"]*Layer.forward.html)"><title>', html)
    assert links and all(link.startswith("en/") for link in links)
    inner = re.findall(r'<a href="([^"]*Layer.forward.html)"><title>', below)
    assert [f"en/{link}" for link in inner] == links
    assert all(any(plan.address == link for plan in pages) for link in links)
    assert '<a href="en/example/1.5/index.html#map">Map of Model</a></h2>' in html


def test_further_maps_fold_under_their_scenarios_titles() -> None:
    html = outlined(with_maps(shown("plain"), shown("masked", name="other")))

    assert html.count('<figure class="map">') == 2
    assert '<details class="further"><summary>With a mask</summary>' in html


def test_a_tour_without_a_model_has_no_map_and_no_gap() -> None:
    html = outlined(with_maps())

    assert "The model as a map" not in html and 'class="map"' not in html
    assert 'class="map"' not in page(plans(with_maps()), "index.html")


def test_the_chinese_page_says_it_in_chinese() -> None:
    html = outlined(with_maps(shown("plain")), "zh")

    assert '<h2 id="map">模型图</h2>' in html
    assert "中实际运行的内容" in html


def test_a_map_is_part_of_the_pages_key() -> None:
    def key(tour: TourView) -> str:
        return next(one.key for one in plans(tour) if one.address == "index.html")

    assert key(with_maps(shown("plain"))) != key(with_maps(shown("plain", name="other")))


def test_a_model_that_nobody_ran_is_drawn_off_its_source(tmp_path: Path) -> None:
    file = tmp_path / "small.py"
    file.write_text(
        "from torch import nn\n"
        "class Small(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.up = nn.Linear(4, 8)\n"
        "        self.down = nn.Linear(8, 4)\n"
        "    def forward(self, x):\n"
        "        return x + self.down(self.up(x))\n"
    )

    built = read(f"{file}:Small", tmp_path / "site")

    assert built.start is not None
    html = built.start.read_text("utf-8")
    assert "Static: read off the source" in html
    names = re.findall(r'<text class="name middle"[^>]*>([^<]*)', html.partition("</svg>")[0])
    assert names == ["up", "down"]


@pytest.mark.parametrize("called", ["torch.relu(x)", "self.drop(x)"])
def test_a_model_of_which_nothing_would_be_drawn_has_no_map(tmp_path: Path, called: str) -> None:
    file = tmp_path / "small.py"
    file.write_text(
        "import torch\n"
        "class Small(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.drop = torch.nn.Dropout(0.5)\n"
        "    def forward(self, x):\n"
        f"        return {called}\n"
    )

    built = read(f"{file}:Small", tmp_path / "site")

    assert built.start is not None
    assert 'class="map"' not in built.start.read_text("utf-8")


def test_a_script_without_modules_has_no_map(tmp_path: Path) -> None:
    file = tmp_path / "plain.py"
    file.write_text("def main(x):\n    return abs(x)\n")

    built = read(f"{file}:main", tmp_path / "site")

    assert built.start is not None
    assert 'class="map"' not in built.start.read_text("utf-8")
