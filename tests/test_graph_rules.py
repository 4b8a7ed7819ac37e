"""The interpreter's parts: each shows by an example what it answers, and each question is asked."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_type_hints

import pytest

from srcread.graph.infer import ask

INFER = Path(ask.__file__).parent
PARTS = sorted(
    path.relative_to(INFER).as_posix()
    for folder in ("rules", "core")
    for path in (INFER / folder).glob("*.py")
    if path.stem != "__init__"
)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_has_a_worked_example(part: str) -> None:
    words = ast.get_docstring(ast.parse((INFER / part).read_text("utf-8"))) or ""
    _, found, example = words.partition("\nFor example, ")
    assert found, f"{part} says nothing by an example"
    assert len(example.splitlines()) >= 2


def test_every_question_that_may_be_asked_is_asked() -> None:
    text = "".join(
        path.read_text("utf-8") for path in INFER.parent.rglob("*.py") if path != Path(ask.__file__)
    )
    kinds = get_type_hints(ask.Interpreter)
    questions = [
        f"{kind}.{name}"
        for kind, protocol in kinds.items()
        if protocol.__name__.endswith("Questions")
        for name in vars(protocol)
        if not name.startswith("_")
    ]
    assert len(questions) > 40
    unasked = [item for item in questions if not re.search(rf"\b{re.escape(item)}\b", text)]
    assert unasked == []
