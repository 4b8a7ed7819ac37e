"""Scenario scripts and trace files: read with suspicion, written only with news."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from srcread.errors import SrcreadError
from srcread.evidence.traces.files import read_trace, read_traces, record_trace, trace_path
from srcread.evidence.traces.scenario import read_scenario, scenario_paths
from srcread.evidence.traces.titles import read_titles
from srcread.model import Decision, Depends, Operation, ScenarioGroup, Span
from srcread.support.files import LARGEST

CONTENT: dict[str, Any] = {
    "scenario": "train",
    "date": "2026-01-02",
    "digest": "5ce7",
    "environment": {
        "device": {"kind": "cpu", "name": "cpu AVX2", "compute_capability": None},
        "distributions": {"torch": "2.13.0"},
        "platform": "Linux x86_64",
        "python": "3.11.7",
        "sandbox": ["limits"],
    },
    "untraced": {"a.steps": {"code": "generator"}},
    "words": ["(2, 3) f32", "True", "<Model>", "…"],
    "symbols": [
        ["a.inner", "d1:11", ["x"], [[1, 4, 20]]],
        ["a.outer", "d1:22", ["self", "x"], [[0, 0, 0], [1, 4, 2, 9], [1, 7, 18], [3, 8, 30]]],
    ],
    "operations": [["aten::mm"], ["aten::linear", [0], ["gemm"]]],
    "cases": [
        [0, [0], [0], [[0, [0]]], [], [[0, [1]]]],
        [
            1,
            [2, 0],
            [1, 3],
            [[3, [[0, 1], 3]]],
            [[2, [[0, 2, 1], [None, 2, None, [0]], [1, 2, 1, [1], "element 1"]]]],
            [],
            [[3, [[0, 2], 0]]],
            "ValueError: no",
        ],
    ],
    "roots": [1],
    "modules": [[1, ["layers.0", "layers.1"]]],
    "unseen": {"Linear": 2},
}


def write(folder: Path, content: Any, name: str = "train.cpu.json") -> Path:
    path = folder / "traces" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_trace_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = trace_path(tmp_path, "train", "cpu")
    assert record_trace(path, CONTENT)
    trace, problems = read_trace(path)
    assert trace is not None and problems == ()
    inner, outer = trace.cases
    assert (inner.symbol, inner.arguments) == ("a.inner", {"x": "(2, 3) f32"})
    assert inner.operations == {Span(1, 4, 1, 20): (1,)}
    assert trace.operations[1] == Operation("aten::linear", (0,), ("gemm",))
    assert outer.arguments == {"self": "<Model>", "x": "(2, 3) f32"}
    assert outer.values == {Span(3, 8, 3, 30): (("(2, 3) f32", "True"), "…")}
    test = Span(1, 7, 1, 18)
    assert outer.tests[test] == (
        Decision(False, test, True, ("True",)),
        Decision(None, test, None, ("(2, 3) f32",)),
        Decision(True, test, True, ("True",), "element 1"),
    )
    assert outer.calls == {Span(3, 8, 3, 30): ((0, 2), (0, 1))}
    assert (outer.raised, trace.roots) == ("ValueError: no", (1,))
    assert trace.depends == Depends("5ce7", {"a.inner": "d1:11", "a.outer": "d1:22"})
    assert trace.modules == {1: ("layers.0", "layers.1")}
    assert trace.unseen == {"Linear": 2}
    assert read_traces(tmp_path) == ((trace,), ())


def test_a_run_that_says_the_same_leaves_the_file_and_its_date(tmp_path: Path) -> None:
    path = trace_path(tmp_path, "train", "cpu")
    assert record_trace(path, CONTENT)
    before = path.read_bytes()
    assert not record_trace(path, {**CONTENT, "date": "2027-03-04"})
    assert path.read_bytes() == before
    assert record_trace(path, {**CONTENT, "date": "2027-03-04", "roots": [0]})
    assert b"2027-03-04" in path.read_bytes()
    assert [item.name for item in path.parent.iterdir()] == ["train.cpu.json"]


def test_a_file_of_another_format_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, {**CONTENT, "format": 3})
    before = path.read_bytes()
    with pytest.raises(SrcreadError, match=r"has format 3, and this reads 1 and 2\. Use a newer"):
        record_trace(path, CONTENT)
    assert path.read_bytes() == before


def test_a_corrupt_file_is_written_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "{")
    assert record_trace(path, CONTENT)
    assert read_trace(path)[1] == ()


def test_a_trace_of_an_older_recorder_names_no_modules(tmp_path: Path) -> None:
    older = {key: CONTENT[key] for key in CONTENT if key not in ("modules", "unseen")}

    trace, problems = read_trace(write(tmp_path, {**older, "format": 2}))

    assert problems == () and trace is not None
    assert (trace.modules, trace.unseen) == ({}, {})


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("{", "TRAC002", "is not JSON"),
        ("[" * 100_000, "TRAC002", "is not JSON that can be read"),
        ("[]", "TRAC004", "is no trace: it has no key 'format'"),
        ({**CONTENT, "format": 3}, "TRAC003", "has format 3, and this reads 1 and 2"),
        ({**CONTENT, "format": True}, "TRAC003", "has format True"),
        ({**CONTENT, "format": 2, "modules": [[2, []]]}, "TRAC004", "names item 2 of 2"),
        ({**CONTENT, "format": 2, "unseen": {"A": "2"}}, "TRAC004", "has str where int belongs"),
        ({**CONTENT, "format": 2, "scenario": "eval"}, "TRAC005", "is a trace of 'eval' on 'cpu'"),
    ],
)
def test_what_is_no_trace_is_a_finding(tmp_path: Path, content: Any, code: str, words: str) -> None:
    trace, problems = read_trace(write(tmp_path, content))
    assert trace is None
    (problem,) = problems
    assert problem.code == code and words in problem.message
    assert "srcread" in problem.hint


def test_a_file_under_another_name_and_one_that_is_no_text_are_findings(tmp_path: Path) -> None:
    write(tmp_path, {**CONTENT, "format": 2}, "train.tpu.json")
    (tmp_path / "traces" / "train.cpu.json").write_bytes(b"\xff\xfe")
    traces, problems = read_traces(tmp_path)
    assert traces == ()
    assert [problem.code for problem in problems] == ["TRAC001", "TRAC005"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a value."""
    yield path
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from places(item, (*path, key))


def test_no_change_of_any_part_of_a_file_is_a_crash(tmp_path: Path) -> None:
    found = [path for path in places({**CONTENT, "format": 2}) if path]
    unharmed = 0
    others: list[Any] = [None, {}, 10**30, "x", True]
    for path in found:
        for other in others:
            content = copy.deepcopy({**CONTENT, "format": 2})
            holder = content
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = other
            trace, problems = read_trace(write(tmp_path, content))
            assert (trace is None) == bool(problems)
            unharmed += trace is not None
    assert len(found) > 100
    assert unharmed < 2 * len(found)


SCRIPT = '''"""Training, with dropout: both stacks run in Python.

More words.
"""

import torch

GROUP = "reading"
output = torch.rand(3)
'''


def script(folder: Path, text: str, name: str = "train.py") -> Path:
    path = folder / "scenarios" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_scenario_says_its_title_its_group_and_whether_it_is_forced(tmp_path: Path) -> None:
    path = script(tmp_path, SCRIPT.replace('"reading"', '"why-not"\nFORCED = True'))
    scenario, problems = read_scenario(path)
    assert scenario is not None and problems == ()
    assert scenario.title == "Training, with dropout: both stacks run in Python"
    assert (scenario.stem, scenario.group) == ("train", ScenarioGroup.WHY_NOT)
    assert scenario.forced
    assert scenario_paths(tmp_path) == [path]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("import torch", "import (", "SCEN001", "cannot be read: invalid syntax"),
        ('"""Training', '1, """Training', "SCEN002", "'train' has no title."),
        ('GROUP = "reading"', "", "SCEN003", "'train' is of no group."),
        ('"reading"', '"readings"', "SCEN003", "Did you mean 'reading'?"),
        ('"reading"', "7", "SCEN003", "is of group 7"),
        ('"reading"', '"reading"\nFORCED = 1', "SCEN004", "has FORCED = 1. Write FORCED = True."),
        ("output =", "result =", "SCEN005", "leaves nothing in 'output'"),
        ("Training", "\u202eTraining", "SCEN006", "the invisible control character U+202E in its"),
        ("Training", "\\u202eTraining", "SCEN006", "the invisible control character U+202E in"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_said(
    tmp_path: Path, old: str, new: str, code: str, words: str
) -> None:
    scenario, problems = read_scenario(script(tmp_path, SCRIPT.replace(old, new)))
    assert scenario is None
    assert problems[0].code == code
    assert words in str(problems[0])


def test_scenarios_have_titles_in_other_languages(tmp_path: Path) -> None:
    path = script(tmp_path, '[zh]\ntrain = "训练"\n[de]\ntrain = "Training"\n', "titles.toml")
    assert read_titles(tmp_path, ["train"]) == ({"train": {"zh": "训练", "de": "Training"}}, ())
    path.unlink()
    assert read_titles(tmp_path, ["train"]) == ({}, ())


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[zh", "SCEN007", "cannot be read"),
        ('zh = "训练"', "SCEN007", "no line of text"),
        ("[zh]\ntrain = 1", "SCEN007", "'train' in 'zh'"),
        ('[zh]\ntrain = " "', "SCEN007", "no line of text"),
        ('[zh]\ntrain = "a\\nb"', "SCEN007", "no line of text"),
        ('[zh]\ntrain = "\\u202ea"', "SCEN007", "no line of text"),
        ('[zh]\ntrian = "训练"', "SCEN008", "Did you mean 'train'?"),
    ],
)
def test_what_is_wrong_with_a_title_is_said(
    tmp_path: Path, text: str, code: str, words: str
) -> None:
    script(tmp_path, text, "titles.toml")
    titles, (problem,) = read_titles(tmp_path, ["train"])
    assert titles == {}
    assert problem.code == code
    assert words in str(problem)


def test_a_scenario_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    scenario, problems = read_scenario(tmp_path / "gone.py")
    assert scenario is None
    assert problems[0].code == "SCEN001"


def test_a_pipe_a_device_and_a_huge_file_are_findings_and_wait_for_nothing(tmp_path: Path) -> None:
    traces = tmp_path / "traces"
    traces.mkdir()
    os.mkfifo(traces / "pipe.cpu.json")
    (traces / "device.cpu.json").symlink_to("/dev/zero")
    with open(traces / "huge.cpu.json", "wb") as file:
        file.truncate(LARGEST + 1)
    _, problems = read_traces(tmp_path)
    assert [problem.message for problem in problems] == [
        "device.cpu.json cannot be read: it is no plain file.",
        "huge.cpu.json cannot be read: it is larger than 8,388,608 bytes.",
        "pipe.cpu.json cannot be read: it is no plain file.",
    ]


def test_a_scenario_that_is_a_pipe_is_a_finding(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    found, [problem] = read_scenario(tmp_path / "pipe.py")
    assert found is None
    assert problem.message == "'pipe' cannot be read: it is no plain file."


def test_a_value_nested_too_deeply_is_a_finding(tmp_path: Path) -> None:
    content = copy.deepcopy(CONTENT)
    content["format"] = 2
    content["cases"][0][1] = [json.loads("[" * 900 + "]" * 900)]
    found, [problem] = read_trace(write(tmp_path, content))
    assert found is None
    assert problem.message == "train.cpu.json has a value nested more than 50 deep."
