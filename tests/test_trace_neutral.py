"""Watching changes nothing: what a run comes to, and what would be refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pytest
from support.trace_example import recorded, scenario, seen, torch_units

from srcread.evidence.traces.content import trace_of
from srcread.model import Trace
from srcread.running.targets.units import Unit
from srcread.running.traces import differences

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

FUSED = "aten::_transformer_encoder_layer_fwd"
HEAD = """
import gc
import torch
from torch import nn

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).eval()
source = torch.rand(2, 5, 16)
"""
FAST = HEAD + "with torch.no_grad():\n    output = layer(source)\n"
HOOKED = HEAD + (
    "layer.linear1.register_forward_hook(lambda *seen: None)\n"
    "with torch.no_grad():\n    output = layer(source)\n"
)
AUTOCAST = HEAD + (
    "with torch.autocast('cpu', dtype=torch.bfloat16), torch.no_grad():\n"
    "    output = layer(source)\n"
)
DISPATCHED = (
    HEAD
    + """
from torch.utils._python_dispatch import TorchDispatchMode

class Listening(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, given=(), named=None):
        return function(*given, **(named or {}))

with torch.autocast("cpu", dtype=torch.bfloat16), torch.no_grad(), Listening():
    output = layer(source)
"""
)
TRAINED = (
    HEAD
    + """
layer.train()
output = [layer(source), torch.rand(1), source.double().sum().item()]
print(hash("a"))
"""
)
ALIVE = (
    HEAD
    + """
output = layer(source).shape
output = [output, sum(type(item) is torch.Tensor for item in gc.get_objects())]
"""
)
SELF_AWARE = HEAD + "output = len(nn.TransformerEncoderLayer.forward.__code__.co_code)\n"
FAILING = HEAD + "output = layer(source.double())\n"
EMPTY = "import torch\noutput = 1\n"
REFUSED = HEAD + (
    "try:\n    layer(source[0, 0])\n"
    "except (RuntimeError, AssertionError) as error:\n    output = error\n"
)


@pytest.fixture(scope="module")
def units() -> list[Unit]:
    return torch_units()


@pytest.fixture(scope="module")
def results(units: list[Unit]) -> Mapping[str, Any]:
    texts = {"fast": FAST, "autocast": AUTOCAST, "trained": TRAINED, "alive": ALIVE}
    texts |= {"self-aware": SELF_AWARE, "failing": FAILING, "empty": EMPTY, "refused": REFUSED}
    scenarios = [scenario(text, stem) for stem, text in texts.items()]
    return {item.scenario.stem: item for item in recorded(scenarios, units)}


@pytest.mark.parametrize("stem", ["fast", "autocast", "trained", "alive", "refused"])
def test_a_watched_run_is_the_plain_run(results: Mapping[str, Any], stem: str) -> None:
    assert results[stem].problems == ()
    assert results[stem].content is not None


@pytest.mark.parametrize(
    ("stem", "problem"),
    [
        (
            "self-aware",
            "the run with probes gave another output: output is int, with other contents",
        ),
        ("failing", "a plain run failed: raised RuntimeError at line 9:"),
        ("empty", "it ran no function of the tour"),
    ],
)
def test_a_trace_that_cannot_be_trusted_says_why(
    results: Mapping[str, Any], stem: str, problem: str
) -> None:
    assert results[stem].content is None
    assert results[stem].problems[0].startswith(problem)


def trace(results: Mapping[str, Any], stem: str) -> Trace:
    return trace_of({"format": 1, **results[stem].content})


def test_the_fused_layer_is_seen_in_the_statement_that_runs_it(
    results: Mapping[str, Any],
) -> None:
    found = trace(results, "fast")
    (case,) = (item for item in found.cases if item.symbol.endswith("EncoderLayer.forward"))
    names = {
        found.operations[number].name: place
        for place, numbers in case.operations.items()
        for number in numbers
    }
    assert FUSED in names
    assert names[FUSED] in case.ran
    assert case.values[names[FUSED]] == ("(2, 5, 16) f32",)


def test_a_refusal_of_an_input_ends_in_its_exception(results: Mapping[str, Any]) -> None:
    found = trace(results, "refused")
    ended = [case.raised for case in found.cases if case.symbol.endswith("Attention.forward")]
    assert ended == [
        "AssertionError: query should be unbatched 2D or batched 3D tensor "
        "but received 1-D query tensor"
    ]


def test_hooks_would_have_changed_the_branch_and_a_dispatch_mode_the_type(
    units: list[Unit],
) -> None:
    told = seen([scenario(text) for text in (FAST, HOOKED, AUTOCAST, DISPATCHED)], units)
    fast, hooked, autocast, dispatched = told
    assert FUSED in fast[1]["operators"]
    assert FUSED not in hooked[1]["operators"]
    assert [part[1].split()[1] for part in autocast[0]["output"]] == ["torch.bfloat16"]
    assert [part[1].split()[1] for part in dispatched[0]["output"]] == ["torch.float32"]
    by_hooks = [fast[0], fast[1], fast[2], {**fast[3], "operators": hooked[1]["operators"]}]
    assert any("instead of" in problem for problem in differences(by_hooks))
    by_mode = [autocast[0], autocast[1], {**autocast[2], "output": dispatched[0]["output"]}]
    assert any("float32" in item for item in differences([*by_mode, autocast[3]]))


def test_differences_name_what_differs() -> None:
    same: dict[str, Any] = {
        "output": [["output", "int", "1"]],
        "random": "x",
        "operators": ["a", "b"],
    }
    same["trace"] = {"symbols": [], "words": [], "cases": [[0]], "roots": [0]}
    assert differences([same] * 4) == []
    other: dict[str, Any] = {**same, "random": "y", "operators": ["a"]}
    other |= {"output": [["output", "int", "2"], ["output[0]", "int", "2"]]}
    other["trace"] = {**same["trace"], "roots": []}
    assert differences([same, same, same, other]) == [
        "the profile with probes gave another output: output is int, with other contents",
        "the profile with probes left the random generators in another state",
        "1 operators ran instead of 2",
        "the profiler changed what the probes saw",
    ]


def test_two_processes_of_other_hash_seeds_record_the_same_bytes(
    results: Mapping[str, Any], units: list[Unit]
) -> None:
    again = recorded([scenario(TRAINED, "trained")], units)[0]
    assert again.content == results["trained"].content
    seeds = {
        subprocess.run(
            [sys.executable, "-I", "-c", "print(hash('a'))"], capture_output=True, check=True
        ).stdout
        for _ in range(3)
    }
    assert len(seeds) > 1  # `-I` gives every child a seed of its own


def lines_of(name: str, text: str) -> set[int]:
    """Return the lines of a function that `sys.settrace` sees in a process without probes."""
    script = f"""
import sys
lines = set()
def follow(frame, event, _):
    if frame.f_code.co_qualname != {name!r}:
        return None
    if event == "line":
        lines.add(frame.f_lineno - frame.f_code.co_firstlineno)
    return follow
sys.settrace(follow)
{text}
sys.settrace(None)
print(sorted(lines))
"""
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=300)
    return set(eval(done.stdout))


@pytest.mark.parametrize(("stem", "text"), [("fast", FAST), ("alive", ALIVE)])
def test_lines_of_torch_are_those_that_settrace_sees(
    results: Mapping[str, Any], stem: str, text: str
) -> None:
    name = "TransformerEncoderLayer.forward"
    (case,) = (item for item in trace(results, stem).cases if item.symbol.endswith(name))
    starts = {place.line for place in case.ran}
    inside = {line for place in case.ran for line in range(place.line, place.end_line + 1)}
    lines = lines_of(name, text)
    assert starts <= lines
    assert lines <= inside
    assert len(starts) > 10
