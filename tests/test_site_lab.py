"""Pages of what ran without an installation: its sources, stand-ins, and what TensorRT sees."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from support.site_example import page
from support.site_lab import FORWARD, LAB, NETWORK, SCALE, shown

from srcread.model import Lab, NetworkLine


def text(html: str) -> str:
    """Return what a page says, cells and tags aside."""
    return " ".join(unescape(re.sub("<[^>]*>", "", html.replace("</td>", " "))).split())


def test_a_card_says_what_was_run_without_an_installation_and_what_stood_in() -> None:
    said = text(page(shown(LAB), f"en/{FORWARD}"))
    assert "with nothing of it installed: pkg==1.5 (v1.5)" in said
    assert "with all that they need: pkg/model.py:scale" in said
    assert "Replaced by the snippet's own: pick" in said
    assert "Stand-ins in the place of tensorrt 9.2.0. They take the calls" in said
    assert "proves nothing about the plugin's kernel: Gemm: snippet.gemm" in said
    assert "confirmed on CPU only · with stand-ins" in said


def test_a_run_from_a_source_tree_alone_says_so() -> None:
    said = text(page(shown(Lab(trees={"pkg==1.5": ""})), f"en/{FORWARD}"))
    assert "confirmed on CPU only · run from its source, not installed" in said
    assert "stand-in" not in said.lower()


def test_a_recorded_network_is_shown_by_module_and_by_line() -> None:
    html = page(shown(LAB), f"en/{FORWARD}")
    said = text(html)
    assert "What TensorRT sees: One layer Layers: 3, inputs: 1, outputs: 2" in said
    assert "Model/layer 3 CAST ×2, CONSTANT" in said  # noqa: RUF001 - as the page has it
    assert '<a href="pkg.model.scale.html#L26"><code>scale</code>' in html
    assert "Model.forward line 105 add_shape" in said
    assert not re.search("#L105", html)
    assert "run +4 add_input" in said


def test_calls_stand_at_the_ends_of_the_lines_that_made_them() -> None:
    html = page(shown(LAB), f"en/{FORWARD}")
    (line,) = re.findall(r'<span class="l[^>]*id="L14".*?\n</span>', html, re.DOTALL)
    assert text(line).endswith("TensorRT: add_cast ×2")  # noqa: RUF001 - as the page has it
    assert "add_shape" not in html.partition('<div class="lists">')[0].rpartition("</details>")[2]


def test_a_function_without_a_note_shows_the_calls_and_names_the_step() -> None:
    html = page(shown(LAB), f"en/{SCALE}")
    assert "TensorRT: add_constant" in text(html)
    assert re.search(r'<a href="pkg.model.Model.forward.html#n-run">Step \d</a>', html)


def test_what_a_run_took_is_text_and_not_markup() -> None:
    hostile = "<script>alert(1)</script>"
    network = replace(NETWORK, title=hostile, modules=((hostile, {hostile: 1}),))
    lines = (NetworkLine("pkg.model.Model.forward", 8, {hostile: 1}, {}),)
    lab = Lab({hostile: hostile}, {hostile: hostile}, (hostile,), (hostile,), (hostile,))
    spoiled = replace(lab, networks=(replace(network, lines=lines),))
    for address in (FORWARD, SCALE):
        assert "<script>alert" not in page(shown(spoiled), f"en/{address}")


def test_the_words_are_the_readers() -> None:
    said = text(page(shown(LAB), f"zh/{FORWARD}"))
    assert "TensorRT 看到的网络：" in said  # noqa: RUF001 - as the page has it
    assert "3 层，1 个输入，2 个输出" in said  # noqa: RUF001 - as the page has it
