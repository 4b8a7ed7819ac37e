"""What people ask leads to a step, or stands with its reason on a page beside the steps."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from srcread.support.resources import resources

SHIPPED = resources("annotations")
DATA = Path(__file__).parent / "data"
ASKED: list[dict[str, Any]] = tomllib.loads((DATA / "questions.toml").read_text("utf-8"))[
    "question"
]
STEPS = {path.name.partition(".")[0] for path in SHIPPED.glob("*/*.md")}
SCENARIOS = {path.stem for path in SHIPPED.glob("*/scenarios/*.py")}
STATEMENTS = "torch-transformer/pages/common-statements"
PAGES = sorted(
    path.relative_to(SHIPPED).as_posix().removesuffix(".md")
    for path in SHIPPED.glob("*/pages/*.md")
    if path.suffixes == [".md"] and path.stem != "other-tools"  # has tests of its own
)


def test_each_question_asked_in_public_leads_to_a_step_or_to_the_reason_why_not() -> None:
    for one in ASKED:
        assert one["where"] and ("find" in one) != ("page" in one), one
        missing = set(one.get("find", ())) - STEPS
        assert not missing, (one["asked"], missing)
        if "page" in one:
            page = (SHIPPED / one["page"]).read_text("utf-8")
            assert f"| {one['asked']} | " in page, one["asked"]
            assert (SHIPPED / one["page"].replace(".md", ".zh.md")).is_file()
    asked = [one["asked"] for one in ASKED]
    assert len(asked) == len(set(asked)) >= 30


@pytest.mark.parametrize("file", ["first.toml", "second.toml"])
def test_each_question_of_the_search_has_an_answer_that_is_there(file: str) -> None:
    rows = tomllib.loads((DATA / "search" / file).read_text("utf-8"))["ask"]
    found = {stem for row in rows for stem in row["find"]}
    assert found - STEPS - SCENARIOS == set() and len(found) > 20


def rows_of(page: str) -> list[list[str]]:
    """Return the cells of all tables of a page, without their headings."""
    text = (SHIPPED / page).read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if not re.fullmatch(r"(statement|question|说法|问题)", row[0])]


@pytest.mark.parametrize("page", PAGES)
def test_each_row_of_a_page_leads_to_a_step_in_both_languages(page: str) -> None:
    english, chinese = rows_of(f"{page}.md"), rows_of(f"{page}.zh.md")
    assert len(english) == len(chinese) > 5
    for ours, theirs in zip(english, chinese, strict=True):
        links = re.findall(r"\]\((#[^)]*n-[^)]+)\)", " ".join(ours))
        assert links, ours[0]
        assert sorted(re.findall(r"\]\((#[^)]*n-[^)]+)\)", " ".join(theirs))) == sorted(links)
        assert len(ours) == len(theirs)


def test_the_statements_are_counted_by_their_verdicts_as_the_page_says() -> None:
    counts = {"true": 3, "true, but": 11, "outdated": 1, "misleading": 3}
    counts |= {"false on the fast path": 2, "false": 1}
    verdicts = [row[1] for row in rows_of(f"{STATEMENTS}.md")]
    assert {one: verdicts.count(one) for one in verdicts} == counts and len(verdicts) == 21
    chinese = [row[1] for row in rows_of(f"{STATEMENTS}.zh.md")]
    pairs = set(zip(verdicts, chinese, strict=True))
    assert len(pairs) == len(counts)  # one word for one verdict


def test_of_28_statements_on_tensorrt_llm_27_are_held_against_two_releases() -> None:
    rows = rows_of("tensorrt-llm-runtime/pages/common-statements.md")
    assert len(rows) == 27 and {len(row) for row in rows} == {4}
    assert {row[column] for row in rows for column in (1, 2)} == {"yes", "no", "partly", "n/a"}
    chinese = rows_of("tensorrt-llm-runtime/pages/common-statements.zh.md")
    pairs = {
        (ours[n], theirs[n]) for ours, theirs in zip(rows, chinese, strict=True) for n in (1, 2)
    }
    assert len(pairs) == 4  # one word for one verdict


@pytest.mark.skipif(find_spec("torch") is None, reason="needs torch, whose lines are counted")
def test_the_lines_that_the_statements_count_are_those_of_the_source() -> None:
    spec = find_spec("torch")
    assert spec is not None and spec.origin is not None
    nn = Path(spec.origin).parent / "nn"
    counts = [len((nn / "modules" / "transformer.py").read_text("utf-8").splitlines())]
    for file, name in (
        ("modules/activation.py", "MultiheadAttention"),
        ("functional.py", "multi_head_attention_forward"),
    ):
        (found,) = (
            one
            for one in ast.parse((nn / file).read_text("utf-8")).body
            if isinstance(one, (ast.ClassDef, ast.FunctionDef)) and one.name == name
        )
        counts.append((found.end_lineno or 0) - found.lineno + 1)
    text = (SHIPPED / f"{STATEMENTS}.md").read_text("utf-8")
    assert re.findall(r"(?<=has )[\d,]+(?= lines)|(?<=` )\d+", text) == [
        f"{count:,}" for count in counts
    ]
