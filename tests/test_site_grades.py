"""What pages say of grades: no more than what a run and its changes showed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from support.site_example import page, plans, run, step_on_call, view, with_standings

from srcread.evidence.grading import OPERATORS_VERSION
from srcread.evidence.standing import standing
from srcread.model import (
    Control,
    Controls,
    Evidence,
    Lab,
    Outcome,
    Reach,
    Reason,
    ReasonCode,
    Run,
    Standing,
)

FORWARD = "example/1.5/pkg.model.Model.forward.html"
NAME = "pkg.model.Model.forward"
RAN = Reach(NAME, True, (8,))
NOTICED = Control("swap-operator@0+0:3-0:9", Outcome.CLAIM, (0,))
UNSEEN = Control("negate@0+0:3-0:9", Outcome.UNSEEN)
CRASHED = Control("drop-statement@0+0:3-0:9", Outcome.CRASH)
DECLARED = Control("declared@0#1", Outcome.CLAIM, (0,))


def recorded(reach: Reach, *controls: Control, lab: Lab | None = None) -> Run:
    """Return a run with these controls; those that are declared say so by their ids."""
    declared = tuple(one for one in controls if one.id.startswith("declared"))
    mutants = tuple(one for one in controls if one not in declared)
    made = Controls(OPERATORS_VERSION, mutants, declared)
    return replace(run(), reach=(reach,), controls=made if controls else None, lab=lab)


def weighed(one: Run) -> Standing:
    return standing(Evidence("run", (one,)), one.depends, {"pkg": "1.5"})


def said(one: Run, language: str = "en", address: str = FORWARD) -> str:
    """Return what a page says of a note with this run, tags aside."""
    shown = plans(with_standings({"run": weighed(one)}))
    html = page(shown, f"{language}/{address}")
    return " ".join(unescape(re.sub("<[^>]*>", "", html.replace("</p>", " "))).split())


def test_changes_of_the_lines_and_declared_controls_are_counted_apart() -> None:
    one = recorded(RAN, NOTICED, CRASHED, DECLARED)
    text = said(one)
    assert "confirmed on CPU only · strongly" in text
    assert (
        "Strongly confirmed. 1 change of these lines, 1 noticed; 1 declared control held. " in text
    )
    assert "1 more crashed." in text
    chinese = said(one, "zh")
    assert "对这些行的改动 1 处，断言发现了 1 处；声明的 1 项对照成立。" in chinese  # noqa: RUF001
    assert "仅在 CPU 上验证 · 强验证" in chinese


def test_a_declared_control_that_did_not_hold_is_told() -> None:
    silent = Control("declared@0#2", Outcome.SILENT)
    text = said(recorded(RAN, NOTICED, UNSEEN, DECLARED, silent))
    assert "Confirmed, and noticed. 2 changes of these lines, 1 noticed; 1 of 2 declared" in text
    assert "confirmed on CPU only · noticed" in text


def test_a_note_whose_only_notice_is_declared_is_confirmed_and_names_the_open_claim() -> None:
    text = said(recorded(RAN, DECLARED))
    assert "Confirmed. 0 changes of these lines, 0 noticed; 1 declared control held." in text
    assert "No change of these lines turned this false: The result is doubled." in text


NEVER = Reach(NAME, False, reason=Reason(ReasonCode.NOT_MADE, {"module": "pkg.model"}))
TREE = {"pkg==1.5": ""}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (recorded(RAN), "confirmed on CPU only The layer is called, not"),
        (recorded(RAN, lab=Lab(TREE)), "confirmed on CPU only · run from its source, not"),
        (
            recorded(NEVER, lab=Lab(TREE, read=("pkg==1.5/pkg/model.py",))),
            "confirmed on CPU only · by the text of the source, which the script reads",
        ),
        (
            recorded(NEVER),
            "by an equivalent, on CPU only · the script brings what it runs, and nothing of the",
        ),
        (
            replace(recorded(replace(NEVER, reason=None)), executed={"pkg.model.scale": "d1:0"}),
            "by an equivalent, on CPU only · other functions of the source ran, these lines were",
        ),
    ],
    ids=["installed", "from source", "as text", "equivalent", "beside"],
)
def test_a_card_says_by_what_its_run_proves(one: Run, words: str) -> None:
    assert words in said(one)


def test_files_that_were_read_as_text_are_named() -> None:
    lab = Lab(TREE, read=("pkg==1.5/pkg/model.py",))
    assert "Read as text: pkg==1.5/pkg/model.py" in said(recorded(NEVER, lab=lab))


def test_a_note_that_no_run_gets_to_says_why() -> None:
    step = step_on_call()
    note = replace(step.note, reach=False, reach_reason="It is C++ <in> a library.")
    shown = plans(view(steps=(replace(step, note=note),)))
    html = page(shown, f"zh/{FORWARD}")
    assert ' <span lang="en">It is C++ &lt;in&gt; a library.</span>' in html
    assert "运行到不了这些行" in html


def test_an_equivalent_is_no_confirmation_on_the_front_page_and_in_the_outline() -> None:
    strong = weighed(recorded(RAN, NOTICED))
    shown = plans(with_standings({"run": strong, "scale": weighed(recorded(NEVER))}))
    front = re.sub("<[^>]*>", "", page(shown, "index.html"))
    words = "1 of 3 notes confirmed on CPU · 1 of them strongly · 1 more by an equivalent"
    assert words in " ".join(front.split())
    outline = page(shown, "en/example/1.5/index.html")
    assert (
        '<span class="standing confirmed">confirmed on CPU only</span> · strongly</li>' in outline
    )
    assert '<span class="standing equivalent">by an equivalent, on CPU only</span></li>' in outline


def test_a_note_without_a_snippet_is_read_and_not_run() -> None:
    nothing = standing(None, replace(run().depends, script=""), {"pkg": "1.5"})
    shown = plans(with_standings({"run": nothing}))
    assert "read, not run" in page(shown, f"en/{FORWARD}")
