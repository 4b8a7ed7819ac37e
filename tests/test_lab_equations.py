"""`equation` in a snippet: what it evaluates, what it calls unequal, and what it needs."""

from __future__ import annotations

import json
import math
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from srcread.errors import SrcreadError
from srcread.lab import equation

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what gives a run the equations of one fence, by their names."""

    def give(fence: str, *names: str) -> None:
        texts = dict.fromkeys(names or ("y",), fence)
        monkeypatch.setenv("SRCREAD_EQUATIONS", json.dumps(texts))

    return give


@pytest.mark.parametrize(
    ("formula", "values", "right", "wrong"),
    [
        ("a / b", {"a": 1, "b": 3}, 1 / 3, 0.3333),
        ("a * cos + cos(0) * math.pi", {"a": 2, "cos": 3}, 6 + math.pi, 6),
        ("a // b % c", {"a": 17, "b": 2, "c": 5}, 3, 2),
        ("-a ** 2", {"a": 3}, -9, 9),
        ("sqrt(a) + abs(b)", {"a": 9, "b": -2}, 5.0, 1.0),
        ("sum(i * w[i] for i in range(n) if i > 0)", {"w": [5, 6, 7], "n": 3}, 20, 18),
        ("prod(a + b for a, b in pairs)", {"pairs": [(1, 2), (3, 4)]}, 21, 10),
        ("max(x for x in xs) - min(x for x in xs)", {"xs": [3, 1, 2]}, 2, 1),
        ("1 if 0 <= a < b else -inf", {"a": 2, "b": 2}, -math.inf, 1),
        ("a is None or not b", {"a": 1, "b": 0}, True, False),
        ("x[1:n]", {"x": [1, 2, 3], "n": 3}, [2, 3], [1, 2]),
        ("(a, [b])", {"a": 1, "b": 2}, (1, [2]), (1, [3])),
    ],
)
def test_a_formula_of_plain_values_is_evaluated(
    given: Any, formula: str, values: dict[str, Any], right: Any, wrong: Any
) -> None:
    given(f"y = {formula}")
    assert equation("y", right, **values) is True
    assert equation("y", wrong, **values) is False


def test_functions_and_attributes_of_the_code_are_given_like_values(given: Any) -> None:
    class Layer:
        size = 4

        def twice(self, x: int) -> int:
            return 2 * x

    given("self.out = self.twice(x) + shift(x, by=self.size)", "self.out")
    values = {"self": Layer(), "shift": lambda x, by: x + by, "x": 3}
    assert equation("self.out", 13, **values)
    assert not equation("self.out", 12, **values)


def test_another_line_of_the_fence_gives_the_value_of_its_name(given: Any) -> None:
    given("d = sum(x for x in xs)\ny = a / d")
    assert equation("y", 2, a=12, xs=[1, 2, 3])
    assert equation("y", 3, a=12, xs=[1, 2, 3], d=4)


def test_the_second_equation_of_a_name_is_asked_for_by_its_count(given: Any) -> None:
    given("x = x + 1\nx = 2 * x", "x", "x #2")
    assert equation("x", 4, x=3) and equation("x #2", 6, x=3)


def test_several_names_on_the_left_are_compared_one_by_one(given: Any) -> None:
    given("a, b = b, a", "a, b")
    assert equation("a, b", (2, 1), a=1, b=2)
    assert not equation("a, b", (1, 2), a=1, b=2)
    assert not equation("a, b", (2, 1, 0), a=1, b=2)


@needs_torch
def test_tensors_are_compared_by_shape_and_up_to_rounding(
    given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    torch.manual_seed(0)
    q, k = torch.rand(2, 3, 4), torch.rand(2, 5, 4)
    scores = torch.softmax(q @ k.transpose(1, 2) / 2, dim=-1)
    given("y = softmax(q @ k.mT / sqrt(d), dim=-1)")
    assert equation("y", scores, q=q, k=k, d=4)
    assert not equation("y", scores, q=q, k=k, d=5)
    assert not equation("y", scores[0], q=q, k=k, d=4)
    assert not equation("y", None, q=q, k=k, d=4)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("equation 'y': differs by 0.0") and said[0].endswith("of 30 numbers")
    assert said[1:] == [
        "equation 'y': of shape (3, 5), where the formula gives (2, 3, 5)",
        "equation 'y': a NoneType, where the formula gives a Tensor",
    ]


@needs_torch
def test_an_equation_with_indices_is_said_of_each_item(
    given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    mask = torch.full((3, 3), -math.inf).triu(1)
    given("y[i, j] = 0 if j <= i else -inf")
    assert equation("y", mask)
    assert not equation("y", mask.T)
    assert capsys.readouterr().out.startswith("equation 'y': differs by inf at most in 1 of 1")
    place = torch.zeros(4, 6)
    for row in range(4):
        for column in range(3):
            place[row, 2 * column] = math.sin(row / 10000 ** (2 * column / 6))
    given("y[pos, 2 * i] = sin(pos / 10000 ** (2 * i / d))")
    assert equation("y", place, d=6)
    place[3, 4] = 9
    assert not equation("y", place, d=6)


@needs_torch
def test_nan_equals_nan_and_half_precision_has_its_tolerance(given: Any) -> None:
    import torch

    given("y = x / x")
    assert equation("y", torch.tensor([1.0, math.nan]), x=torch.tensor([2.0, 0.0]))
    given("y = x * x")
    x = torch.rand(9)
    assert equation("y", (x * x).half(), x=x)
    assert not equation("y", (x * x).half().float(), x=x)


@needs_torch
def test_a_sum_and_a_largest_of_tensors_are_torchs(given: Any) -> None:
    import torch

    given("y = sum(w[i] @ x for i in range(n)) + max(w[i] @ x for i in range(n))")
    w, x = torch.arange(8.0).reshape(2, 2, 2), torch.ones(2)
    products = w @ x
    assert equation("y", products.sum(0) + products.amax(0), w=w, x=x, n=2)


@needs_torch
def test_arrays_of_numpy_are_taken_for_tensors(given: Any) -> None:
    import torch

    np = pytest.importorskip("numpy")
    given("y = sum(w[i] @ x for i in range(n))")
    w, x = np.arange(8.0).reshape(2, 2, 2), torch.ones(2, dtype=torch.float64)
    assert equation("y", (torch.as_tensor(w) @ x).sum(0), w=w, x=x, n=2)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"q": 1}, "equation('y', …) needs 'k'. Add k=…"),
        (
            {"q": 1, "k": 2, "kk": 3},
            "'kk' stands nowhere in the equation for 'y'. Did you mean 'k'?",
        ),
        ({"q": 1, "k": 0}, "'y = q / k' cannot be evaluated: ZeroDivisionError: division by zero"),
    ],
)
def test_what_cannot_be_evaluated_says_why(
    given: Any, values: dict[str, Any], message: str
) -> None:
    given("y = q / k")
    with pytest.raises(SrcreadError) as caught:
        equation("y", 1, **values)
    assert str(caught.value) == message


def test_an_equation_that_the_note_has_not_is_an_error_with_the_nearest(given: Any) -> None:
    given("scores = 1", "scores")
    with pytest.raises(SrcreadError, match=r"for 'scroes'\. Did you mean 'scores'\?"):
        equation("scroes", 1)


def test_a_snippet_run_by_hand_finds_the_note_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SRCREAD_EQUATIONS", raising=False)
    main = ModuleType("__main__")
    main.__file__ = str(tmp_path / "one.py")
    monkeypatch.setitem(sys.modules, "__main__", main)
    with pytest.raises(SystemExit) as ended:
        equation("y", 2, x=1)
    assert ended.value.code == 77 and "put it beside the snippet" in capsys.readouterr().out
    (tmp_path / "one.md").write_text("Text.\n\n```equation\ny = 2 * x\n```\n", "utf-8")
    assert equation("y", 2, x=1)
