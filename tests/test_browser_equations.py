"""Equations in a real Chromium: in their column at each width, in each language, and on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium, watched
from support.site_example import plans, step_on_call, view

from srcread.site import publish

pytest.importorskip("playwright.sync_api")
pytestmark = needs_chromium

FORWARD = "example/1.5/pkg.model.Model.forward.html"
FENCES = (
    "scores = q @ k.mT / sqrt(head_dim)",
    "attn_output_weights = softmax(baddbmm(attn_mask, q_scaled, k.transpose(-2, -1)), dim=-1)",
    "y = (x - mean(x, dim=-1, keepdim=True)) / sqrt(var(x, dim=-1, correction=0) + eps) * w + b",
    "mask[i, j] = 0 if j <= i and key_padding_mask[i, j] is None else -inf",
    "total = sum(weights_of_all_heads[h] @ values_of_all_heads[h] for h in range(num_heads))",
    "d = q.shape[-1]\nx = norm2(x + dropout2(linear2(dropout(activation(linear1(x))))))",
    f"y = {'WM' * 7} + {'nm' * 10}",
)
_WIDTHS = """() => [...document.querySelectorAll(".body math")].map(math => {
  const drawn = math.querySelector("semantics").firstElementChild.getBoundingClientRect();
  const body = math.closest(".body").getBoundingClientRect();
  return [drawn.left >= body.left - 1, drawn.right <= body.right + 1, drawn.height > 5];
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("equations") / "site"
    step = step_on_call()
    body = "\n\n".join(f"```equation\n{one}\n```" for one in FENCES)
    step = replace(step, note=replace(step.note, body=body), translations={})
    publish(folder, plans(view(steps=(step,), chapters=())))
    return folder


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [320, 390, 1000, 1366, 1920])
def test_no_equation_is_wider_than_its_note(
    site: Path, browser: Any, width: int, language: str
) -> None:
    with watched(browser, viewport={"width": width, "height": 900}) as (tab, watch):
        tab.goto((site / language / FORWARD).as_uri())
        assert tab.evaluate(_WIDTHS) == [[True, True, True]] * len(FENCES)
        scrolled = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert tab.evaluate(scrolled) and watch.problems == []


def test_a_name_of_the_code_is_found_and_copied_whole(site: Path, browser: Any) -> None:
    with watched(browser) as (tab, _):
        tab.goto((site / "en" / FORWARD).as_uri())
        names = tab.evaluate(
            "[...document.querySelectorAll('math mi')].map(one => one.textContent)"
        )
        assert {"head_dim", "attn_output_weights", "keepdim", "ϵ"} <= set(names)
        assert (
            tab.evaluate("getComputedStyle(document.querySelector('annotation')).display") == "none"
        )
