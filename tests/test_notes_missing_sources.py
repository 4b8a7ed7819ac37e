"""A tour whose sources cannot be had is checked as far as that goes, and says so."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from srcread.check import check

TOUR = """\
title = "A tour of nothing"
entries = ["{entry}"]
[distributions]
{distribution} = "{version}"
"""


def write_tour(folder: Path, entry: str, distribution: str, release: str) -> Path:
    tour = folder / "a-tour"
    tour.mkdir()
    text = TOUR.format(entry=entry, distribution=distribution, version=release)
    (tour / "tour.toml").write_text(text, encoding="utf-8")
    return folder


def test_an_entry_that_does_not_exist_is_a_finding_that_names_the_nearest(tmp_path: Path) -> None:
    annotations = write_tour(tmp_path, "click.Comand", "click", version("click"))
    findings = check([], annotations=annotations).findings
    (found,) = [item for item in findings if item.code == "TOUR019"]
    assert Path(found.path).name == "tour.toml"
    assert "'click.Comand'" in found.message
    assert "Did you mean 'click.Command'?" in found.message
