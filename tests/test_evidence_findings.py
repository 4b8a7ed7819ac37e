"""What check says about recorded evidence: lines not reached, open claims, survivors, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.reasons import in_words
from support.runs import CONTROLLED, RUN

from srcread.evidence.findings import check_evidence
from srcread.evidence.grading import OPERATORS_VERSION, grade
from srcread.evidence.standing import standing
from srcread.model import (
    Anchor,
    Claim,
    Controls,
    Depends,
    Evidence,
    Grade,
    Location,
    Note,
    Position,
    Range,
    Reach,
    Run,
    Severity,
    Snippet,
    Step,
    Symbol,
    SymbolKind,
)

VERSIONS = {"torch": "2.13.0"}
REACHED = Reach("torch.nn.Linear", True, (1, 2, 4))
REASON = {"drop-if@0+0:3-0:9": "The branch only saves time."}
WHOLE = Range(Position(100, 0), Position(120, 0))
SYMBOL = Symbol("torch.nn.Linear", SymbolKind.FUNCTION, "torch", "torch/nn.py", WHOLE, 100)


def step(survivors: Mapping[str, str] = {}, reach: bool = True) -> Step:
    note = Note(
        stem="one",
        path=Path("one.md"),
        language="en",
        title="One",
        anchors=(Anchor("torch.nn.Linear", "if bias"),),
        body="A body.",
        body_line=5,
        reach=reach,
        survivors=survivors,
    )
    claims = tuple(Claim(claim.sentence, 7, "") for claim in RUN.claims)
    place = Range(Position(103, 4), Position(106, 9))
    location = Location(note.anchors[0], SYMBOL, place, "", "", 1, 1)
    return Step(note, {}, Snippet(Path("one.py"), "", claims), (location,))


def found(run: Run, about: Step) -> list[tuple[str, int, str]]:
    weighed = standing(Evidence("one", (run,)), RUN.depends, VERSIONS, about.note.survivors)
    findings = list(check_evidence(about, weighed))
    assert {finding.severity for finding in findings} <= {Severity.WARNING}
    return [(finding.code, finding.line, finding.message) for finding in findings]


def test_lines_that_were_not_reached_are_named_as_they_stand_now() -> None:
    run = replace(CONTROLLED, controls=None)
    assert found(run, step()) == [
        ("EVID010", 0, "The run did not reach all anchored lines of torch.nn.Linear: 104.")
    ]


def test_a_note_that_says_why_it_is_not_reached_is_left_alone() -> None:
    assert found(replace(CONTROLLED, controls=None), step(reach=False)) == []


def test_a_change_that_no_claim_noticed_is_named_with_its_line() -> None:
    run = replace(CONTROLLED, reach=None)
    assert found(run, step()) == [
        (
            "EVID012",
            0,
            "No claim noticed 'drop-if@0+0:3-0:9': the condition taken as false, "
            "in torch.nn.Linear, line 103.",
        )
    ]


def test_a_survivor_with_a_reason_is_strongly_confirmed() -> None:
    run = replace(CONTROLLED, reach=(REACHED,))
    about = step({"drop-if@0+0:3-0:9": "The branch only saves time."})
    weighed = standing(Evidence("one", (run,)), RUN.depends, VERSIONS, about.note.survivors)
    assert (found(run, about), weighed.grade) == ([], Grade.STRONG)


@pytest.mark.parametrize(
    "reach",
    [
        None,
        (),
        (replace(REACHED, unreached=(5,)),),
        (replace(REACHED, entered=False, reached=()),),
        (replace(REACHED, reason=in_words("it is no function")),),
        (replace(REACHED, symbol="torch.nn.Bilinear"),),
        (REACHED, Reach("torch.nn.Bilinear", True, (), (3,))),
        (REACHED, replace(REACHED, reached=(), unreached=(3,))),
    ],
)
def test_no_note_is_strongly_confirmed_whose_lines_were_not_all_reached(
    reach: tuple[Reach, ...] | None,
) -> None:
    evidence = Evidence("one", (replace(CONTROLLED, reach=reach),))
    assert standing(evidence, RUN.depends, VERSIONS, REASON).grade is Grade.SENSITIVE
    excused = standing(evidence, RUN.depends, VERSIONS, REASON, reaches=False)
    assert excused.grade is Grade.STRONG


@pytest.mark.parametrize("version", [0, 1, 99])
def test_controls_of_operators_that_are_not_here_grade_nothing_and_are_named(version: int) -> None:
    assert CONTROLLED.controls is not None
    controls = replace(CONTROLLED.controls, version=version)
    run = replace(CONTROLLED, reach=(REACHED,), controls=controls)
    weighed = standing(Evidence("one", (run,)), RUN.depends, VERSIONS, REASON)
    assert (weighed.grade, weighed.controlled) == (Grade.CONFIRMED, None)
    assert grade(run, REASON) is Grade.CONFIRMED
    assert found(run, step(REASON)) == [
        (
            "EVID015",
            0,
            f"Its controls are of other operators (version {version}), and grade nothing.",
        )
    ]


def test_a_reason_for_no_survivor_is_told() -> None:
    run = replace(CONTROLLED, reach=None)
    about = step({"drop-if@0+0:3-0:9": "It saves time.", "negate@0+2:3-2:9": "Once it did."})
    assert [code for code, _, _ in found(run, about)] == ["EVID013"]


def test_a_claim_that_nothing_turned_false_is_named_at_its_line() -> None:
    run = replace(RUN, controls=Controls(OPERATORS_VERSION))
    assert found(run, step()) == [
        (
            "EVID011",
            7,
            "No change of the anchored lines turned this claim false: 'It holds: 成立。'",
        )
    ]


def test_nothing_is_said_where_no_controls_are_recorded_or_the_evidence_is_stale() -> None:
    assert found(RUN, step()) == []
    stale = replace(CONTROLLED, depends=Depends("other"))
    assert found(stale, step()) == []


def test_evidence_that_leaves_out_where_the_run_went_is_named() -> None:
    assert found(replace(CONTROLLED, reach=(), controls=None), step()) == [
        (
            "EVID010",
            0,
            "The evidence does not say whether the run went through torch.nn.Linear.",
        )
    ]


def test_claims_that_the_snippet_does_not_make_are_an_error() -> None:
    weighed = standing(Evidence("one", (RUN,)), RUN.depends, VERSIONS, claims=["Another."])
    [finding] = check_evidence(step(), weighed)
    assert (finding.code, finding.severity) == ("EVID014", Severity.ERROR)
