"""A note as a notebook: valid, in the reader's language, its cells the snippet in order."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from support.site_example import page, plans, step_on_call, view

from srcread.model import Snippet

FOLDER = "example/1.5/snippets/"
SNIPPET = '''\
"""Count."""

import os
import sys

# how many
count = len(
    [

        1,
    ]
)


def twice(n):
    first = n

    return first * 2


print(twice(count))
assert twice(count) == 2, "It is two."
'''


def notebook(text: str, language: str = "en") -> dict[str, Any]:
    """Return the notebook of the example's second step with another snippet."""
    step = step_on_call()
    assert step.snippet is not None
    step = replace(step, snippet=replace(step.snippet, text=text))
    planned = plans(view(steps=(step,), chapters=()))
    content: dict[str, Any] = json.loads(page(planned, f"{language}/{FOLDER}run.ipynb"))
    return content


def cells(content: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in content["cells"]]


def test_a_notebook_is_valid() -> None:
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    nbformat.validate(nbformat.reads(json.dumps(notebook(SNIPPET)), as_version=4))


def test_the_first_cell_is_the_note_and_names_what_it_needs() -> None:
    first = cells(notebook(SNIPPET))[0]
    assert first.startswith("# ")
    assert "The layer is *called*" in first
    assert first.endswith("· pkg==1.5")


def test_statements_that_stand_apart_are_cells_and_no_statement_is_cut() -> None:
    _, *code = cells(notebook(SNIPPET))
    assert [cell.splitlines()[0] for cell in code] == [
        '"""Count."""',
        "import os",
        "# how many",
        "def twice(n):",
        "print(twice(count))",
    ]
    assert "\n".join(code).replace("\n", "") == SNIPPET.replace("\n", "")
    for cell in code:
        compile(cell, "cell", "exec")


def test_a_snippet_is_there_as_the_file_that_it_is() -> None:
    step = step_on_call()
    assert isinstance(step.snippet, Snippet)
    planned = plans(view(steps=(step,), chapters=()))
    assert page(planned, f"zh/{FOLDER}run.py") == step.snippet.text
    html = page(planned, "en/example/1.5/pkg.model.Model.forward.html")
    assert '<a href="snippets/run.py" download>run.py</a>' in html
    assert '<a href="snippets/run.ipynb" download>as a notebook</a>' in html
