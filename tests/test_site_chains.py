"""Code that is long instead of wide, or wide instead of long: what its pages show, and how much."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.site_example import page, plans
from support.site_outline import Page

from srcread.opening.entry import open_entry
from srcread.site import TourView
from srcread.site.data.function import FunctionPage, function_page
from srcread.site.data.layout import lay_out

FOLDER = "en/long.f0/local"


def chain(length: int) -> str:
    calls = "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n\n\n" for n in range(length - 1))
    return f"{calls}def f{length - 1}(x):\n    return x\n"


def ring(length: int) -> str:
    return chain(length).removesuffix("x\n") + "f0(x)\n"


def fan(width: int) -> str:
    calls = "".join(f"    f{n}(x)\n" for n in range(1, width))
    return f"def f0(x):\n{calls}\n\n" + "".join(f"def f{n}(x): pass\n" for n in range(1, width))


def funnel(width: int) -> str:
    """Return the text of a function with many callers, each of which the first one calls."""
    return "def last(x): pass\n\n\n" + fan(width).replace(": pass", ": last(x)")


def opened(folder: Path, text: str) -> TourView:
    (folder / "long.py").write_text(text)
    code, tour = open_entry(f"{folder / 'long.py'}:f0")
    shown = replace(tour, languages=("en", "zh"))
    return TourView(shown, code.graph, {}, code.distributions, code.sources.read)


def pages(view: TourView) -> list[FunctionPage]:
    layout = lay_out(view)
    return [function_page(layout, name, lambda *_: [""] * 10_000) for name in layout.pages]


@pytest.mark.parametrize("shape", [chain, ring, fan, funnel])
def test_what_all_pages_show_grows_with_the_code_and_not_with_its_square(
    tmp_path: Path, shape: Callable[[int], str]
) -> None:
    half, whole = (pages(opened(tmp_path, shape(length))) for length in (500, 1000))
    assert (len(half), len(whole)) in {(500, 1000), (501, 1001)}
    assert len(json.dumps(whole)) < 2.2 * len(json.dumps(half))


def test_a_long_way_is_told_by_its_ends_and_how_much_is_between(tmp_path: Path) -> None:
    shown = plans(opened(tmp_path, chain(40)))
    assert crumbs(page(shown, f"{FOLDER}/long.f11.html"))[2:] == [f"f{n}" for n in range(12)]
    assert crumbs(page(shown, f"{FOLDER}/long.f12.html"))[2:] == [
        *("f0", "f1", "f2", "f3", "… 3 more …", "f7", "f8", "f9", "f10", "f11", "f12")
    ]
    last = page(shown, f"{FOLDER}/long.f39.html")
    assert crumbs(last)[2:] == [
        *("f0", "f1", "f2", "f3", "… 30 more …", "f34", "f35", "f36", "f37", "f38", "f39")
    ]
    assert 'id="up" href="long.f38.html"' in last
    chinese = page(shown, f"{FOLDER}/long.f39.html".replace("en/", "zh/"))
    assert crumbs(chinese)[6] == "… 另有 30 个 …"


def test_every_function_of_a_ring_is_reached_from_any_other_by_links(tmp_path: Path) -> None:
    shown = {plan.address: plan for plan in plans(opened(tmp_path, ring(60)))}
    start = f"{FOLDER}/long.f30.html"
    waiting, seen = [start], {start}
    while waiting:
        found = Page(shown[waiting.pop()].render().decode())
        assert not found.problems
        for link in found.links:
            address = f"{FOLDER}/{link.partition('#')[0]}"
            if link.startswith("long.") and address not in seen:
                seen.add(address)
                waiting.append(address)
    assert seen == {f"{FOLDER}/long.f{n}.html" for n in range(60)}


def test_a_function_with_many_callers_lists_each_and_its_picture_says_how_many_more(
    tmp_path: Path,
) -> None:
    html = page(plans(opened(tmp_path, funnel(300))), f"{FOLDER}/long.last.html")
    listed = html.partition('<h2 id="callers">')[2].partition("</section>")[0]
    assert re.findall(r'href="(long\.f\d+\.html)"', listed) == [
        f"long.f{n}.html" for n in range(1, 300)
    ]
    assert "and 260 more: see the list" in html.partition("<svg")[2]


def crumbs(html: str) -> list[str]:
    """Return the texts of a page's crumbs."""
    listed = html.partition('<nav class="crumbs"')[2].partition("</nav>")[0]
    return [re.sub(r"<[^>]*>", "", item) for item in re.findall(r"<li.*?>(.*?)</li>", listed)]
