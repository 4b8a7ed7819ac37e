"""The grids of a run: from the snippet's process into a record, and back with suspicion."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
from support.claims_example import claims_of
from support.site_example import run as recorded

from srcread.evidence.grids import cell_text, grid_lines, grids_json, read_grids
from srcread.evidence.loading import Unusable
from srcread.evidence.runs import read_run, run_json
from srcread.model import Band, Depends, Grid, ReasonCode, Run
from srcread.running.plan import Job
from srcread.running.runner import run_jobs

needs_posix = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

GRID = Grid(
    "Weights", "query", "key", (("nan", "nan"), (0.25, -1e-9)), Band("padding", (False, True))
)
WRITTEN: dict[str, Any] = {"title": "A", "rows": "r", "columns": "c", "cells": [[0.5]]}


def ran(text: str) -> Run:
    whole = dedent(text) + "\nassert len('end') == 3, 'It came to its end.'\n"
    job = Job("snippet", whole, claims_of(whole), Depends("snippet"))
    return run_jobs([job], distributions=(), trusted=True, date="2026-01-02")[0]


@needs_posix
def test_what_a_snippet_shows_is_recorded_and_says_nothing_of_its_proof() -> None:
    found = ran("""
        from srcread.lab import show_grid

        band = "pad", [False, True]
        show_grid("A mask", [[True, False]], rows="query", columns="key", band=band)
        """)
    assert found.confirmed and found.lab is None
    assert found.grids == (
        Grid("A mask", "query", "key", ((True, False),), Band("pad", (False, True))),
    )


@needs_posix
def test_an_error_of_show_grid_ends_the_snippet_with_its_words() -> None:
    found = ran("""
        from srcread.lab import show_grid

        show_grid("Long", [[1.0] * 9], rows="query", columns="key")
        """)
    (reason,) = found.reasons
    assert reason.code is ReasonCode.RAISED_AT_SAYING
    assert "a grid has 1 to 8 of each" in str(reason.values["message"])


@needs_posix
@pytest.mark.parametrize(
    "spoiled",
    [
        'told.grids.append({"title": "A", "rows": "r", "columns": "c", "cells": [[0.5] * 9]})',
        'told.grids.append("text")',
        "told.grids = {1: 2}",
        'told.grids.append({"title": "A", "rows": "r", "columns": "c", "cells": [["<b>"]]})',
    ],
)
def test_what_a_snippet_writes_into_the_account_itself_does_not_confirm(spoiled: str) -> None:
    found = ran(f"from srcread.lab import told\n{spoiled}\n")
    assert not found.confirmed and found.grids == ()
    assert found.reasons[0].code is ReasonCode.LAB_UNREADABLE


def test_grids_are_written_and_read_back_and_a_run_without_any_has_no_key() -> None:
    assert read_grids(json.loads(json.dumps(grids_json([GRID])))) == (GRID,)
    written = json.loads(json.dumps(run_json(replace(recorded(), grids=(GRID,)))))
    assert read_run(written).grids == (GRID,)
    assert "grids" not in run_json(recorded())


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "x" * 81},
        {"title": "two\nlines"},
        {"title": "\u202egnp"},
        {"title": 5},
        {"rows": "x" * 41},
        {"columns": None},
        {"cells": []},
        {"cells": [[]]},
        {"cells": [[0.5]] * 9},
        {"cells": [[0.5] * 9]},
        {"cells": [[0.5], [0.5, 0.5]]},
        {"cells": [[0.5, True]]},
        {"cells": [[0.5, 1]]},
        {"cells": [[0.123]]},
        {"cells": [["NaN"]]},
        {"cells": [[None]]},
        {"cells": [[[0.5]]]},
        {"cells": [[100_000]]},
        {"cells": [[float("nan")]]},
        {"cells": "0.5"},
        {"band": None},
        {"band": {"name": "pad", "marks": []}},
        {"band": {"name": "pad", "marks": [1]}},
        {"band": {"name": "", "marks": [True]}},
        {"band": {"marks": [True]}},
    ],
)
def test_a_grid_that_no_run_can_have_shown_is_refused(change: dict[str, Any]) -> None:
    read_grids([WRITTEN])
    with pytest.raises(Unusable):
        read_grids([{**WRITTEN, **change}])


def test_nine_grids_two_of_one_title_and_no_list_are_refused() -> None:
    for listed in ([{**WRITTEN, "title": str(n)} for n in range(9)], [WRITTEN] * 2, WRITTEN, [5]):
        with pytest.raises(Unusable):
            read_grids(listed)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "True"),
        (0, "0"),
        (0.0, "0"),
        (0.4, "0.40"),
        (-0.25, "-0.25"),
        (1.0, "1"),
        (1.5, "1.5"),
        (0.05, "0.05"),
        (1e-30, "1e-30"),
        (-3.4e38, "-3.4e38"),
        (1200.0, "1200"),
        ("nan", "NaN"),
        ("-inf", "-inf"),
    ],
)
def test_a_value_is_written_in_few_letters(cell: Any, text: str) -> None:
    assert cell_text(cell) == text


def test_a_grid_as_text_has_its_rows_in_columns_and_a_mark_over_each_of_its_band() -> None:
    assert grid_lines(GRID) == [
        "Weights (query down, key across)",
        "* padding",
        "              *",
        "       0      1",
        "0    NaN    NaN",
        "1   0.25  -1e-9",
    ]
