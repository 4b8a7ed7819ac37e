"""Pages before the W3C's checker (vnu): no error, where `SRCREAD_VNU` names its `vnu.jar`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.earlier_example import build_site
from support.html_checker import VNU, errors
from support.site_example import plans, view
from support.site_lab import LAB, shown
from support.site_runs import with_runs

from srcread.site import SiteAddress, publish

pytestmark = [
    pytest.mark.skipif(not VNU.is_file(), reason="needs vnu: SRCREAD_VNU=path/to/vnu.jar"),
    pytest.mark.skipif(shutil.which("java") is None, reason="needs java"),
]


def test_no_page_of_any_kind_has_an_error(tmp_path: Path) -> None:
    publish(
        tmp_path / "plain",
        plans(view(), view(name="second", title="Another tour", steps=(), chapters=())),
    )
    publish(tmp_path / "runs", plans(with_runs()))
    publish(tmp_path / "lab", shown(LAB))
    build_site(tmp_path / "earlier")
    place = SiteAddress("https://example.org/tours/", "/tours/")
    publish(tmp_path / "placed", plans(with_runs(), place=place))
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    assert errors(*pages) == []


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text("<!doctype html><title>x</title><p id=a><p id=a><img src=x>")
    assert any("Duplicate ID" in error for error in errors(page))
