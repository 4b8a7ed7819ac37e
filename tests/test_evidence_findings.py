"""What check says about recorded evidence: lines not reached, open claims, survivors, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.reasons import in_words
from support.runs import CONTROLLED, ENVIRONMENT, GPU, RUN, SLOW

from srcread.evidence.findings import check_evidence, check_superseded
from srcread.evidence.grading import OPERATORS_VERSION, grade
from srcread.evidence.sentences import say
from srcread.evidence.standing import standing
from srcread.model import (
    Anchor,
    Claim,
    Control,
    Controls,
    Depends,
    Evidence,
    Grade,
    Location,
    Note,
    Outcome,
    Position,
    Range,
    Reach,
    Reason,
    ReasonCode,
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


def needs(name: str) -> Reason:
    why = Reason(ReasonCode.NEEDS, {"name": name})
    return Reason(ReasonCode.CANNOT_RUN, {"why": why})


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


def watched(why: Reason) -> Reason:
    return Reason(ReasonCode.WATCHING_ENDED, {"reason": why})


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        (watched(SLOW), "let the snippet call these functions less often"),
        (watched(Reason(ReasonCode.KILLED, {"signal": "SIGKILL"})), "less often"),
        (watched(Reason(ReasonCode.RAISED, {"error": "MemoryError"})), "less often"),
        (watched(Reason(ReasonCode.RAISED, {"error": "KeyError"})), "test what they give"),
        (Reason(ReasonCode.WATCHING_DIFFERS), "test what they give"),
    ],
)
def test_what_ended_a_watched_run_is_named_with_what_to_do(why: Reason, hint: str) -> None:
    reach = replace(REACHED, entered=False, reached=(), reason=why)
    weighed = standing(Evidence("one", (replace(RUN, reach=(reach,)),)), RUN.depends, VERSIONS)
    [told] = check_evidence(step(), weighed)
    message = f"Whether the run went through torch.nn.Linear is unknown: {say(why)}."
    assert (told.code, told.message) == ("EVID010", message)
    assert hint in told.hint and told.hint.endswith("then run `srcread confirm one`.")


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


def test_a_claim_that_looks_at_the_spelling_is_named_at_its_line() -> None:
    same = Control("respelled@0+0:3-0:9", Outcome.CLAIM, (0,))
    noticed = Control("negate@0+0:3-0:9", Outcome.CLAIM, (0,))
    run = replace(RUN, controls=Controls(OPERATORS_VERSION, (same, noticed)))
    told = [(code, line) for code, line, _ in found(run, step())]
    assert ("EVID016", 7) in told and "EVID011" not in {code for code, _ in told}


def test_nothing_is_said_where_no_controls_are_recorded() -> None:
    assert found(RUN, step()) == []


FAILED = replace(RUN, confirmed=False, reasons=(SLOW,))
UNABLE = replace(RUN, confirmed=False, reasons=(needs("scipy"),))
OLDER = replace(RUN, environment=replace(ENVIRONMENT, distributions={"torch": "2.11.0"}))
STANDINGS: dict[str, tuple[Run | None, str, str, str]] = {
    "missing": (None, "EVID020", "not confirmed: never run", "Run `srcread confirm one`."),
    "not run here": (
        UNABLE, "EVID020", "not confirmed: needs scipy",
        "Run `srcread confirm one` where it can run.",
    ),
    "stale": (
        replace(CONTROLLED, depends=replace(RUN.depends, script="other")), "EVID021",
        "stale: the snippet has changed since the run", "Run `srcread confirm one`.",
    ),
    "stale and failed": (
        replace(FAILED, depends=replace(RUN.depends, script="other")), "EVID021",
        "not confirmed: the snippet has changed since the run, and that run failed",
        "Run `srcread confirm one`.",
    ),
    "failed": (
        FAILED, "EVID022", "failed: took longer than 60 s",
        "Mend the note or its snippet, then run `srcread confirm one`.",
    ),
    "another version": (
        OLDER, "EVID023", "not confirmed: only run on torch 2.11.0", "Run `srcread confirm one`.",
    ),
    "the same source of another version": (
        replace(OLDER, executed={}), "EVID023",
        "confirmed on CPU only (the same source, torch 2.11.0)", "Run `srcread confirm one`.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STANDINGS)
def test_what_the_page_says_of_evidence_that_does_not_hold_is_a_warning_in_the_same_words(
    case: str,
) -> None:
    run, code, words, hint = STANDINGS[case]
    evidence = Evidence("one", (run,)) if run is not None else None
    weighed = standing(evidence, RUN.depends, VERSIONS)
    told = [item for item in check_evidence(step(), weighed) if item.code >= "EVID020"]
    assert say(weighed.reason) == words
    assert [(item.code, item.hint, item.severity) for item in told] == [
        (code, hint, Severity.WARNING)
    ]
    assert repr(words) in told[0].message


def test_a_gpu_of_another_version_beside_the_tours_own_cpu_is_no_finding() -> None:
    gpu = replace(OLDER, environment=replace(OLDER.environment, device=GPU), executed={})
    weighed = standing(Evidence("one", (RUN, gpu)), RUN.depends, VERSIONS)
    assert list(check_evidence(step(), weighed)) == []


def test_a_note_without_a_snippet_and_a_run_is_not_called_unrun() -> None:
    bare = replace(step(), snippet=None)
    assert list(check_evidence(bare, standing(None, Depends(""), VERSIONS))) == []
    weighed = standing(Evidence("one", (RUN,)), replace(RUN.depends, script=""), VERSIONS)
    [told] = check_evidence(bare, weighed)
    assert told.code == "EVID021" and "the snippet is gone or cannot be read" in told.message


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


def test_a_run_of_an_earlier_snippet_that_another_supersedes_is_named() -> None:
    numpy = replace(ENVIRONMENT, distributions={"numpy": "2.4.6", "torch": "2.13.0+cpu"})
    earlier = replace(RUN, environment=numpy, depends=replace(RUN.depends, script="other"))
    gpu = replace(earlier, environment=replace(numpy, device=GPU))
    [told] = check_superseded(step(), Evidence("one", (RUN, earlier, gpu)), RUN.depends)
    words = "The run of 2026-01-02 with numpy 2.4.6, torch 2.13.0+cpu is of an earlier snippet"
    assert (told.code, told.severity) == ("EVID028", Severity.WARNING)
    assert told.message == f"{words}, and superseded."
    assert list(check_superseded(step(), Evidence("one", (earlier, gpu)), RUN.depends)) == []
