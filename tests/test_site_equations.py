"""Equations on a page: drawn, said of what a run says, and shown as code where they are none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.site_example import page, plans, run, step_on_call, view

from srcread.model import (
    Claim,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Snippet,
    Standing,
    Step,
)
from srcread.site.data.equations import EquationView, equations_of
from srcread.site.rendering.prose import markdown, marked

FORWARD = "example/1.5/pkg.model.Model.forward.html"
FENCE = "```equation\nhidden = self.layer(x)\nhidden = 2 * hidden\n```"
RESULT = "The result is doubled."
WORDS: Mapping[str, str] = {"mark_run": "to the claim", "mark_open": "not now"}


def evaluating(name: str = "hidden #2") -> Step:
    """Return the example's step, whose only claim evaluates an equation of its note."""
    step = step_on_call()
    code = f"equation({name!r}, result,\n hidden=1)"
    snippet = Snippet(step.note.path, f"assert {code}", (Claim(RESULT, 3, code),))
    return replace(step, note=replace(step.note, body=f"It runs.\n\n{FENCE}"), snippet=snippet)


def test_an_equation_stands_between_the_paragraphs_of_its_note() -> None:
    html = markdown(f"Before.\n\n{FENCE}\n\nAfter.")
    assert html.startswith('<p>Before.</p>\n<math display="block" alttext="hidden = self.layer(x) ')
    assert html.endswith("</annotation></semantics></math>\n<p>After.</p>\n")
    assert html.count("<mtr>") == 2 and "<pre" not in html


@pytest.mark.parametrize(
    "text",
    [
        "y = [i for i in x]",
        "y = <script>alert(1)</script>",
        "y = '</math><img src=x onerror=alert(1)>' +",
        "x" * 10_000,
        "(" * 250 + ")" * 250,
        f"y = {'n' * 90}",
        "y = 1 # comment",
        "y = \u202e",
        "",
    ],
)
def test_what_is_no_equation_is_shown_as_code(text: str) -> None:
    html = markdown(f"```equation\n{text}\n```")
    assert html.startswith('<pre tabindex="0"><code>') and "<math" not in html
    assert "<script" not in html and "<img" not in html


def test_what_looks_like_markup_in_an_equation_is_text() -> None:
    html = markdown("```equation\ny = '</math><img src=x>' if a < b & c else '\"'\n```")
    assert "<img" not in html and "&lt;/math&gt;&lt;img src=x&gt;" in html
    assert "alttext=\"y = '" in html and "&quot;" in html


def test_a_fence_in_a_list_is_code() -> None:
    assert "<math" not in markdown("- one\n\n  ```equation\n  y = 1\n  ```")


@pytest.mark.parametrize(
    ("status", "code", "held", "expected"),
    [
        ("CONFIRMED", "CONFIRMED", True, ("run", "confirmed", "CONFIRMED")),
        ("EQUIVALENT", "EQUIVALENT", True, ("equivalent", "equivalent", "EQUIVALENT")),
        ("STALE", "NEVER_RUN", True, ("open", "stale", "NEVER_RUN")),
        ("FAILED", "NEVER_RUN", False, ("open", "failed", "NEVER_RUN")),
        ("FAILED", "NEVER_RUN", True, ("open", "absent", "NOT_CONFIRMED")),
        ("ABSENT", "NEVER_RUN", None, ("open", "absent", "NEVER_RUN")),
    ],
)
def test_an_equation_stands_as_its_note_and_its_claim_do(
    status: str, code: str, held: bool | None, expected: tuple[str, str, str]
) -> None:
    ran = run()
    results = (replace(ran.claims[0], held=bool(held)),)
    about = None if held is None else replace(ran, claims=results)
    standing = Standing(EvidenceStatus[status], Reason(ReasonCode[code]), about)
    (found,) = equations_of(evaluating(), standing)
    assert found == EquationView(
        "hidden #2", expected[0], "n-run-claim-1", expected[1], Reason(ReasonCode[expected[2]])
    )


def test_an_equation_that_the_note_has_not_has_no_standing() -> None:
    standing = Standing(EvidenceStatus.CONFIRMED, Reason(ReasonCode.CONFIRMED), run())
    assert equations_of(evaluating("hiden"), standing) == ()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "confirmed on CPU only"), ("zh", "仅在 CPU 上验证")]
)
def test_a_page_says_below_an_equation_what_the_run_says(language: str, words: str) -> None:
    step = replace(evaluating(), translations={})
    html = page(plans(view(steps=(step,), chapters=())), f"{language}/{FORWARD}")
    below = html.partition("</math>\n")[2].partition("\n")[0]
    assert below.startswith('<p class="share"><code>hidden #2</code> <a class="mark by-run"')
    assert 'href="#n-run-claim-1"' in below and words in below


def test_a_snippet_is_taken_along_with_the_equations_that_it_evaluates() -> None:
    pages = plans(view(steps=(replace(evaluating(), translations={}),), chapters=()))
    assert page(pages, "en/example/1.5/snippets/run.md") == f"{FENCE}\n"
    assert 'href="snippets/run.md" download' in page(pages, f"en/{FORWARD}")
    cells = json.loads(page(pages, "en/example/1.5/snippets/run.ipynb"))["cells"]
    given: dict[str, object] = {}
    exec("".join(cells[1]["source"]).replace("os.environ[", "given["), {"given": given})
    texts = json.loads(str(given["SRCREAD_EQUATIONS"]))
    assert texts == {"hidden #2": "hidden = self.layer(x)\nhidden = 2 * hidden"}


def test_a_note_whose_snippet_evaluates_none_has_no_such_file() -> None:
    assert [one.address for one in plans(view()) if one.address.endswith(".md")] == []


def test_an_equation_of_which_nothing_is_said_has_nothing_below() -> None:
    assert "share" not in marked(FENCE, (), WORDS)
