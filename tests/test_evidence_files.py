"""evidence/<stem>.json: its bytes, when it is rewritten, and what is refused when it is read."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.runs import CONTROLLED, CPU, ENVIRONMENT, GPU, RUN, SLOW

from srcread.errors import SrcreadError
from srcread.evidence import evidence_path, read_evidence, record_run
from srcread.evidence.grading import OPERATORS_VERSION, grade
from srcread.model import (
    Control,
    Controls,
    Depends,
    Device,
    Grade,
    Outcome,
    Reason,
    ReasonCode,
    Run,
)

WRITTEN = """\
{
 "format": 2,
 "note": "in-projection",
 "runs": [
  {
   "claims": [
    {
     "evaluations": 2,
     "expected": "< 1",
     "held": true,
     "observed": "0.3333",
     "sentence": "It holds: 成立。"
    }
   ],
   "confirmed": true,
   "date": "2026-01-02",
   "digests": {
    "snippet": "ab",
    "symbols": {
     "torch.nn.Linear": "d1:cd"
    }
   },
   "environment": {
    "device": {
     "compute_capability": null,
     "cuda": null,
     "driver": null,
     "kind": "cpu",
     "name": "cpu AVX2"
    },
    "distributions": {
     "torch": "2.13.0+cpu"
    },
    "platform": "Linux x86_64",
    "python": "3.11.7",
    "sandbox": [
     "limits"
    ]
   },
   "output": "done\\n",
   "reasons": []
  }
 ]
}
"""

VERSION = f'"version": {OPERATORS_VERSION}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return evidence_path(tmp_path, "in-projection")


def on(device: Device, torch: str = "2.13.0+cpu", run: Run = RUN) -> Run:
    environment = replace(ENVIRONMENT, device=device, distributions={"torch": torch})
    return replace(run, environment=environment)


def codes(path: Path) -> list[str]:
    return [diagnostic.code for diagnostic in read_evidence(path)[1]]


def test_a_file_has_sorted_keys_and_an_end_of_line(path: Path) -> None:
    assert record_run(path, RUN)
    assert path.read_text("utf-8") == WRITTEN
    assert path.relative_to(path.parent.parent) == Path("evidence/in-projection.json")
    assert os.listdir(path.parent) == ["in-projection.json"]


def test_what_is_written_is_read_back(path: Path) -> None:
    failed = replace(on(GPU), confirmed=False, reasons=(SLOW,), output="\udc80")
    record_run(path, RUN)
    record_run(path, failed)
    evidence, problems = read_evidence(path)
    assert evidence is not None
    assert (evidence.note, evidence.runs, problems) == ("in-projection", (RUN, failed), ())


@pytest.mark.parametrize(
    "again",
    [
        replace(RUN, date="2026-05-06"),
        replace(RUN, output="noise 0.1234"),
        replace(RUN, claims=(replace(RUN.claims[0], observed="0.3334", evaluations=3),)),
    ],
    ids=["a later date", "other output", "other values of claims that hold"],
)
def test_a_run_that_says_the_same_leaves_the_file_untouched(path: Path, again: Run) -> None:
    record_run(path, RUN)
    before = path.stat()
    assert not record_run(path, again)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert path.read_text("utf-8") == WRITTEN


@pytest.mark.parametrize(
    "again",
    [
        replace(RUN, depends=replace(RUN.depends, script="ef")),
        replace(RUN, environment=replace(ENVIRONMENT, python="3.12.1")),
        replace(RUN, confirmed=False, reasons=(Reason(ReasonCode.NO_CLAIM),)),
        replace(RUN, claims=(replace(RUN.claims[0], sentence="It still holds."),)),
    ],
    ids=["digests", "environment", "verdict", "claims"],
)
def test_a_run_that_says_something_new_replaces_the_old_one(path: Path, again: Run) -> None:
    record_run(path, RUN)
    assert record_run(path, again)
    evidence, _ = read_evidence(path)
    assert evidence is not None and evidence.runs == (again,)


def test_runs_on_other_versions_and_devices_stand_side_by_side_in_one_order(tmp_path: Path) -> None:
    runs = [RUN, on(CPU, "2.11.0"), on(GPU), on(replace(GPU, compute_capability="8.0"))]
    for name, order in (("a", runs), ("b", runs[::-1])):
        for run in order:
            assert record_run(tmp_path / name / "note.json", run)
    assert (tmp_path / "a/note.json").read_bytes() == (tmp_path / "b/note.json").read_bytes()
    evidence, _ = read_evidence(tmp_path / "a/note.json")
    assert evidence is not None and len(evidence.runs) == 4


def of(script: str, device: Device = CPU, **versions: str) -> Run:
    environment = replace(ENVIRONMENT, device=device, distributions=versions)
    return replace(RUN, environment=environment, depends=Depends(script))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (of("old", torch="2.13.0"), of("new", torch="2.13.0", numpy="2.4.6")),
        (of("old", torch="2.13.0", numpy="2.4.6"), of("new", torch="2.13.0")),
        (of("old", torch="2.13.0", numpy="1.26.4"), of("new", torch="2.13.0", scipy="1.16.0")),
        (of("old", GPU, torch="2.13.0"), of("new", GPU, torch="2.13.0", numpy="2.4.6")),
    ],
    ids=["an import gained", "an import lost", "one for another", "on a GPU"],
)
def test_a_run_takes_the_place_of_one_of_an_earlier_snippet_with_other_imports(
    path: Path, old: Run, new: Run
) -> None:
    record_run(path, old)
    assert record_run(path, new)
    evidence, problems = read_evidence(path)
    assert evidence is not None and (evidence.runs, problems) == ((new,), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (of("old", torch="2.11.0"), of("new", torch="2.13.0", numpy="2.4.6")),
        (of("old", GPU, torch="2.13.0"), of("new", torch="2.13.0", numpy="2.4.6")),
        (of("same", torch="2.13.0"), of("same", torch="2.13.0", numpy="2.4.6")),
        (replace(of("old", torch="2.13.0"), replaced=("a.b",)), of("new", torch="2.13.0")),
    ],
    ids=["another version", "another device", "an optional package", "functions replaced"],
)
def test_a_run_elsewhere_stays_beside_one_of_another_snippet(
    path: Path, old: Run, new: Run
) -> None:
    old = replace(old, executed=dict.fromkeys(old.replaced, "d1:ef"))
    record_run(path, old)
    assert record_run(path, new)
    evidence, _ = read_evidence(path)
    assert evidence is not None and {one.depends.script for one in evidence.runs} == {
        old.depends.script,
        new.depends.script,
    }
    assert len(evidence.runs) == 2


def test_a_superseded_run_goes_where_the_newer_one_says_nothing_new(path: Path) -> None:
    new = of("new", torch="2.13.0", numpy="2.4.6")
    record_run(path, of("old", torch="2.13.0"))
    content = json.loads(path.read_text("utf-8"))
    record_run(path, new)
    kept = {**json.loads(path.read_text("utf-8"))["runs"][0], "frozen": 19}
    content["runs"].append(kept)  # as a file of before the rule has both
    path.write_text(json.dumps(content), "utf-8")
    assert record_run(path, replace(new, date="2026-05-06"))
    assert json.loads(path.read_text("utf-8"))["runs"] == [kept]
    assert not record_run(path, replace(new, date="2026-05-06"))


def test_keys_of_a_newer_srcread_are_kept_except_in_the_run_that_is_replaced(path: Path) -> None:
    record_run(path, RUN)
    record_run(path, on(GPU))
    content = json.loads(path.read_text("utf-8"))
    content["licence"] = "new"
    for value in content["runs"]:
        value["frozen"] = {"caught": 19}
    path.write_text(json.dumps(content), "utf-8")
    assert record_run(path, replace(RUN, depends=Depends("ef")))
    content = json.loads(path.read_text("utf-8"))
    assert content["licence"] == "new"
    assert ["frozen" in value for value in content["runs"]] == [False, True]


def test_no_file_is_no_finding(path: Path) -> None:
    assert read_evidence(path) == (None, ())


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "EVID002", "is not JSON: Expecting value."),
        ("<<<<<<< HEAD\n" + WRITTEN, "EVID002", "is not JSON: Expecting value."),
        ("[" * 100_000, "EVID002", "is not JSON that can be read"),
        ("[]", "EVID004", "is no evidence: it has no key 'format'."),
        ("{}", "EVID004", "is no evidence: it has no key 'format'."),
        ('{"format": 3}', "EVID003", "has format 3, and this reads 1 and 2."),
        ('{"format": true}', "EVID003", "has format True, and this reads 1 and 2."),
        ('{"format": 2, "note": "in-projection"}', "EVID004", "has no key 'runs' of kind list."),
        ('{"format": 2, "runs": []}', "EVID004", "has no key 'note' of kind str."),
        (WRITTEN.replace('"in-', '"out-'), "EVID006", "is evidence for 'out-projection', not for"),
    ],
)
def test_a_file_that_is_no_evidence_is_a_finding(
    path: Path, text: str, code: str, message: str
) -> None:
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    evidence, (problem,) = read_evidence(path)
    assert evidence is None
    assert (problem.code, problem.path) == (code, str(path))
    assert problem.message.startswith(message)
    assert problem.hint


def test_bytes_that_are_no_text_are_a_finding(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\x00")
    assert codes(path) == ["EVID001"]


def test_a_folder_in_the_place_of_the_file_is_a_finding_and_cannot_be_written(path: Path) -> None:
    path.mkdir(parents=True)
    assert codes(path) == ["EVID001"]
    with pytest.raises(SrcreadError, match="cannot be written"):
        record_run(path, RUN)
    assert os.listdir(path.parent) == ["in-projection.json"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"confirmed": true', '"confirmed": "true"', "EVID004"),
        ('"evaluations": 2', '"evaluations": true', "EVID004"),
        ('"evaluations": 2', '"evaluations": 2.0', "EVID004"),
        ('"torch": "2.13.0+cpu"', '"torch": 2.13', "EVID004"),
        ('"kind": "cpu"', '"kind": null', "EVID004"),
        ('"reasons": []', '"reasons": [1]', "EVID004"),
        ('"reasons": []', '"reasons": ["it makes no claim"]', "EVID004"),
        ('"reasons": []', '"reasons": [{"code": "no-clam"}]', "EVID004"),
        ('"reasons": []', '"reasons": [{"code": "no-claim", "more": 1}]', "EVID004"),
        ('"reasons": []', '"reasons": [{"code": "killed"}]', "EVID004"),
        ('"reasons": []', '"reasons": [{"code": "killed", "signal": true}]', "EVID004"),
        ('"reasons": []', '"reasons": [{"code": "killed", "signal": null}]', "EVID004"),
        ('"sandbox": [', '"sandbox": ["a wall",', "EVID004"),
        ('"sandbox": [', '"sandbox": [1,', "EVID004"),
        ('"symbols": {', '"symbols": {"a": 1,', "EVID004"),
        ('"snippet": "ab"', '"snippet": null', "EVID004"),
        ('"output": "done\\n",', "", "EVID004"),
        ('"cuda": null', '"cuda": []', "EVID004"),
        ('"evaluations": 2', '"evaluations": 0', "EVID005"),
        ('"held": true', '"held": false', "EVID005"),
        ('"reasons": []', '"reasons": [{"code": "no-claim"}]', "EVID005"),
        ('"confirmed": true', '"confirmed": false', "EVID005"),
    ],
)
def test_a_run_that_was_tampered_with_is_left_out_with_a_finding(
    path: Path, old: str, new: str, code: str
) -> None:
    record_run(path, RUN)
    record_run(path, on(GPU))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    evidence, (problem,) = read_evidence(path)
    assert evidence is not None
    assert evidence.runs == (on(GPU),)
    assert problem.code == code
    assert problem.message.startswith("run 1 ")
    assert problem.hint == "Run `srcread confirm in-projection` to write it anew."


def test_a_run_without_claims_cannot_be_confirmed(path: Path) -> None:
    record_run(path, replace(RUN, claims=()))
    assert codes(path) == ["EVID005"]


def test_a_second_run_for_the_same_device_is_a_finding(path: Path) -> None:
    record_run(path, RUN)
    content = json.loads(path.read_text("utf-8"))
    content["runs"] *= 2
    path.write_text(json.dumps(content), "utf-8")
    assert codes(path) == ["EVID007"]


def test_a_corrupt_file_is_written_anew_and_a_newer_format_never(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("<<<<<<< HEAD", "utf-8")
    assert record_run(path, RUN)
    assert path.read_text("utf-8") == WRITTEN
    path.write_text('{"format": 3}', "utf-8")
    with pytest.raises(SrcreadError, match="has format 3, and this reads 1 and 2"):
        record_run(path, RUN)
    assert path.read_text("utf-8") == '{"format": 3}'


def test_reach_and_controls_come_back_as_they_were_written(path: Path) -> None:
    assert record_run(path, CONTROLLED)
    assert not record_run(path, CONTROLLED)
    evidence, problems = read_evidence(path)
    assert evidence is not None and (evidence.runs, problems) == ((CONTROLLED,), ())


def test_a_file_of_before_controls_says_that_none_are_recorded(path: Path) -> None:
    record_run(path, RUN)
    evidence, problems = read_evidence(path)
    assert evidence is not None and problems == ()
    (run,) = evidence.runs
    assert (run.reach, run.controls, grade(run)) == (None, None, Grade.CONFIRMED)


def test_other_reach_or_controls_are_news(path: Path) -> None:
    record_run(path, CONTROLLED)
    assert record_run(path, replace(CONTROLLED, reach=()))
    assert record_run(path, replace(CONTROLLED, reach=(), controls=Controls(2)))


@pytest.mark.parametrize(
    "less",
    [replace(CONTROLLED, controls=None), replace(CONTROLLED, reach=None), RUN],
    ids=["no controls", "no reach", "neither"],
)
def test_a_run_that_recorded_less_takes_nothing_away(path: Path, less: Run) -> None:
    record_run(path, CONTROLLED)
    assert not record_run(path, replace(less, date="2026-05-06"))
    newer = replace(ENVIRONMENT, python="3.12.1")
    assert record_run(path, replace(less, environment=newer))
    evidence, _ = read_evidence(path)
    assert evidence is not None
    assert evidence.runs == (replace(CONTROLLED, environment=newer),)


@pytest.mark.parametrize(
    "other",
    [
        replace(RUN, depends=replace(RUN.depends, script="ef")),
        replace(RUN, depends=replace(RUN.depends, symbols={"torch.nn.Linear": "d1:ef"})),
        replace(RUN, confirmed=False, reasons=(SLOW,)),
    ],
    ids=["another snippet", "another source", "a failure"],
)
def test_controls_of_something_else_are_not_kept(path: Path, other: Run) -> None:
    record_run(path, CONTROLLED)
    assert record_run(path, other)
    evidence, _ = read_evidence(path)
    assert evidence is not None and evidence.runs == (other,)


def test_controls_stay_with_the_versions_and_the_device_on_which_they_were_made(path: Path) -> None:
    record_run(path, CONTROLLED)
    record_run(path, on(GPU))
    record_run(path, on(CPU, "2.11.0"))
    evidence, _ = read_evidence(path)
    assert evidence is not None
    assert [run for run in evidence.runs if run.controls is not None] == [CONTROLLED]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (VERSION, '"version": true', "EVID004"),
        ('"torch.nn.Linear.forward": "d1:ef"', '"torch.nn.Linear.forward": 1', "EVID004"),
        (VERSION, '"version": "1"', "EVID004"),
        ('"entered": true', '"entered": 1', "EVID004"),
        ('"reached": [', '"reached": [-1,', "EVID004"),
        ('"reached": [', '"reached": ["one",', "EVID004"),
        ('"reached": [', '"reached": [9,', "EVID004"),
        ('"unreached": [', '"unreached": [1,', "EVID005"),
        ('"entered": true', '"entered": false', "EVID005"),
        ('"silent": []', '"silent": [7]', "EVID004"),
        ('"unseen": [', '"unseen": null, "x": [', "EVID004"),
        ('"refused": {', '"refused": [{', "EVID002"),
        ('"negate@0+0:3-0:9": [', '"negate@0+0:3-0:9": [5,', "EVID004"),
        ('"negate@0+2:3-2:9"', '"drop-if@0+0:3-0:9"', "EVID005"),
    ],
)
def test_controls_that_were_tampered_with_are_never_graded(
    path: Path, old: str, new: str, code: str
) -> None:
    record_run(path, CONTROLLED)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    evidence, problems = read_evidence(path)
    assert evidence is None or evidence.runs == ()
    assert [problem.code for problem in problems] == [code]


def test_a_control_cannot_turn_a_claim_false_that_is_not_there(path: Path) -> None:
    stray = Controls(1, (Control("negate@0+0:3-0:9", Outcome.CLAIM, (3,)),))
    record_run(path, replace(RUN, controls=stray))
    assert codes(path) == ["EVID005"]


def test_what_a_declared_control_saw_comes_back_as_it_was_written(path: Path) -> None:
    seen = Control("declared@0#1", Outcome.CLAIM, (0,), observed="[3]")
    record_run(path, replace(RUN, controls=Controls(1, declared=(seen,))))
    found, problems = read_evidence(path)
    assert found is not None and problems == ()
    assert found.runs[0].controls is not None and found.runs[0].controls.declared == (seen,)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"seen": {\n     "declared@0#1"', '"seen": {\n     "declared@0#2"', "EVID005"),
        ('"[3]"', "3", "EVID004"),
        ('"[3]"', f'"{"3" * 201}"', "EVID025"),
    ],
)
def test_what_no_control_can_have_seen_is_refused(
    path: Path, old: str, new: str, code: str
) -> None:
    seen = Control("declared@0#1", Outcome.CLAIM, (0,), observed="[3]")
    record_run(path, replace(RUN, controls=Controls(1, declared=(seen,))))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert codes(path) == [code]


def test_evidence_that_is_a_pipe_is_a_finding_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "note.json")
    found, [problem] = read_evidence(tmp_path / "note.json")
    assert found is None
    assert problem.message == "cannot be read: it is no plain file."


def test_a_device_of_no_known_kind_confirms_nothing(path: Path) -> None:
    record_run(path, on(Device("quantum", "Q")))
    found, [problem] = read_evidence(path)
    assert found is not None and found.runs == ()
    assert problem.message == "run 1 is of the device 'quantum', and not cpu or cuda."


def test_a_control_that_no_run_can_have_made_is_never_graded(path: Path) -> None:
    made = Controls(1, (Control("\x1b[31mbelieve me", Outcome.CLAIM, (0,)),))
    record_run(path, replace(RUN, controls=made))
    found, [problem] = read_evidence(path)
    assert found is not None and found.runs == ()
    assert "'\\x1b[31mbelieve me', which no run can have made" in problem.message


def test_a_run_with_functions_replaced_stands_beside_one_without_and_survives_reading(
    path: Path,
) -> None:
    run = replace(RUN, replaced=("torch.f", "torch.g"))
    assert record_run(path, RUN) and record_run(path, run)
    evidence, problems = read_evidence(path)
    assert evidence is not None
    assert (evidence.runs, problems) == ((RUN, run), ())
    assert not record_run(path, run)


@pytest.mark.parametrize(
    ("value", "code"), [("torch.f", "EVID004"), ([1], "EVID004"), (["b", "a"], "EVID005")]
)
def test_names_of_replaced_functions_are_a_list_in_order(
    path: Path, value: object, code: str
) -> None:
    record_run(path, replace(RUN, replaced=("torch.f",)))
    content = json.loads(path.read_text("utf-8"))
    content["runs"][0]["replaced"] = value
    path.write_text(json.dumps(content), "utf-8")
    evidence, [problem] = read_evidence(path)
    assert evidence is not None and evidence.runs == ()
    assert problem.code == code
