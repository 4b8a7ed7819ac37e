"""What a sentence stands on, as the pages show it: marks, places, and how many of which kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium, overflow
from support.site_example import page, plans, run, step_on_call, step_on_scale, view

from srcread.evidence.grounds import Ground, Share, add, count, grounded, grounds_of, weakest
from srcread.model import (
    Anchor,
    AnchorStatus,
    Basis,
    BasisKind,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Standing,
    Step,
)
from srcread.site import TourView, publish
from srcread.site.data.grounds import grounds_of as grounds_of_page
from srcread.site.rendering.prose import markdown, paragraphs

CLAIM = "The result is doubled."
PAGE = "en/example/1.5/pkg.model.Model.forward.html"
BODY = """\
What comes out is doubled.[^doubled]
The factor counts down to zero.[^down]
It was so in the first release.[^news] It is `slow`.[^kernel][^doubled]
It is said that it is fast.
Why twice?
"""
CONFIRMED = Standing(EvidenceStatus.CONFIRMED, Reason(ReasonCode.CONFIRMED_ON_CPU), run())


def step(**changes: object) -> Step:
    asked = step_on_call()
    scale = step_on_scale().locations[0]
    place = replace(scale, anchor=Anchor("pkg.model.scale", "return"))
    bases = (
        Basis("doubled", BasisKind.CLAIM, CLAIM),
        Basis("down", BasisKind.READ, "pkg.model.scale:return", 0, place.anchor),
        Basis("news", BasisKind.SOURCE, "https://example.org/news"),
        Basis("kernel", BasisKind.READ, "native/linear.cpp:linear_cpu"),
    )
    note = replace(asked.note, body=BODY, bases=bases, **changes)  # type: ignore[arg-type]
    chinese = replace(
        asked.translations["zh"], body="结果加倍。[^doubled]一直数到零。[^down][^news][^kernel]"
    )
    return replace(asked, note=note, translations={"zh": chinese}, read=(place,))


def shown(standing: Standing = CONFIRMED, one: Step | None = None) -> TourView:
    return replace(view(steps=(one or step(),), chapters=()), standings={"run": standing})


def test_a_sentence_is_as_good_as_its_weakest_label() -> None:
    grounds = grounds_of(step(), CONFIRMED)
    assert grounds == {
        "doubled": Ground.RUN,
        "down": Ground.READ,
        "news": Ground.CITED,
        "kernel": Ground.READ,
    }
    assert weakest(("doubled",), grounds) is Ground.RUN
    assert weakest(("doubled", "news", "down"), grounds) is Ground.CITED
    assert weakest(("doubled", "gone"), grounds) is Ground.NONE
    assert weakest((), grounds) is Ground.NONE


def test_sentences_are_counted_without_questions_and_with_a_title_that_has_labels() -> None:
    grounds = grounds_of(step(), CONFIRMED)
    assert count(BODY, (), grounds) == Share(total=5, run=1, read=2, cited=1, none=1)
    assert count(BODY, ("doubled",), grounds) == Share(total=6, run=2, read=2, cited=1, none=1)
    assert add([Share(2, 1, 1), Share(3, 3)]) == Share(5, 4, 1)
    assert add([]) == Share()
    assert len(grounded(step(), CONFIRMED, "en")) == 5
    assert [one.ground for one in grounded(step(), CONFIRMED, "zh")] == [Ground.RUN, Ground.CITED]


@pytest.mark.parametrize(
    "standing",
    [
        Standing(EvidenceStatus.STALE, Reason(ReasonCode.STALE, {"changes": ()}), run()),
        Standing(EvidenceStatus.FAILED, Reason(ReasonCode.NEVER_RUN), run()),
        Standing(EvidenceStatus.ABSENT, Reason(ReasonCode.NEVER_RUN)),
        replace(CONFIRMED, run=replace(run(), claims=(replace(run().claims[0], held=False),))),
    ],
)
def test_a_claim_that_no_run_confirms_now_checks_nothing(standing: Standing) -> None:
    assert grounds_of(step(), standing)["doubled"] is Ground.OPEN
    html = page(plans(shown(standing)), PAGE)
    assert "mark by-run" not in html.split('<p class="share"')[0]
    assert "0 of 5 sentences checked by a run" in re.sub(r"<[^>]+>", "", html)
    assert "2 claimed, not confirmed now" in re.sub(r"<[^>]+>", "", html)


def test_a_mark_leads_to_the_claim_the_place_or_the_source() -> None:
    html = page(plans(shown()), PAGE)
    body = html.split('<div class="body">')[1].split("</div>")[0]
    marks = re.findall(r'<a class="mark by-(\w+)" href="#([\w-]+)" aria-label="([^"]+)"', body)
    assert [(kind, target) for kind, target, _ in marks] == [
        ("run", "n-run-claim-1"),
        ("read", "n-run-down"),
        ("cited", "n-run-news"),
        ("read", "n-run-kernel"),
        ("run", "n-run-claim-1"),
    ]
    assert {target for _, target, _ in marks} <= set(re.findall(r' id="([\w-]+)"', html))
    assert "[^" not in body
    assert "checked by a run" in marks[0][2]


def test_places_and_sources_lead_to_where_they_can_be_looked_at() -> None:
    html = page(plans(shown()), PAGE)
    places = html.split('<ul class="places"')[1].split("</ul>")[0]
    assert 'href="pkg.model.scale.html#L' in places
    assert 'href="https://example.org/news" rel="noopener noreferrer"' in places
    assert 'href="https://github.com/example/pkg/blob/abc123/native/linear.cpp"' in places


def test_a_place_that_is_not_what_was_read_says_so() -> None:
    changed = replace(step().read[0], status=AnchorStatus.CHANGED)
    for one in (replace(step(), read=(changed,)), replace(step(), read=())):
        places = page(plans(shown(one=one)), PAGE).split('<ul class="places"')[1]
        assert places.split("</ul>")[0].count("This place has changed") == 1
    assert "This place has changed" not in page(plans(shown()), PAGE)


def test_card_outline_and_front_page_count_the_same() -> None:
    pages = plans(shown())
    words = "1 of 5 sentences checked by a run · ○ 2 read · ↗ 1 cited · 1 say nothing of what"
    for address in (PAGE, "en/example/1.5/index.html", "en/index.html"):
        text = " ".join(re.sub(r"<[^>]+>", "", page(pages, address)).split())
        assert words in text, address
    chinese = page(pages, PAGE.replace("en/", "zh/", 1))
    assert "2 句中有 1 句通过运行验证" in re.sub(r"<[^>]+>", "", chinese)


def test_an_edited_body_renders_no_page_of_another_note() -> None:
    other = replace(step_on_scale(), translations={})
    before = plans(replace(shown(), tour=view(steps=(step(), other), chapters=()).tour))
    edited = replace(step(), note=replace(step().note, body=BODY + "More.[^doubled]\n"))
    after = plans(replace(shown(), tour=view(steps=(edited, other), chapters=()).tour))
    changed = {
        plan.address
        for plan, same in zip(before, after, strict=True)
        if plan.key != same.key and plan.address.startswith("en/example")
    }
    files = ("index.html", "words.js", "snippets/run.ipynb")
    assert changed == {PAGE, *(f"en/example/1.5/{file}" for file in files)}


def test_what_has_no_room_for_marks_shows_none() -> None:
    assert markdown("It is.[^a] So.[^b?]") == "<p>It is. So.</p>\n"
    assert list(paragraphs("It is.[^a] So.")) == ["It is. So."]
    grounds = grounds_of_page(step(), CONFIRMED, "zh")
    assert grounds.body.startswith("结果加倍。")


def test_a_notebook_numbers_what_its_sentences_stand_on() -> None:
    content = json.loads(page(plans(shown()), "en/example/1.5/snippets/run.ipynb"))
    first = "".join(content["cells"][0]["source"])
    assert "is doubled.<sup>1</sup>" in first
    assert "`slow`.<sup>4</sup><sup>1</sup>" in first
    assert "1. `assert`: The result is doubled.\n2. `pkg.model.scale:return`\n" in first
    assert "[^" not in first
    content = json.loads(page(plans(shown()), "zh/example/1.5/snippets/run.ipynb"))
    assert "1. `assert`: 结果加倍。" in "".join(content["cells"][0]["source"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("marks") / "site"
    publish(folder, plans(shown()))
    return folder.as_uri()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    yield context.new_page()
    context.close()


@needs_chromium
def test_pointing_at_a_mark_shows_the_claim_with_what_was_observed(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{PAGE}")
    assert tab.locator(".basis").count() == 0
    tab.hover(".body a.mark >> nth=0")
    said = tab.locator(".basis").inner_text()
    assert CLAIM in said
    assert "observed" in said
    tab.mouse.move(900, 5)
    tab.wait_for_selector(".basis", state="detached")


@needs_chromium
def test_focus_shows_a_basis_and_escape_takes_it_away(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{PAGE}")
    mark = tab.locator(".body a.mark >> nth=1")
    mark.focus()
    assert "pkg.model.scale:return" in tab.locator(".basis").inner_text()
    assert mark.get_attribute("aria-describedby") == tab.locator(".basis").get_attribute("id")
    tab.keyboard.press("Escape")
    assert tab.locator(".basis").count() == 0
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#n-run-down")


@needs_chromium
@pytest.mark.parametrize("width", [320, 390])
def test_a_touch_shows_a_basis_within_a_narrow_window(browser: Any, site: str, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True
    )
    tab = context.new_page()
    tab.goto(f"{site}/{PAGE.replace('en/', 'zh/', 1)}")
    tab.tap(".body a.mark >> nth=0")
    box = tab.locator(".basis").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert "结果加倍。" in tab.locator(".basis").inner_text()
    assert overflow(tab) == 0
    tab.tap("h1")
    assert tab.locator(".basis").count() == 0
    context.close()


ORPHANS = """() => [...document.querySelectorAll(".note .body a.mark")].filter((mark) => {
  const before = mark.previousSibling;
  if (!before) return true;
  const range = document.createRange();
  if (before.nodeType === 3) {
    const last = before.data.trimEnd().length;
    range.setStart(before, last - 1);
    range.setEnd(before, last);
  } else range.selectNodeContents(before);
  const [own, text] = [mark.getBoundingClientRect(), [...range.getClientRects()].at(-1)];
  return own.top > text.bottom || own.left < text.left;
}).map((mark) => mark.parentElement.textContent)"""
"""Marks on a line below the end of their sentence, where they seem to be the next one's."""


@needs_chromium
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_mark_stays_on_the_line_on_which_its_sentence_ends(
    browser: Any, tmp_path: Path, language: str
) -> None:
    publish(tmp_path, plans(shown()))
    tab: Any = browser.new_page()
    tab.goto((tmp_path / PAGE.replace("en/", f"{language}/")).as_uri())
    assert tab.locator(".note .body a.mark").count() > 3
    body = tab.locator(".note .body")
    for width in range(130, 400, 3):  # narrower, and a word itself is broken
        body.evaluate("(body, width) => { body.style.width = width }", f"{width}px")
        assert tab.evaluate(ORPHANS) == [], width
    tab.close()
