"""Pages before the W3C's checker (vnu): no error, where `SRCREAD_VNU` names its `vnu.jar`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from earlier_example import build_site
from site_example import plans, view
from site_runs import with_runs
from test_site_lab import LAB, shown

from srcread.site import SiteAddress, publish

VNU = Path(os.environ.get("SRCREAD_VNU", "vnu.jar"))

pytestmark = [
    pytest.mark.skipif(not VNU.is_file(), reason="needs vnu: SRCREAD_VNU=path/to/vnu.jar"),
    pytest.mark.skipif(shutil.which("java") is None, reason="needs java"),
]


def errors(*pages: Path) -> list[str]:
    """Return what the checker calls an error, warnings left out: of those its policy is one."""
    command = ["java", "-Xss8m", "-jar", str(VNU), "--errors-only", "--format", "json", "--stdout"]
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True)
    found = json.loads(done.stdout)["messages"]
    return [f"{Path(one['url']).name}: {one['message']}" for one in found if one["type"] == "error"]


def test_no_page_of_any_kind_has_an_error(tmp_path: Path) -> None:
    publish(
        tmp_path / "plain",
        plans(view(), view(name="second", title="Another tour", steps=(), chapters=())),
    )
    publish(tmp_path / "runs", plans(with_runs()))
    publish(tmp_path / "lab", shown(LAB))
    build_site(tmp_path / "earlier")
    place = SiteAddress("https://example.org/tours/", "/tours/")
    publish(tmp_path / "placed", plans(with_runs(), place=place, prose=["en", "zh"]))
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    assert errors(*pages) == []


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text("<!doctype html><title>x</title><p id=a><p id=a><img src=x>")
    assert any("Duplicate ID" in error for error in errors(page))
