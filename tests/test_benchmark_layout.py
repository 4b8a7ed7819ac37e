"""The benchmark of how pages with notes are laid out, on a site of one tour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.browser_tools import needs_chromium
from support.site_example import plans
from support.site_runs import with_runs

from benchmarks import layout
from srcread.site import publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(tmp_path / "site", plans(with_runs()))
    return tmp_path / "site"


def test_it_prints_the_figures_of_a_site_and_its_worst_pages(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout.main([str(site), "--worst", "1"])
    line, worst = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{site}: 3 pages, 3 notes, 0 across; holes 0 px (empty 0, worst 0)")
    assert re.search(r"tails 0, drift \d+ px = \d\.\d lines \(over 12: 0 pages\)", line)
    assert line.endswith("shift 0.0000")
    assert "address='en/example/1.5/" in worst


def test_it_counts_further_ways_only_when_asked_and_sees_a_hole(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = site / "style.css"
    style.write_text(
        f"{style.read_text('utf-8')} .group + .group {{ margin-top: 300px; }}", "utf-8"
    )
    layout.main([str(site), "--all", "--language", "zh"])
    line = capsys.readouterr().out
    assert ": 4 pages" in line
    assert re.search(r"holes (\d+) px \(empty \1, worst 3\d\d\)", line)
