"""What no run can have written is refused when it is read: days to come, excess, contradictions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.reasons import in_words
from support.runs import CONTROLLED, CPU, ENVIRONMENT, GPU, RUN

from srcread.evidence import evidence_path, read_evidence, record_run
from srcread.model import ClaimResult, Control, Controls, Outcome, Reach, Reason, ReasonCode, Run

CLAIM = RUN.claims[0]


def false(claim: int = 1, sentence: str = CLAIM.sentence) -> Reason:
    return Reason(ReasonCode.CLAIM_FALSE, {"claim": claim, "sentence": sentence})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return evidence_path(tmp_path, "in-projection")


def refused(path: Path, run: Run) -> tuple[str, str]:
    """Record a run, and return the code and the words by which it is not read."""
    path.unlink(missing_ok=True)
    record_run(path, run)
    evidence, [problem] = read_evidence(path)
    assert evidence is not None and evidence.runs == ()
    assert problem.hint == "Run `srcread confirm in-projection` to write it anew."
    return problem.code, problem.message


def day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


@pytest.mark.parametrize("ahead", [-400, 0, 1])
def test_a_run_may_be_of_any_day_until_tomorrow(path: Path, ahead: int) -> None:
    record_run(path, replace(RUN, date=day(ahead), imported=day(0)))
    evidence, problems = read_evidence(path)
    assert evidence is not None and len(evidence.runs) == 1 and problems == ()


@pytest.mark.parametrize("ahead", [2, 365])
@pytest.mark.parametrize("key", ["date", "imported"])
def test_a_day_to_come_is_refused(path: Path, key: str, ahead: int) -> None:
    code, message = refused(path, replace(RUN, **{key: day(ahead)}))  # type: ignore[arg-type] # a day
    assert code == "EVID024"
    assert message == f"run 1 is of {day(ahead)}, a day that is still to come."


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-1-2", "20260102", "\uff12026-01-02"]
)
def test_a_day_is_written_in_one_way(path: Path, text: str) -> None:
    assert refused(path, replace(RUN, date=text))[0] == "EVID024"


EXCESS = {
    "output": replace(RUN, output="x" * (64 * 1024 + 1)),
    "an operand": replace(RUN, claims=(replace(CLAIM, observed="9" * 201),)),
    "what was expected": replace(RUN, claims=(replace(CLAIM, expected="9" * 201),)),
    "a sentence": replace(RUN, claims=(replace(CLAIM, sentence="x" * 4001),)),
    "a device": replace(RUN, environment=replace(ENVIRONMENT, device=replace(CPU, name="x" * 201))),
    "a platform": replace(RUN, environment=replace(ENVIRONMENT, platform="x" * 201)),
    "a name of a symbol": replace(RUN, executed={"x" * 4001: "d1:00"}),
    "a count": replace(RUN, claims=(replace(CLAIM, evaluations=2**63),)),
    "a reason": replace(RUN, confirmed=False, reasons=(in_words("x" * 4001),)),
    "very many lines": replace(RUN, reach=(Reach("torch.nn.Linear", True, tuple(range(100_001))),)),
    "a name of two lines": replace(RUN, by="Ada\nSays who"),
    "a name that turns the line": replace(RUN, by="Ada \u202e"),
    "a name that is none": replace(RUN, by=" "),
    "a long name": replace(RUN, by="A" * 101),
}


@pytest.mark.parametrize("case", EXCESS)
def test_a_record_says_no_more_than_a_run_can(path: Path, case: str) -> None:
    code, message = refused(path, EXCESS[case])
    assert code == "EVID025"
    assert len(message) < 400 and message.isprintable()


def test_what_a_run_may_print_is_read(path: Path) -> None:
    record_run(path, replace(RUN, output="é" * (64 * 1024)))
    assert read_evidence(path)[1] == ()


def test_a_file_of_more_runs_than_there_are_machines_is_not_read(path: Path) -> None:
    record_run(path, RUN)
    content = json.loads(path.read_text("utf-8"))
    content["runs"] = [
        {**content["runs"][0], "environment": where(content, number)} for number in range(65)
    ]
    path.write_text(json.dumps(content), "utf-8")
    evidence, [problem] = read_evidence(path)
    assert (evidence, problem.code) == (None, "EVID025")
    assert problem.message == "has 65 runs, and at most 64 are read."


def where(content: Any, number: int) -> dict[str, Any]:
    environment = content["runs"][0]["environment"]
    return {**environment, "distributions": {"torch": f"2.{number}.0"}}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"evaluations": 2', '"evaluations": NaN', "NaN is no number"),
        ('"evaluations": 2', '"evaluations": Infinity', "Infinity is no number"),
        ('"evaluations": 2', '"evaluations": 2, "evaluations": 3', "'evaluations' stands twice"),
        ('"format": 2', '"format": 2, "format": 2', "'format' stands twice"),
        ('"evaluations": 2', '"evaluations": 1e999', "has inf, which is no number"),
        ('"evaluations": 2', '"evaluations": -3', "EVID005"),
    ],
)
def test_numbers_are_numbers_and_keys_stand_once(
    path: Path, old: str, new: str, words: str
) -> None:
    record_run(path, RUN)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    _, [problem] = read_evidence(path)
    assert words in f"{problem.code} {problem.message}"


def operands(observed: str | None, expected: str | None, held: bool = True) -> Run:
    run = replace(RUN, claims=(ClaimResult(CLAIM.sentence, 1, held, observed, expected),))
    return run if held else replace(run, confirmed=False, reasons=(false(),))


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("3", "4"),
        ("(2, 5)", "(2, 6)"),
        ("'a'", "'b'"),
        ("[1, [2, 'x']]", "[1, [2, 'y']]"),
        ("{'a': 1}", "{'a': 2}"),
        ("True", "False"),
        ("3", "!= 3"),
        ("'a'", "!= 'a'"),
        ("0.3333", "< 0.1"),
        ("5", "<= 4"),
        ("0.1", "> 0.3333"),
        ("-1", ">= 0"),
        ("False", "is None"),
        ("True", "is not True"),
    ],
)
def test_a_claim_cannot_hold_whose_operands_say_otherwise(
    path: Path, observed: str, expected: str
) -> None:
    code, message = refused(path, operands(observed, expected))
    assert code == "EVID005"
    assert message == (
        f"run 1 says that claim 1 held, with {observed!r} where {expected!r} was expected."
    )
    record_run(path, operands(observed, expected, held=False))
    assert read_evidence(path)[1] == ()


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("0.3333", "0.3334"),  # assert_close, or what was rounded
        ("0.3333", "< 0.3333"),
        ("0.3333", "!= 0.3333"),
        ("1", "True"),
        ("{1: 2, 3: 4}", "{3: 4, 1: 2}"),
        ("(1, <bool>)", "(1, True)"),
        ("[1, 2, …]", "[1, 3, …]"),
        ("11; 12", "11; 13"),
        ("'…/a.py'", "!= '…/a.py'"),
        ("<Float32DType>", "float32"),
        ("3", "in [1, 2, 3]"),
        ("3", "not in [1, 2]"),
        ("131 == 131 > 0", None),
        (None, None),
        ("tensor(5) int64", "tensor(6) int64"),
        ("None", "is None"),
    ],
)
def test_where_operands_do_not_show_it_nothing_is_said(
    path: Path, observed: str | None, expected: str | None
) -> None:
    record_run(path, operands(observed, expected))
    assert read_evidence(path)[1] == ()


FAILED = replace(RUN, confirmed=False, reasons=(false(),))
REACHED = Reach("torch.nn.Linear", True, (1, 2))
CONTRADICTIONS = {
    "a claim that held and was never evaluated": replace(
        FAILED, claims=(replace(CLAIM, held=True, evaluations=0),)
    ),
    "a reason about a claim that held": FAILED,
    "a reason about a claim that is not there": replace(
        FAILED, reasons=(false(2),),
        claims=(replace(CLAIM, held=False),),
    ),
    "a reason about another sentence": replace(
        FAILED, reasons=(false(1, "It does."),),
        claims=(replace(CLAIM, held=False),),
    ),
    "a claim twice": replace(RUN, claims=(CLAIM, CLAIM)),
    "a symbol twice": replace(RUN, reach=(REACHED, REACHED)),
    "a symbol that it is not about": replace(RUN, reach=(Reach("torch.relu", True),)),
    "a function replaced that it did not execute": replace(
        RUN, replaced=("torch.f",), executed={"torch.g": "d1:00"}
    ),
    "a CPU with CUDA": replace(
        RUN, environment=replace(ENVIRONMENT, device=replace(CPU, cuda="12.8"))
    ),
    "memory of a GPU on a CPU": replace(RUN, peak_memory=5),
    "less memory than none": replace(
        RUN, peak_memory=-5, environment=replace(ENVIRONMENT, device=GPU)
    ),
    "a RECORD of what was not there": replace(
        RUN, environment=replace(ENVIRONMENT, records={"scipy": "a" * 64})
    ),
    "a control of a claim that is not there": replace(
        RUN, controls=Controls(1, (), (Control("declared@0#1", Outcome.CLAIM, (1,)),))
    ),
    "a control twice": replace(
        RUN, controls=Controls(1, (Control("a@0", Outcome.CRASH), Control("a@0", Outcome.SILENT)))
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_run_that_contradicts_itself_is_refused(path: Path, case: str) -> None:
    assert refused(path, CONTRADICTIONS[case])[0] == "EVID005"


@pytest.mark.parametrize("digest", ["", "A" * 64, "g" * 64, "a" * 63])
def test_a_digest_of_a_file_is_a_sha256(path: Path, digest: str) -> None:
    assert refused(path, replace(RUN, lock=digest))[0] == "EVID004"
    environment = replace(ENVIRONMENT, records={"torch": digest})
    assert refused(path, replace(RUN, environment=environment))[0] == "EVID004"


def test_what_is_recorded_of_lock_record_and_origin_comes_back(path: Path) -> None:
    environment = replace(ENVIRONMENT, records={"torch": "b" * 64})
    run = replace(RUN, lock="a" * 64, by="Ada", imported="2026-01-03", environment=environment)
    record_run(path, run)
    evidence, problems = read_evidence(path)
    assert evidence is not None and (evidence.runs, problems) == ((run,), ())


IMPORTED = replace(CONTROLLED, imported="2026-01-03", by="Ada")


def test_an_imported_run_that_says_the_same_leaves_ones_own(path: Path) -> None:
    record_run(path, CONTROLLED)
    before = path.read_bytes()
    where = replace(ENVIRONMENT, records={"torch": "a" * 64})
    for run in (IMPORTED, replace(IMPORTED, lock="b" * 64, environment=where)):
        assert not record_run(path, run)
        assert path.read_bytes() == before


def test_ones_own_run_takes_the_place_of_an_imported_one_that_says_no_more(path: Path) -> None:
    record_run(path, IMPORTED)
    assert not record_run(path, RUN)  # without controls, it says less
    assert record_run(path, replace(CONTROLLED, date="2026-01-04"))
    evidence, _ = read_evidence(path)
    assert evidence is not None
    assert evidence.runs == (replace(CONTROLLED, date="2026-01-04"),)


def test_ones_own_run_takes_over_no_controls_of_an_imported_one(path: Path) -> None:
    record_run(path, IMPORTED)
    newer = replace(RUN, environment=replace(ENVIRONMENT, python="3.12.1"))
    assert record_run(path, newer)
    evidence, _ = read_evidence(path)
    assert evidence is not None and evidence.runs == (newer,)


def test_another_installation_of_the_same_version_is_no_news_and_a_first_record_is(
    path: Path,
) -> None:
    record_run(path, RUN)
    known = replace(RUN, environment=replace(ENVIRONMENT, records={"torch": "a" * 64}))
    assert record_run(path, known)
    other = replace(RUN, environment=replace(ENVIRONMENT, records={"torch": "b" * 64}))
    assert not record_run(path, other)
    assert record_run(path, replace(known, lock="c" * 64))
