"""A site on or around a mount: it is brought up to date, or refused before anything is rendered."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.mounted import run_mounted
from support.story_example import contents as tree
from test_site_placing import NEW, OLD, pages, shown

from srcread.site import publish


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(tmp_path / "site", pages("old"))
    return tmp_path / "site"


PUBLISH = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_site_placing import pages, shown
from srcread.errors import SrcreadError
from srcread.site import PagePlan, publish
site = Path(sys.argv[2])
try:
    for text in sys.argv[3:]:
        publish(site, pages(text))
    print({name: data.decode() for name, data in shown(site).items()})
except SrcreadError as error:
    print(error)
print(sorted(path.name for path in Path(".").iterdir()))
print(sorted(path.name for path in site.iterdir()))
"""


def mounted(shell: str, folder: Path, out: str, *texts: str) -> list[str]:
    """Mount, publish the site of these texts one after the other, and return what is said."""
    words = ["-c", PUBLISH, str(Path(__file__).parent), out, *texts]
    done = run_mounted(shell, *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "shell",
    ["mount -t tmpfs none mount; mkdir mount/lost+found", "mount --bind volume mount"],
)
def test_a_mount_point_is_brought_up_to_date(tmp_path: Path, shell: str) -> None:
    for name in ("mount", "volume"):
        (tmp_path / name).mkdir()
    said = mounted(shell, tmp_path, "mount", "old", "new")
    assert said[0] == repr({name: data.decode() for name, data in sorted(NEW.items())})
    assert said[1] == "['mount', 'volume']"
    assert said[2].replace(", 'lost+found'", "") == "['.srcread.json', 'en', 'index.html']"


def test_what_is_mounted_inside_a_site_stays_mounted_and_whole(site: Path, tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "precious").write_text("mine")
    (site / "mine").mkdir()
    mounted("mount --bind volume site/mine; mount -t tmpfs none site/en", tmp_path, "site", "new")
    assert tree(tmp_path / "volume") == {"precious": b"mine"}
    assert (site / "index.html").read_bytes() == b"new"
    assert (site / "en" / "tour" / "a.html").read_bytes() == b"old"  # below the mount, gone by now


def test_pages_are_written_into_what_is_mounted_where_they_belong(
    site: Path, tmp_path: Path
) -> None:
    said = mounted("mount -t tmpfs none site/en", tmp_path, "site", "new")
    assert said[0] == repr({name: data.decode() for name, data in sorted(NEW.items())})


def test_a_mount_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    said = mounted("mount -t tmpfs -o ro none mount", tmp_path, "mount", "old")
    assert "mount' cannot be written: Read-only file system." in said[0]


def test_a_page_on_which_a_file_is_mounted_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    said = mounted("mount --bind file site/index.html", tmp_path, "site", "new")
    assert "index.html' is a mount, and a page belongs there" in said[0]
    assert shown(site) == OLD
    assert (tmp_path / "file").read_text() == "mine"
