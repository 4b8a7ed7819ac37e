"""What a user keeps in a site's folder, and how the folder itself is, outlives every build."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.story_example import contents as tree

from srcread.errors import SrcreadError
from srcread.site import PagePlan, publish

linux = pytest.mark.skipif(sys.platform != "linux", reason="folders are exchanged on Linux")
posix = pytest.mark.skipif(os.name != "posix", reason="needs modes of folders")


def plan(address: str, text: str, render: Callable[[], bytes] | None = None) -> PagePlan:
    return PagePlan(address, f"key of {text}", render or (lambda: text.encode()))


def never() -> bytes:
    raise AssertionError("rendered though it was to be refused before")


def pages(text: str) -> list[PagePlan]:
    return [plan("index.html", text), plan("en/tour/a.html", text), plan("en/kept.html", "same")]


def shown(site: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(site).items() if name != ".srcread.json"}


OLD = {"index.html": b"old", "en/tour/a.html": b"old", "en/kept.html": b"same"}
NEW = {"index.html": b"new", "en/tour/a.html": b"new", "en/kept.html": b"same"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(tmp_path / "site", pages("old"))
    return tmp_path / "site"


def git(folder: Path, *words: str) -> str:
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *author, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_clone_in_the_folder_stays_a_clone(site: Path, tmp_path: Path) -> None:
    git(site, "init", "--quiet", "--initial-branch=gh-pages")
    git(site, "add", "-A")
    git(site, "commit", "--quiet", "-m", "the old site")
    git(site, "gc", "--quiet")  # which leaves folders in it empty, that git needs
    before = sorted(path.relative_to(site) for path in (site / ".git").rglob("*"))
    publish(site, pages("new"))
    assert sorted(path.relative_to(site) for path in (site / ".git").rglob("*")) == before
    changed = {".srcread.json", "en/tour/a.html", "index.html"}
    assert set(git(site, "diff", "--name-only").split()) == changed
    git(site, "commit", "--quiet", "-a", "-m", "the new site")
    git(site, "fsck", "--strict")
    git(tmp_path, "clone", "--quiet", "site", "copy")
    assert {name: data for name, data in shown(tmp_path / "copy").items() if name in NEW} == NEW


def test_a_worktree_of_a_clone_stays_one(tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    git(tmp_path / "clone", "init", "--quiet")
    git(tmp_path / "clone", "commit", "--quiet", "--allow-empty", "-m", "empty")
    site = tmp_path / "site"
    git(tmp_path / "clone", "worktree", "add", "--quiet", "-b", "gh-pages", str(tmp_path / "tree"))
    publish(site, pages("old"))
    (tmp_path / "tree" / ".git").rename(site / ".git")
    git(tmp_path / "clone", "worktree", "repair", str(site))
    git(site, "add", "-A")
    git(site, "commit", "--quiet", "-m", "the old site")
    publish(site, pages("new"))
    assert (site / ".git").is_file()
    assert "en/tour/a.html" in git(site, "status", "--porcelain")


def foreign(site: Path) -> dict[str, object]:
    """Return what is not of srcread below a folder: links as links, files with their inodes."""
    found: dict[str, object] = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if name in OLD or name == ".srcread.json" or (path.is_dir() and not path.is_symlink()):
            continue
        found[name] = os.readlink(path) if path.is_symlink() else path.lstat().st_ino
    return found


@pytest.mark.parametrize("way", ["exchange", "one by one"])
def test_files_and_links_of_a_user_stay_as_they_are(site: Path, tmp_path: Path, way: str) -> None:
    for name in ("CNAME", ".nojekyll", "robots.txt", "en/google1234.html"):
        (site / name).write_text(name)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("precious")
    (site / "to-a-folder").symlink_to("../outside")
    (site / "en" / "to-a-file").symlink_to("../CNAME")
    (site / "to-nothing").symlink_to("nowhere")
    os.link(tmp_path / "outside" / "file", site / "hard")
    if way == "one by one":
        (site / "empty").mkdir()
    before, folder = foreign(site), site.stat().st_ino
    assert len(before) == 8
    publish(site, pages("new"))
    assert foreign(site) == before
    assert shown(site).items() >= NEW.items()
    assert tree(tmp_path / "outside") == {"file": b"precious"}
    exchanged = sys.platform == "linux" and way == "exchange"
    assert (site.stat().st_ino != folder) is exchanged
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside", "site"]


def test_empty_folders_of_a_user_stay_and_those_of_removed_pages_go(site: Path) -> None:
    (site / "mine").mkdir()
    (site / "en" / "mine").mkdir()
    publish(site, [plan("index.html", "new")])
    folders = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_dir()]
    assert sorted(folders) == ["en", "en/mine", "mine"]
    assert shown(site) == {"index.html": b"new"}


@linux
def test_folders_of_removed_pages_go_in_an_exchange_too(site: Path) -> None:
    (site / "en" / "tour").chmod(0o755)
    publish(site, [plan("index.html", "new"), plan("en/kept.html", "same")])
    assert not (site / "en" / "tour").exists()
    assert shown(site) == {"index.html": b"new", "en/kept.html": b"same"}


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """Return an access list as Linux keeps it: tag, permissions and number of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


ANY = 0xFFFFFFFF
LIST = access_list((1, 7, ANY), (4, 7, ANY), (8, 5, 12345), (16, 7, ANY), (32, 0, ANY))


def properties(folder: Path) -> tuple[object, ...]:
    found = folder.stat()
    attributes = {name: os.getxattr(folder, name) for name in os.listxattr(folder)}
    return found.st_mode, found.st_uid, found.st_gid, attributes


@linux
def test_an_exchanged_folder_has_mode_group_and_attributes_of_the_old_one(site: Path) -> None:
    group = 12345 if os.geteuid() == 0 else os.getgid()
    for folder, mode in ((site, 0o2775), (site / "en", 0o770), (site / "en" / "tour", 0o1711)):
        os.chown(folder, -1, group)
        folder.chmod(mode)
    try:
        os.setxattr(site, "user.about", b"the site")
        os.setxattr(site / "en", "system.posix_acl_default", LIST)
        os.setxattr(site / "en", "system.posix_acl_access", LIST)
    except OSError:
        pytest.skip("this file system has no attributes")
    before = {folder: properties(folder) for folder in (site, site / "en", site / "en" / "tour")}
    inode = site.stat().st_ino
    publish(site, pages("new"))
    assert site.stat().st_ino != inode
    assert {folder: properties(folder) for folder in before} == before
    assert shown(site) == NEW


@linux
@pytest.mark.parametrize("way", ["exchange", "one by one"])
def test_a_new_page_gets_the_group_and_access_list_of_its_folder(site: Path, way: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs a second group")
    os.chown(site / "en" / "tour", -1, 12345)
    (site / "en" / "tour").chmod(0o2770)
    os.setxattr(site / "en", "system.posix_acl_default", LIST)
    if way == "one by one":
        (site / "empty").mkdir()
    publish(
        site, [*pages("new"), plan("en/second.html", "new"), plan("en/tour/deep/b.html", "new")]
    )
    assert (site / "en" / "tour" / "a.html").stat().st_gid == 12345
    assert (site / "en" / "tour" / "deep" / "b.html").stat().st_gid == 12345
    assert "system.posix_acl_access" in os.listxattr(site / "en" / "second.html")
    assert "system.posix_acl_access" not in os.listxattr(site / "index.html")


@linux
def test_a_folder_that_was_made_for_a_site_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site").chmod(0o2750)
    publish(tmp_path / "site", pages("new"))
    assert (tmp_path / "site").stat().st_mode & 0o7777 == 0o2750


HERE = """
import os, sys
from pathlib import Path
from srcread.site import PagePlan, publish
os.chdir(sys.argv[1])
publish(Path(sys.argv[2]), [PagePlan("index.html", "2", lambda: b"new")])
print(sorted(os.listdir(".")))
"""


@pytest.mark.parametrize(("folder", "out"), [(".", "."), (".", "../site"), ("en", "..")])
def test_who_stands_in_the_folder_sees_the_new_site(site: Path, folder: str, out: str) -> None:
    (site / "en" / "CNAME").write_text("mine")
    words = [sys.executable, "-c", HERE, str(site / folder), out]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    standing = ["CNAME"] if folder == "en" else [".srcread.json", "en", "index.html"]
    assert done.stdout.strip() == repr(standing)
    assert shown(site) == {"index.html": b"new", "en/CNAME": b"mine"}


def test_a_link_to_the_folder_stays_a_link(site: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("site")
    site.chmod(0o770)
    publish(tmp_path / "link", pages("new"))
    assert os.readlink(tmp_path / "link") == "site"
    assert shown(site) == NEW
    assert site.stat().st_mode & 0o777 == 0o770


@pytest.mark.parametrize(
    ("stands", "words"),
    [
        (lambda site: (site / "zh").symlink_to("en"), "is a link, and pages belong below it"),
        (lambda site: (site / "zh").write_text("mine"), "is a file, and pages belong below it"),
        (lambda site: (site / "zh" / "a.html").mkdir(parents=True), "is a folder, and a page"),
    ],
)
def test_what_stands_in_the_way_of_a_page_is_named_before_any_is_rendered(
    site: Path, stands: Callable[[Path], None], words: str
) -> None:
    stands(site)
    before = tree(site)
    with pytest.raises(SrcreadError, match=words):
        publish(site, [plan("zh/a.html", "new", never)])
    assert tree(site) == before


def test_no_file_is_removed_through_a_link(site: Path, tmp_path: Path) -> None:
    (site / "en").rename(tmp_path / "elsewhere")
    (site / "en").symlink_to("../elsewhere")
    (site / "mine").mkdir()
    before = tree(tmp_path / "elsewhere")
    publish(site, [plan("index.html", "new")])
    assert tree(tmp_path / "elsewhere") == before
    assert (site / "en").is_symlink()


@pytest.mark.parametrize("address", ["../precious", "en/../../precious", "/{}/precious"])
def test_a_manifest_that_names_files_outside_removes_none(
    site: Path, tmp_path: Path, address: str
) -> None:
    (tmp_path / "precious").write_text("mine")
    manifest = site / ".srcread.json"
    name = address.format(tmp_path)
    manifest.write_text(manifest.read_text().replace("en/kept.html", name))
    publish(site, [plan("index.html", "new")])
    assert (tmp_path / "precious").read_text() == "mine"


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_site_placing import pages
from srcread.site import publish
replace, left = Path.replace, [int(sys.argv[3])]
def dying(self, target):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return replace(self, target)
Path.replace = dying
publish(Path(sys.argv[1]), pages("new"))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system with SIGKILL")
@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_site_whose_build_was_killed_between_two_files_is_whole_with_the_next(
    site: Path, moved: int
) -> None:
    (site / "mine").mkdir()
    words = [sys.executable, "-c", KILLED, str(site), str(Path(__file__).parent), str(moved)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert shown(site).keys() == NEW.keys()
    publish(site, pages("old"))  # as before: the keys are those of the last whole build
    assert shown(site) == OLD
    assert sorted(path.name for path in site.iterdir()) == [
        ".srcread.json",
        "en",
        "index.html",
        "mine",
    ]
    assert sorted(path.name for path in site.parent.iterdir()) == ["site"]


def test_where_no_folder_can_be_exchanged_files_are_replaced_one_by_one(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    inode = site.stat().st_ino
    publish(site, pages("new"))
    assert shown(site) == NEW
    assert site.stat().st_ino == inode


def test_where_there_are_no_hard_links_kept_files_stay(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*words: object, **others: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    (site / "CNAME").write_text("mine")
    kept = (site / "en" / "kept.html").stat().st_ino
    publish(site, pages("new"))
    assert shown(site) == {**NEW, "CNAME": b"mine"}
    assert (site / "en" / "kept.html").stat().st_ino == kept


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter and write into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o777)
    shutil.rmtree(folder)


AS_ANYBODY = """
import ctypes, os, sys
sys.path.insert(0, sys.argv[2])
from test_site_placing import NEW, OLD, pages, shown
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
from pathlib import Path
from srcread.errors import SrcreadError
from srcread.site import publish
site = Path(sys.argv[1], "site")
publish(site, pages("old"))
exec(sys.argv[3])
try:
    publish(site, pages("new"))
except SrcreadError as error:
    print(error)
print("new" if shown(site) == NEW else "old" if shown(site) == OLD else shown(site))
print(sorted(path.name for path in site.parent.iterdir()))
"""


def as_anybody(folder: Path, between: str) -> list[str]:
    """Publish twice, as a user for whom modes count, and do something in between."""
    words = [sys.executable, "-c", AS_ANYBODY, str(folder), str(Path(__file__).parent), between]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


@linux
def test_a_folder_that_forbids_writing_keeps_its_mode_and_leaves_nothing(open_folder: Path) -> None:
    said = as_anybody(open_folder, "(site / 'en' / 'tour').chmod(0o555)")
    assert said == ["new", "['site']"]
    assert (open_folder / "site" / "en" / "tour").stat().st_mode & 0o777 == 0o555


@posix
def test_a_folder_that_forbids_replacing_a_file_in_it_is_named_and_nothing_changes(
    open_folder: Path,
) -> None:
    said = as_anybody(open_folder, "(site / 'mine').mkdir(); (site / 'en' / 'tour').chmod(0o555)")
    assert "/en/tour' may not be written. The old site is as it was." in said[0]
    assert said[1:] == ["old", "['site']"]


@posix
def test_a_site_in_a_folder_that_may_not_be_written_is_brought_up_to_date(
    open_folder: Path,
) -> None:
    said = as_anybody(open_folder / "around", "site.parent.chmod(0o555)")
    assert said == ["new", "['site']"]
