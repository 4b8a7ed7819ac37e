"""How values are described and texts cleaned, and that the child's files stand alone."""

from __future__ import annotations

import ast
import sys
from collections import OrderedDict, namedtuple
from enum import IntEnum
from pathlib import Path

import pytest

from srcread.child.describing import clean, describe

Pair = namedtuple("Pair", "a b")
Level = IntEnum("Level", "LOW HIGH")


class Loud:
    def __repr__(self) -> str:
        raise AssertionError("code of an unknown class was run")

    __str__ = __len__ = __iter__ = __format__ = __repr__  # type: ignore[assignment] # hostile
    __class__ = int  # type: ignore[assignment] # hostile


class LoudText(str):
    def __repr__(self) -> str:
        raise AssertionError("code of an unknown class was run")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (12345678, "12345678"),
        (1 / 3, "0.3333"),
        (1e-7, "1e-07"),
        (float("nan"), "nan"),
        (1.5 + 2j, "1.5+2j"),
        ("it's", '"it\'s"'),
        (b"ab", "b'ab'"),
        ([1, 2.00001], "[1, 2]"),
        ((1,), "(1,)"),
        ((), "()"),
        ({"b", "a"}, "{'a', 'b'}"),
        (frozenset(), "frozenset()"),
        ({"a": [1]}, "{'a': [1]}"),
        (OrderedDict(a=1), "{'a': 1}"),
        (Pair(1, 2), "(1, 2)"),
        (Level.HIGH, "2"),
        (int, "int"),
        (len, "len"),
        (describe, "describe"),
        (object(), "<object>"),
        ([[[[[1]]]]], "[[[<list of 1>]]]"),
        (list(range(99)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, …]"),
        ("/home/someone/x.py", "'…/x.py'"),
    ],
)
def test_a_value_is_described_briefly(value: object, text: str) -> None:
    assert describe(value) == text


def test_no_code_of_an_unknown_class_runs() -> None:
    assert describe(Loud()) == "<Loud>"
    assert describe([Loud(), LoudText("x")]) == "[<Loud>, 'x']"


def test_a_description_has_at_most_200_characters() -> None:
    assert len(describe("x" * 10_000)) <= 200
    assert len(describe(["x" * 100] * 10)) == 200


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("see /usr/lib/python3/json.py: bad", "see …/json.py: bad"),
        ("in /home/someone", "in …"),
        (r"C:\Users\someone\x.py", "…/x.py"),
        ("<object at 0x7f12ab34cd56>", "<object at 0x…>"),
        ("either/or, 1/2 and a/b/c", "either/or, 1/2 and a/b/c"),
    ],
)
def test_paths_and_addresses_are_cut(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_tensors_are_described_by_values_or_shape() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    assert describe(torch.tensor(1 / 3)) == "tensor(0.3333) float32"
    assert describe(torch.tensor([1, 2])) == "tensor([1, 2]) int64"
    assert describe(torch.zeros(5, 2, 16)) == "tensor of shape (5, 2, 16), float32"
    assert describe(torch.zeros(2, device="meta")) == "tensor of shape (2,), float32 meta"
    assert describe(torch.zeros(2).shape) == "(2,)"
    assert describe((torch.float16, torch.device("cpu"))) == "(torch.float16, cpu)"
    assert describe(torch.nn.Linear(1, 1)) == "<Linear>"


def test_describing_a_tensor_adds_no_operator_to_a_profile() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    value = torch.ones(2)
    with torch.autograd.profiler.profile(use_kineto=False) as profile:
        assert describe(value) == "tensor of shape (2,), float32"
    assert [event.name for event in profile.function_events] == []


MEET_TORCH = {"tracing/operators.py"}  # the profiler of the torch that the scenario imported
CHILD = Path(__file__).parent.parent / "srcread" / "child"


@pytest.mark.parametrize(
    "name", sorted(path.relative_to(CHILD).as_posix() for path in CHILD.rglob("*.py"))
)
def test_what_runs_in_another_interpreter_needs_only_python_3_9(name: str) -> None:
    path = CHILD / name
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    imported = set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                imported |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                imported.add(module)
    known = sys.stdlib_module_names | ({"torch"} if name in MEET_TORCH else set())
    assert {module.partition(".")[0] for module in imported} <= known
