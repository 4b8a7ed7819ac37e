"""What `check` says of equations: their text, their names, their translations, their evaluation."""

# ruff: noqa: RUF001 - full-width punctuation belongs to Chinese

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_lookup import Texts

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import Diagnostic, Severity
from srcread.notes.code_names import names_at
from srcread.notes.rules import apply_fixes, check_tour
from srcread.sources import Sources, open_path

SOURCE = """\
import math

RATE = 2


def attend(q, k, v=None):
    head_dim = q.shape[-1]
    scores = q @ k.mT * math.sqrt(1.0 / float(head_dim))
    return scores * RATE


class Model:
    limit: int

    def __init__(self, size):
        self.size = size

    def run(self, x):
        return attend(x, x)
"""
TOUR = (
    'title = "T"\nentries = ["pkg.Model"]\nlanguages = ["en", "zh"]\n[distributions]\npkg = "1"\n'
)
NOTE = '+++\ntitle = "A fact"\nsymbol = "{symbol}"\n+++\nIt attends:[^adds]\n\n{fence}\n\n{tail}'
TAIL = '[^adds]: claim "It attends."\n'
SNIPPET = "import pkg\nfrom srcread.lab import equation\n\nq = k = scores = pkg.attend\n{claim}\n"
CLAIM = 'assert equation("scores", scores, q=q, k=k), "It attends."'
FENCE = "head_dim = q.shape[-1]\nscores = q @ k.mT / sqrt(head_dim)"
CHINESE = (
    '+++\ntitle = "x"\nsource_digest = ""\n[claims]\n"It attends." = "注意。"\n'
    "+++\n注意：[^adds]\n\n{fence}\n"
)


def fenced(text: str) -> str:
    return f"```equation\n{text}\n```"


def check(
    folder: Path,
    text: str = FENCE,
    *,
    claim: str = CLAIM,
    symbol: str = "pkg.attend",
    fence: str = "",
    chinese: str | None = None,
) -> list[Diagnostic]:
    """Check a tour of one note with one fence, as far as its equations are concerned."""
    package, tour = folder / "src" / "pkg", folder / "t"
    for each in (package, tour):
        each.mkdir(parents=True)
    (package / "__init__.py").write_text(SOURCE)
    (tour / "tour.toml").write_text(TOUR)
    note = NOTE.format(symbol=symbol, fence=fence or fenced(text), tail=TAIL)
    (tour / "one.md").write_text(note, "utf-8")
    (tour / "one.py").write_text(SNIPPET.format(claim=claim))
    if chinese is not None:
        (tour / "one.zh.md").write_text(CHINESE.format(fence=chinese), "utf-8")
    index = Index(Sources([open_path(package.parent)]))
    graph = build_graph(index, ["pkg.Model"])
    apply_fixes(check_tour(tour, index, graph).fixes)
    found = check_tour(tour, index, graph).diagnostics
    return [one for one in found if one.code != "NOTE020"]


def said(found: list[Diagnostic]) -> list[tuple[str, str, int, str]]:
    return [(one.code, Path(one.path).name, one.line, f"{one.message} {one.hint}") for one in found]


def test_an_equation_in_the_codes_own_names_is_right(tmp_path: Path) -> None:
    assert said(check(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "scores = q @ kk.mT",
            8,
            "Column 14: 'kk' stands nowhere in 'pkg.attend'. Did you mean 'k'?",
        ),
        (
            "d = 1\nscores = q @ k.mT / sqrt(head_dims)",
            9,
            "Column 26: 'head_dims' stands nowhere in 'pkg.attend'. Did you mean 'head_dim'?",
        ),
        (
            "scores = sofmax(q @ k)",
            8,
            "Column 10: 'sofmax' stands nowhere in 'pkg.attend'. Did you mean 'softmax'?",
        ),
        (
            "scores = q.zzz",
            8,
            "Column 10: 'zzz' stands nowhere in 'pkg.attend'. "
            "Write the code's own name, or name it on a left side of this fence.",
        ),
    ],
)
def test_a_name_that_the_code_has_not_is_an_error_with_its_place_and_the_nearest(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    found = check(tmp_path, text, claim='assert scores != q, "It attends."')
    assert said(found) == [("NOTE032", "one.md", line, message)]
    assert found[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "scores = q @ k.mT * RATE",
        "y = math.sqrt(q) + v",
        "n = 3\ny = sum(q[i] for i in range(n))",
        "y = attend(q, k, v=None)",
        "y = q.transpose(-2, -1)",
    ],
)
def test_names_of_the_module_of_tensors_and_of_the_fence_count(tmp_path: Path, text: str) -> None:
    assert check(tmp_path, text, claim='assert scores != q, "It attends."') == []


def test_a_method_has_the_names_of_its_class_and_not_of_other_functions(tmp_path: Path) -> None:
    lookup = Texts({"pkg": SOURCE})
    known = names_at(SOURCE, lookup.symbols["pkg.Model.run"])
    assert {"self", "x", "size", "limit", "attend", "RATE", "math", "Model"} <= known
    assert not {"q", "k", "scores", "head_dim"} & known


def test_a_text_that_cannot_be_read_is_an_error_at_its_line(tmp_path: Path) -> None:
    found = check(tmp_path, "scores = q\ny = [i for i in q]", claim="x = 1")
    message = "Column 5: '[i for i in q]': a list that is computed has no place in an equation. "
    assert ("NOTE031", "one.md", 9, message) in said(found)


def test_an_equation_in_a_list_is_none(tmp_path: Path) -> None:
    fence = "- It attends:[^adds]\n\n  ```equation\n  scores = q\n  ```"
    found = check(tmp_path, fence=fence, claim='assert scores != q, "It attends."')
    message = (
        "An equation stands in a list or a quote, or is indented. Put its fence at the left margin."
    )
    assert said(found) == [("NOTE031", "one.md", 9, message)]


def test_a_name_that_no_line_holds_is_too_wide(tmp_path: Path) -> None:
    name = "scores_" * 9
    found = check(tmp_path, f"{name} = q", claim='assert scores != q, "It attends."')
    assert [(one.code, one.line) for one in found] == [("NOTE033", 8)]


@pytest.mark.parametrize(
    ("chinese", "message"),
    [
        (fenced(FENCE), None),
        (fenced(FENCE.replace(" = ", "  =  ")), None),
        (fenced("scores = q"), "one.md has 'head_dim = q.shape[-1]' where this has 'scores = q'."),
        ("", "'head_dim = q.shape[-1]' of one.md is missing."),
        (fenced(f"{FENCE}\nx = q"), "'x = q' is not in one.md."),
    ],
)
def test_a_translation_has_the_equations_of_its_note(
    tmp_path: Path, chinese: str, message: str | None
) -> None:
    found = [one.message for one in check(tmp_path, chinese=chinese) if one.code == "TRANS011"]
    assert found == ([message] if message else [])


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (
            'assert equation("scroes", scores, q=q, k=k), "It attends."',
            "The note has no equation for 'scroes'. Did you mean 'scores'?",
        ),
        (
            'assert equation("scores", scores, q=q, k=k) or q, "It attends."',
            "equation('scores', …) is not the whole test of a claim. "
            "Write assert equation('scores', …), \"What it shows.\".",
        ),
        (
            'assert q != k, "It attends."\nequation("scores", scores, q=q, k=k)',
            "equation('scores', …) is not the whole test of a claim. "
            "Write assert equation('scores', …), \"What it shows.\".",
        ),
        (
            'assert equation("scores", scores, q=q), "It attends."',
            "equation('scores', …) is not given 'k'. Add k=…",
        ),
        (
            'assert equation("scores", scores, q=q, k=k, kk=k), "It attends."',
            "'kk' stands nowhere in the equation for 'scores'. Leave it out.",
        ),
        (
            'assert equation(q, scores), "It attends."',
            "equation is given a name and the value that the code computed. "
            'Write equation("scores", scores, q=q, k=k).',
        ),
    ],
)
def test_an_evaluation_names_an_equation_as_a_claims_own_test(
    tmp_path: Path, claim: str, message: str
) -> None:
    found = check(tmp_path, claim=claim)
    line = 5 + claim.count("\n")
    assert said(found) == [("CLAIM018", "one.py", line, message)]


@pytest.mark.parametrize(
    "claim",
    [
        'assert equation("scores", scores, q=q, k=k, head_dim=4), "It attends."',
        'assert q != k and equation("scores", scores, q=q, k=k), "It attends."',
        'values = {}\nassert equation("scores", scores, **values), "It attends."',
        'equation = pkg.attend\nassert pkg.equation(1) != q, "It attends."',
    ],
)
def test_other_ways_to_evaluate_are_right(tmp_path: Path, claim: str) -> None:
    assert said(check(tmp_path, claim=claim)) == []
