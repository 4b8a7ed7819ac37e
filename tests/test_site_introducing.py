"""Introductions, leads, glossary and exercises on pages: what is shown, linked, written anew."""

# ruff: noqa: RUF001 - full-width punctuation belongs to Chinese

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.hostile_cases import ALL
from support.site_example import note, page, plans, run, step_on_call, step_on_class, view

from srcread.evidence.grading import OPERATORS_VERSION
from srcread.model import (
    Control,
    Controls,
    EvidenceStatus,
    Exercise,
    Meaning,
    Outcome,
    Prose,
    Reason,
    ReasonCode,
    Snippet,
    Standing,
    Term,
)
from srcread.site.data.introducing import Introduced, TermLink
from srcread.site.rendering.prose import introduced, marked
from srcread.site.rendering.terms import Terms
from srcread.site.view import TourView

EN, ZH = "en/example/1.5/", "zh/example/1.5/"
OUTLINE = EN + "index.html"
FORWARD = EN + "pkg.model.Model.forward.html"
HEAD = Term({"en": Meaning("head", "One of several."), "zh": Meaning("头", "若干个之一。")}, "run")
LAYER = Term({"en": Meaning("layer", "A part of a model.", ("stage",))})
CONTROL = 'if must_fail("The result is doubled."):\n    factor = 3  # not two\n'


class Tags(HTMLParser):
    """What tags and attributes a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.names = set[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}


def prose(body: str, language: str = "en", stale: bool = False) -> Prose:
    digest = None if language == "en" else "n1:0"
    return Prose(Path(f"introduction.{language}.md"), language, body, 1, digest, stale)


def asking(control: Control | None = None, **changes: object) -> TourView:
    """Return the example whose step asks an exercise, with what a run made of its control."""
    step = step_on_call()
    assert step.snippet is not None
    text = step.snippet.text.replace("import pkg\n", "import pkg\n" + CONTROL)
    asks = (Exercise("The result is doubled.", "What if `factor` is three?"),)
    noted = replace(step.note, exercises=asks)
    chinese = replace(step.translations["zh"], exercises={asks[0].ask: "如果是三呢？"})
    snippet = Snippet(step.snippet.path, text, step.snippet.claims)
    step = replace(step, note=noted, translations={"zh": chinese}, snippet=snippet)
    made = Controls(OPERATORS_VERSION, declared=(control,)) if control else None
    recorded = replace(run(), controls=made)
    standing = Standing(
        EvidenceStatus.CONFIRMED,
        Reason(ReasonCode.CONFIRMED_ON_CPU),
        recorded,
        controlled=recorded if made else None,
    )
    return replace(view(steps=(step,), chapters=(), **changes), standings={"run": standing})


def links_of(html: str) -> list[tuple[str, str]]:
    """Return the links to a glossary: where they lead, and what they stand on."""
    return re.findall(r'<a class="term" href="([^"]+)"[^>]*>([^<]+)</a>', html)


def test_an_outline_begins_with_the_introduction_and_leads_stand_below_their_chapters() -> None:
    shown = view(
        introduction={"en": prose("What this is."), "zh": prose("这是什么。", "zh")},
        leads={"run": {"en": prose("What is coming: [the call](#n-run).")}},
    )
    pages = plans(shown)
    html = page(pages, OUTLINE)
    order = ["What this is.", ">Building</h3>", ">Running</h3>", "What is coming"]
    assert [html.index(text) for text in order] == sorted(map(html.index, order))
    assert '<a href="pkg.model.Model.forward.html#n-run" rel="noopener noreferrer">' in html
    chinese = page(pages, ZH + "index.html")
    assert "这是什么。" in chinese and "这段文字还没有译文。" in chinese
    assert '<div class="introduced" lang="en">' in chinese


def test_a_stale_translation_says_so() -> None:
    shown = view(introduction={"en": prose("New."), "zh": prose("旧。", "zh", stale=True)})
    pages = plans(shown)
    assert "原文在翻译之后有改动。" in page(pages, ZH + "index.html")
    assert "has changed" not in page(pages, OUTLINE).partition('id="steps"')[0]


def test_a_tour_without_any_of_it_has_neither_headings_nor_a_page() -> None:
    pages = plans()
    html = page(pages, OUTLINE)
    assert not any(text in html for text in ('id="introduction"', 'id="exercises"', "glossary"))
    assert [plan.address for plan in pages if "glossary" in plan.address] == []


def test_the_first_use_of_a_word_on_a_page_is_a_link_to_its_meaning() -> None:
    steps = (step_on_class(), step_on_call())
    body = "# A head\n\nA `head`, [a head](#n-run), **two Heads**, one head, a stage and a layer."
    first = replace(steps[0], note=replace(steps[0].note, body=body))
    html = page(plans(view(terms=(HEAD, LAYER), steps=(first, steps[1]))), OUTLINE)
    assert links_of(html) == []  # notes stand on their own pages
    html = page(
        plans(view(terms=(HEAD, LAYER), steps=(first,))), EN + "pkg.model.Model.__init__.html"
    )
    assert links_of(html) == [
        ("glossary.html#t-head", "Heads"),
        ("glossary.html#t-layer", "stage"),
    ]
    assert 'title="One of several."' in html


def test_two_notes_of_a_page_link_a_word_once() -> None:
    one = step_on_call()
    two = replace(one, note=replace(one.note, stem="two", body="A head."), translations={})
    one = replace(one, note=replace(one.note, body="A head, and a head."))
    html = page(plans(view(terms=(HEAD,), steps=(one, two), chapters=())), FORWARD)
    assert links_of(html) == [("glossary.html#t-head", "head")]


def test_a_note_in_another_language_than_the_page_has_no_links() -> None:
    one = replace(step_on_call(), translations={})
    one = replace(one, note=replace(one.note, body="A head: 头."))
    pages = plans(view(terms=(HEAD,), steps=(one,), chapters=()))
    assert links_of(page(pages, ZH + "pkg.model.Model.forward.html")) == []
    assert len(links_of(page(pages, FORWARD))) == 1


def test_the_glossary_is_sorted_and_names_who_uses_a_word() -> None:
    steps = (
        replace(step_on_class(), note=note("build", "Built", "A head and a layer.")),
        replace(step_on_call(), note=note("run", "Run", "No head.")),
    )
    pages = plans(view(terms=(LAYER, HEAD), steps=steps, chapters=()))
    html = page(pages, EN + "glossary.html")
    assert re.findall(r"<dfn>(.+?)</dfn>", html) == ["head", "layer"]
    assert "also: stage" in html and '<span class="at" lang="zh">头</span>' in html
    assert "Shown in:" in html and "One more note uses it" in html and "One note uses it" in html
    chinese = page(pages, ZH + "glossary.html")
    assert re.findall(r'<dt id="t-head"><dfn>(.+?)</dfn>', chinese) == ["头"]
    assert '<dt id="t-layer" lang="en"><dfn>layer</dfn>' in chinese  # it is not explained in it
    assert '<span lang="en">A part of a model.</span>' in chinese


def test_another_meaning_writes_the_glossary_and_the_pages_that_use_the_word() -> None:
    step = step_on_call()
    noted = replace(step, note=replace(step.note, body="A head."), translations={})
    steps = (step_on_class(), noted)

    def keys(means: str) -> Mapping[str, str]:
        term = Term({"en": Meaning("head", means)})
        shown = view(terms=(term,), steps=steps, chapters=())
        return {plan.address: plan.key for plan in plans(shown)}

    before, after = keys("This."), keys("That.")
    assert {address for address in after if after[address] != before[address]} == {
        EN + "glossary.html",
        ZH + "glossary.html",
        FORWARD,
    }


def test_another_introduction_writes_the_outline_alone() -> None:
    before = {p.address: p.key for p in plans(view(introduction={"en": prose("This.")}))}
    after = {p.address: p.key for p in plans(view(introduction={"en": prose("That.")}))}
    changed = {address for address in after if after[address] != before[address]}
    assert changed == {OUTLINE, ZH + "index.html"}


def test_an_exercise_shows_its_change_and_the_recorded_answer() -> None:
    pages = plans(asking(Control("declared@0#1", Outcome.CLAIM, (0,), observed="3")))
    html = page(pages, FORWARD)
    exercise = html.partition('<section class="exercise" id="x-run-1"')[2].partition("</section>")[
        0
    ]
    assert "What if <code>factor</code> is three?" in exercise
    assert "# not two" in exercise and "must_fail" not in exercise
    assert "<s>The result is doubled.</s>" in exercise
    assert "<dd><code>3</code></dd>" in exercise and "<dd><code>2</code></dd>" in exercise
    assert "Recorded on 2026-01-02: cpu, pkg 1.5" in exercise
    chinese = page(pages, ZH + "pkg.model.Model.forward.html")
    assert "如果是三呢？" in chinese and "<s>结果加倍。</s>" in chinese
    assert 'href="pkg.model.Model.forward.html#x-run-1"' in page(pages, OUTLINE)


@pytest.mark.parametrize(
    "control",
    [
        None,
        Control("declared@0#1", Outcome.SILENT),
        Control("declared@0#1", Outcome.CRASH),
        Control("declared@0#2", Outcome.CLAIM, (0,)),
    ],
)
def test_without_a_recorded_answer_an_exercise_says_that_it_is_not_yet_run(
    control: Control | None,
) -> None:
    pages = plans(asking(control))
    html = page(pages, FORWARD)
    exercise = html.partition('<section class="exercise"')[2].partition("</section>")[0]
    assert "Not yet run: <code>srcread confirm --controls run</code>" in exercise
    assert "<details>" not in exercise
    assert "Not yet run" in page(pages, OUTLINE)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_hostile_words_and_texts_stay_text(text: str) -> None:
    line = " ".join(text.split()) or "x"
    term = TermLink("t-x", ((line,), (line[::-1],)), f'"><script>{line}')
    html = str(marked(f"Before.\n\n{text}\n\nAfter.", (), {}, terms=Terms([term])))
    html += str(introduced(Introduced(text, "en", False, False, (("n-x", "a.html#n-x"),)), Terms()))
    found = Tags()
    found.feed(html)
    allowed = "a p br h3 pre code em strong div table thead tbody tr th td"
    assert found.tags <= set(allowed.split())
    assert found.names <= {
        "class",
        "href",
        "rel",
        "title",
        "tabindex",
        "start",
        "role",
        "aria-label",
    }


def test_an_author_cannot_write_an_address_that_only_the_site_may_link_to() -> None:
    html = marked("[a](glossary.html#t-x), [b](javascript:alert) and [c](//host/).", (), {})
    assert "href" not in html


def test_a_word_of_no_letters_of_an_address_has_one_all_the_same() -> None:
    term = Term({"zh": Meaning("头", "若干个之一。")})
    pages = plans(view(terms=(term,)))
    (found,) = re.findall(r'<dt id="(t-[0-9a-f]{8})"', page(pages, ZH + "glossary.html"))
    assert len(found) == 10


def test_chinese_words_are_found_in_running_text() -> None:
    step = step_on_call()
    text = replace(step.translations["zh"], body="每个头都单独计算，各个头再混合。")
    step = replace(step, translations={"zh": text})
    html = page(
        plans(view(terms=(HEAD,), steps=(step,), chapters=())), ZH + "pkg.model.Model.forward.html"
    )
    assert links_of(html) == [("glossary.html#t-head", "头")]
