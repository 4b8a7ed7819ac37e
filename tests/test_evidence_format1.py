"""Recorded files of format 1: read as what they said, and written as format 2."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.reasons import said

from srcread.evidence.files import read_evidence, record_run
from srcread.evidence.format1 import upgraded_reason
from srcread.evidence.reasons import read_reason
from srcread.evidence.sentences import say
from srcread.evidence.traces.files import read_trace, record_trace
from srcread.model import Confinement, Depends, Reason, ReasonCode

RUN: dict[str, Any] = {
    "claims": [{"sentence": "It holds.", "evaluations": 1, "held": True}],
    "confirmed": True,
    "date": "2026-01-02",
    "digests": {"snippet": "ab", "symbol:torch.nn.Linear": "d1:cd"},
    "environment": {
        "device": {"kind": "cpu", "name": "cpu AVX2"},
        "distributions": {"torch": "2.13.0"},
        "platform": "Linux x86_64",
        "python": "3.11.7",
        "sandbox": "namespaces, Landlock, limits and empty environment",
    },
    "output": "",
    "reasons": [],
}


def failed(*reasons: str, **more: Any) -> dict[str, Any]:
    return {**RUN, "confirmed": False, "reasons": list(reasons), **more}


def write(folder: Path, *runs: object) -> Path:
    path = folder / "evidence" / "one.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"format": 1, "note": "one", "runs": runs}), "utf-8")
    return path


def test_a_run_of_format_1_is_read_as_what_it_said(tmp_path: Path) -> None:
    reach = {"symbol": "a.f", "entered": False, "reached": [], "unreached": []}
    reach["reason"] = "'a.C' is no function of a module that can be imported."
    controls = {
        "version": 1,
        "mutants": {"claim": {}, "crash": [], "unseen": [], "silent": []},
        "declared": {"claim": {}, "crash": [], "unseen": [], "silent": []},
        "refused": {"a.f": "what runs is not compiled from this text"},
    }
    digests = {"snippet": "ab", "symbol:a.f": "d1:cd"}
    recorded = {**RUN, "digests": digests, "reach": [reach], "controls": controls}
    evidence, problems = read_evidence(write(tmp_path, recorded))
    assert evidence is not None and problems == ()
    (run,) = evidence.runs
    assert run.depends == Depends("ab", {"a.f": "d1:cd"})
    assert run.environment.sandbox == (
        Confinement.NAMESPACES,
        Confinement.LANDLOCK,
        Confinement.LIMITS,
        Confinement.EMPTY_ENVIRONMENT,
    )
    assert run.reach is not None and run.controls is not None
    assert run.reach[0].reason == Reason(ReasonCode.NO_FUNCTION, {"name": "a.C"})
    assert run.controls.refused == {"a.f": Reason(ReasonCode.OTHER_TEXT)}


@pytest.mark.parametrize(
    "sentence",
    [
        "it makes no claim",
        "claim 2 is false: 'It is; for 3 s.'",
        "part 1 of claim 2 was never evaluated: 'It holds.'",
        "took longer than 1.5 s",
        "held more than 256 MiB",
        "ran more than 64 processes at once",
        "killed by SIGKILL after its end",
        "ended before its end: exit status 3",
        "ended before its end: SystemExit(4)",
        "raised TypeError at line 2: no: at line 3: killed by x",
        "raised MemoryError at line 1",
        "raised MemoryError",
        "its values differ from run to run",
        "torch.nn has no Linear.fly of its own when it runs",
        "the run has not made examples.bloom",
        "a generator has no one end",
    ],
)
def test_a_sentence_of_format_1_becomes_the_reason_that_says_it(sentence: str) -> None:
    reason = read_reason(upgraded_reason(sentence))
    assert reason.code is not ReasonCode.SAID
    assert say(reason) == sentence


def test_a_sentence_that_nothing_says_any_more_is_kept_in_its_words(tmp_path: Path) -> None:
    evidence, problems = read_evidence(write(tmp_path, failed("the moon was full")))
    assert evidence is not None and problems == ()
    assert said(evidence.runs[0]) == ("the moon was full",)


@pytest.mark.parametrize("excuse", ["needs a GPU", "it printed no reason", "no licence here"])
def test_a_snippet_that_excused_itself_still_cannot_run(tmp_path: Path, excuse: str) -> None:
    evidence, _ = read_evidence(write(tmp_path, failed(f"cannot run here: {excuse}")))
    assert evidence is not None
    (reason,) = evidence.runs[0].reasons
    assert reason.code is ReasonCode.CANNOT_RUN
    assert say(reason) == f"cannot run here: {excuse}"


@pytest.mark.parametrize(
    "broken",
    [
        {**RUN, "digests": {"snippet": 1}},
        {**RUN, "digests": None},
        {**RUN, "reasons": [{"code": "no-claim"}]},
        {**RUN, "reasons": "it makes no claim"},
        {**RUN, "environment": {**RUN["environment"], "sandbox": ["limits"]}},
        {**RUN, "environment": {**RUN["environment"], "sandbox": "a wall"}},
        {**RUN, "reach": [{"symbol": "a", "entered": False, "reason": 1}]},
        {**RUN, "controls": {"refused": []}},
        {**RUN, "reasons": ["it makes no claim"]},
        None,
        [],
    ],
)
def test_a_damaged_run_of_format_1_is_a_finding_and_confirms_nothing(
    tmp_path: Path, broken: object
) -> None:
    evidence, problems = read_evidence(write(tmp_path, broken))
    assert evidence is not None and evidence.runs == ()
    assert [problem.code for problem in problems] in (["EVID004"], ["EVID005"])


def test_the_next_record_writes_the_whole_file_as_format_2(tmp_path: Path) -> None:
    elsewhere = {**RUN["environment"], "distributions": {"torch": "2.11.0"}}
    path = write(tmp_path, RUN, failed("needs a GPU", environment=elsewhere))
    before, _ = read_evidence(path)
    assert before is not None
    assert record_run(path, replace(before.runs[0], date="2026-05-06"))
    content = json.loads(path.read_text("utf-8"))
    assert (content["format"], len(content["runs"])) == (2, 2)
    after, problems = read_evidence(path)
    assert after is not None and problems == ()
    assert {run.date for run in after.runs} == {"2026-01-02"}  # it said the same
    assert sorted(map(repr, after.runs)) == sorted(map(repr, before.runs))
    assert not record_run(path, before.runs[0])


def test_a_trace_of_format_1_is_read_and_its_next_record_is_format_2(tmp_path: Path) -> None:
    path = tmp_path / "traces" / "train.cpu.json"
    path.parent.mkdir()
    content = {
        "format": 1,
        "scenario": "train",
        "date": "2026-01-02",
        "digest": "ab",
        "environment": RUN["environment"],
        "untraced": {"a.steps": "a generator has no one end"},
        **{key: [] for key in ("words", "symbols", "operations", "cases", "roots")},
    }
    path.write_text(json.dumps(content), "utf-8")
    trace, problems = read_trace(path)
    assert trace is not None and problems == ()
    assert trace.untraced == {"a.steps": Reason(ReasonCode.GENERATOR)}
    held = ["namespaces", "Landlock", "limits", "empty environment"]
    newer = {
        **content,
        "date": "2026-05-06",
        "environment": {**RUN["environment"], "sandbox": held},
        "untraced": {"a.steps": {"code": "generator"}},
    }
    assert record_trace(path, newer)
    written = json.loads(path.read_text("utf-8"))
    assert (written["format"], written["date"]) == (2, "2026-01-02")  # it said the same
    assert not record_trace(path, {**newer, "date": "2026-05-06"})
