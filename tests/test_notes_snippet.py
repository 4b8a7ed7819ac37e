"""A snippet's claims are read from its syntax, and what proves nothing is refused unrun."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcread.model import Claim, Severity, Snippet
from srcread.notes.snippet import read_snippet

HEAD = "import torch\ntorch.manual_seed(0)\nx = torch.randn(3)\n"


def read(folder: Path, text: str) -> tuple[Snippet | None, list[tuple[str, int]]]:
    path = folder / "one.py"
    path.write_text(text, encoding="utf-8")
    snippet, findings = read_snippet(path, ["torch"])
    return snippet, [(finding.code, finding.line) for finding in findings]


def claims(folder: Path, text: str) -> list[Claim]:
    snippet, found = read(folder, HEAD + text)
    assert snippet is not None
    assert found == []
    return list(snippet.claims)


def test_a_claim_has_its_sentence_its_line_and_its_test(tmp_path: Path) -> None:
    assert claims(tmp_path, 'assert x.sum() > 0, "It is positive."') == [
        Claim("It is positive.", 4, "x.sum() > 0")
    ]


def test_a_claims_column_counts_characters(tmp_path: Path) -> None:
    text = 'y = "\U0001f600é"; assert y, "It is one."; assert x.dim(), "So is it."'
    assert [(claim.line, claim.column) for claim in claims(tmp_path, text)] == [(4, 10), (4, 34)]


def test_claims_are_found_at_any_depth_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
def check():
    for n in x:
        assert n < 9, "First."
assert x.dim() == 1, "Second."
with torch.no_grad():
    assert x.grad is None, "Third."
"""
    assert [claim.sentence for claim in claims(tmp_path, text)] == ["First.", "Second.", "Third."]


def test_the_operands_of_and_are_counted_as_parts(tmp_path: Path) -> None:
    text = 'assert (x.dim() and x.sum()) and (x.a or x.b) and not x.c, "Many."'
    assert [claim.parts for claim in claims(tmp_path, text)] == [4]


def test_a_test_of_several_lines_keeps_them_without_its_brackets(tmp_path: Path) -> None:
    text = 'if x.dim():\n    assert (\n        "é" in str(x)\n        or x.a\n    ), "It holds."\n'
    assert claims(tmp_path, text)[0].code == '"é" in str(x)\nor x.a'


def test_a_sentence_in_adjacent_pieces_is_one_literal(tmp_path: Path) -> None:
    assert claims(tmp_path, 'assert x.a, ("One "\n "sentence.")')[0].sentence == "One sentence."


@pytest.mark.parametrize(
    "line",
    [
        'torch.testing.assert_close(x, x + 0, msg="They agree.")',
        'from torch import testing; testing.assert_close(x, x + 0, msg="They agree.")',
        'from torch.testing import assert_close; assert_close(x, x + 0, msg="They agree.")',
        'from torch.testing import assert_close as same; same(x, x + 0, msg="They agree.")',
    ],
)
def test_an_assertion_of_torch_is_a_claim_with_msg(tmp_path: Path, line: str) -> None:
    (claim,) = claims(tmp_path, line)
    assert (claim.sentence, claim.parts) == ("They agree.", 1)
    assert "(x, x + 0" in claim.code


def test_another_objects_assert_close_is_no_claim(tmp_path: Path) -> None:
    _, found = read(tmp_path, HEAD + "x.assert_close(1)\n")
    assert found == [("CLAIM015", 0)]


def test_a_guard_is_no_claim_and_needs_no_sentence(tmp_path: Path) -> None:
    text = 'if x.dim() != 1:\n    assert False\nassert x.a, "It holds."\n'
    assert [claim.sentence for claim in claims(tmp_path, text)] == ["It holds."]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("assert (", "CLAIM001"),
        ("assert x.a", "CLAIM002"),
        ("torch.testing.assert_close(x, x + 1)", "CLAIM002"),
        ('assert x.a, f"It is {x}."', "CLAIM003"),
        ('assert x.a, "It " + "holds."', "CLAIM003"),
        ("assert x.a, 5", "CLAIM003"),
        ('assert x.a, " "', "CLAIM004"),
        ('assert x.a, "It\\nholds."', "CLAIM004"),
        ('assert x.a, "It holds"', "CLAIM005"),
        ('assert x.a, "It \\u202e holds."', "NOTE028"),
        ('assert (x.a, "It holds."), "It holds."', "CLAIM007"),
        ('assert [x.a], "It holds."', "CLAIM007"),
        ('assert {x: 1}, "It holds."', "CLAIM007"),
        ('assert f"{x}", "It holds."', "CLAIM007"),
        ('assert True, "It holds."', "CLAIM008"),
        ('assert not 0, "It holds."', "CLAIM008"),
        ('assert "x", "It holds."', "CLAIM008"),
        ('assert lambda: x.a, "It holds."', "CLAIM009"),
        ('assert x.a == x.a, "It holds."', "CLAIM010"),
        ('assert x.a is (x.a), "It holds."', "CLAIM010"),
        ('assert 0 < x.a <= x.a, "It holds."', "CLAIM010"),
        ('assert torch.equal(x.a, x.a), "It holds."', "CLAIM010"),
        ('assert not x.equal(x), "It holds."', "CLAIM010"),
        ('torch.testing.assert_close(x, x, msg="It holds.")', "CLAIM010"),
        ('assert 1 + 1 == 2, "It holds."', "CLAIM011"),
        ('assert x.a and True, "It holds."', "CLAIM008"),
        ('assert x.a and (x.b and x == x), "It holds."', "CLAIM010"),
    ],
)
def test_a_claim_that_cannot_fail_or_says_nothing_is_refused(
    tmp_path: Path, text: str, code: str
) -> None:
    _, found = read(tmp_path, HEAD + text)
    assert found == [(code, 4)]


@pytest.mark.parametrize(
    "test", ["x.a or True", "torch.equal(x, x + 0)", "f(x, x)", "x != x.T", "-x.a", "(x.a,)[0]"]
)
def test_a_claim_that_can_fail_is_left_to_the_run(tmp_path: Path, test: str) -> None:
    assert len(claims(tmp_path, f'assert {test}, "It holds."')) == 1


def test_a_sentence_stands_once_in_its_snippet(tmp_path: Path) -> None:
    text = 'assert x.a, "It holds."\nassert x.b, "It holds."\n'
    assert read(tmp_path, HEAD + text)[1] == [("CLAIM006", 5)]


@pytest.mark.parametrize(
    "handler", ["AssertionError", "Exception", "(ValueError, AssertionError)", ""]
)
def test_a_guard_whose_error_is_caught_is_refused(tmp_path: Path, handler: str) -> None:
    text = f'try:\n    x.a()\n    assert False\nexcept {handler}:\n    ok = 1\nassert x.b, "Yes."\n'
    text = text.replace("except :", "except:")
    assert read(tmp_path, HEAD + text)[1] == [("CLAIM012", 6)]


def test_a_guard_beside_another_errors_handler_is_allowed(tmp_path: Path) -> None:
    text = "try:\n    x.a()\n    assert False\nexcept ValueError as error:\n    e = error\n"
    assert len(claims(tmp_path, text + 'assert "x" in str(e), "It raises."\n')) == 1


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import numpy as np", "numpy"),
        ("from transformers.models import bert", "transformers.models"),
        ("import srcread", "srcread"),
        ("from srcread.notes import tour", "srcread.notes"),
        ("from srcread import notes", "srcread.notes"),
        ("from . import other", "."),
    ],
)
def test_a_snippet_imports_nothing_undeclared(tmp_path: Path, line: str, name: str) -> None:
    path = tmp_path / "one.py"
    path.write_text(f'import torch\n{line}\nassert torch.a, "It holds."\n')
    _, findings = read_snippet(path, ["torch"])
    assert [(one.code, one.line) for one in findings] == [("CLAIM013", 2)]
    assert repr(name) in findings[0].message


@pytest.mark.parametrize(
    "line",
    [
        "import os.path, math",
        "import torch.nn.functional as F",
        "from srcread import lab",
        "from srcread.lab import must_fail",
        "import srcread.lab.extract",
    ],
)
def test_a_snippet_imports_the_library_the_tours_packages_and_the_lab(
    tmp_path: Path, line: str
) -> None:
    assert len(claims(tmp_path, f'{line}\nassert x.a, "It holds."')) == 1


@pytest.mark.parametrize(
    "draw", ["torch.rand(3)", "torch.empty(3).normal_()", "torch.nn.Linear(2, 2)"]
)
def test_a_draw_before_the_seed_is_a_warning(tmp_path: Path, draw: str) -> None:
    claim = '\nassert y.a, "It holds."\n'
    assert read(tmp_path, f"import torch\ny = {draw}{claim}")[1] == [("CLAIM014", 2)]
    late = f"import torch\ny = {draw}\ntorch.manual_seed(0){claim}"
    assert read(tmp_path, late)[1] == [("CLAIM014", 2)]
    seeded = f"import torch\ntorch.manual_seed(0)\ny = {draw}{claim}"
    assert read(tmp_path, seeded)[1] == []


def test_a_draw_in_a_function_above_the_seed_is_fine(tmp_path: Path) -> None:
    text = (
        "import torch\ndef f():\n    return torch.rand(3)\ntorch.manual_seed(0)\ny = f()\n"
        'assert y.a, "It holds."\n'
    )
    assert read(tmp_path, text)[1] == []


def test_a_snippet_without_a_claim_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("print(1)\n")
    snippet, findings = read_snippet(path)
    assert snippet is not None
    assert snippet.claims == ()
    assert [(one.code, one.severity) for one in findings] == [("CLAIM015", Severity.WARNING)]


def test_a_snippet_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    read(tmp_path, f"open({str(marker)!r}, 'w')\n")
    assert not marker.exists()


def test_a_snippet_nested_too_deeply_is_a_finding(tmp_path: Path) -> None:
    _, found = read(tmp_path, "x = " + "(" * 250 + ")" * 250)
    assert [code for code, _ in found] == ["CLAIM001"]


def test_a_snippet_with_a_null_byte_is_two_findings(tmp_path: Path) -> None:
    assert read(tmp_path, "x = 1\0")[1] == [("NOTE028", 1), ("CLAIM001", 0)]


def test_a_declared_control_names_a_claim_and_is_the_test_of_an_if(tmp_path: Path) -> None:
    head = HEAD + "from srcread.lab import must_fail\n"
    claim = 'assert x.sum() > 0, "It is positive."\n'
    good = head + 'if must_fail("It is positive."):\n    x = -x\n' + claim
    assert read(tmp_path, good)[1] == []
    for wrong in (
        'if must_fail("It is postive."):\n    x = -x\n',
        'if must_fail("It is positive.") or x.sum():\n    x = -x\n',
        'if must_fail("It is positive."):\n    x = -x\nelse:\n    x = x\n',
        'flag = must_fail("It is positive.")\n',
        "if must_fail(str(x)):\n    x = -x\n",
        "if must_fail():\n    x = -x\n",
    ):
        assert read(tmp_path, head + wrong + claim)[1] == [("CLAIM017", 5)], wrong
