"""Sources from git: what is read, what is kept with it, and what a repository cannot do here."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support.git_example import FILES, git, make_repository, write_table
from support.story_example import contents, environment, srcread, write

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.sources import Sources, fetch, find_package, open_distribution, open_package
from srcread.sources.archive import ArchiveLimits
from srcread.sources.git.command import Bounds
from srcread.sources.git.known import known_repository
from srcread.sources.git.repository import read_clone
from srcread.sources.git.request import Request, choose_request


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder, with a store of its own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    return folder


def request(repository: Path, **changes: object) -> Request:
    plain = Request("frame", "1.0", repository.as_uri(), "refs/tags/v1.0")
    return replace(plain, **changes)  # type: ignore[arg-type] # any field


def target(folder: Path) -> Path:
    place = folder / "draft" / "files"
    place.mkdir(parents=True)
    return place


def test_only_python_and_licences_are_read_byte_for_byte(tmp_path: Path, here: Path) -> None:
    write_table(here, make_repository(tmp_path))
    found = fetch("frame==1.0")
    assert sorted(contents(found.root)) == [
        "LICENSE",
        "examples/bloom/build.py",
        "frame/__init__.py",
        "frame/model.py",
        "frame/ops.py",
    ]
    assert (found.root / "frame/ops.py").read_bytes() == FILES["frame/ops.py"].encode()
    assert (found.origin, found.packages) == (Origin.GIT, ("examples", "frame"))
    assert found.licence_expression == "MIT"
    assert [licence.text for licence in found.licences] == ["Do as you like.\n"]


def test_the_commit_is_kept(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path)
    found = fetch("frame==1.0", address=str(bare))
    kept = json.loads((found.root.parent / "origin.json").read_text(encoding="utf-8"))
    assert kept["commit"] == git(bare, "rev-parse", "v1.0")
    assert (kept["address"], kept["reference"]) == (str(bare), "refs/tags/v1.0")
    assert os.listdir(found.root.parent) in (["files", "origin.json"], ["origin.json", "files"])


@pytest.mark.parametrize("filters", [True, False])
def test_a_server_that_cannot_leave_files_out_gives_the_same(tmp_path: Path, filters: bool) -> None:
    bare = make_repository(tmp_path, filters=filters)
    place = target(tmp_path)
    read_clone(request(bare), place)
    assert (place / "frame/ops.py").read_text(encoding="utf-8") == FILES["frame/ops.py"]


def test_files_that_are_not_read_are_not_transferred(tmp_path: Path) -> None:
    large = {**FILES, "data.bin": os.urandom(400_000).hex()}
    bare = make_repository(tmp_path, large)
    read_clone(request(bare), target(tmp_path), bounds=Bounds(repository_bytes=300_000))
    git(bare, "config", "uploadpack.allowFilter", "false")
    place = target(tmp_path / "again")
    with pytest.raises(SourceError, match="sends more than 300,000 bytes"):
        read_clone(request(bare), place, bounds=Bounds(repository_bytes=300_000))


def test_a_second_fetch_reads_nothing(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path)
    write_table(here, bare)
    first = fetch("frame==1.0")
    bare.rename(tmp_path / "gone.git")
    assert fetch("Frame==1.0") == first
    assert open_distribution("frame", "1.0", offline=True) == first
    assert srcread("fetch", "frame==1.0").output == "frame 1.0: 4 modules in the store.\n"


def test_another_reference_does_not_pass_for_what_is_stored(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path)
    fetch("frame==1.0", address=str(bare))
    assert fetch("frame==1.0", address=str(bare)).version == "1.0"
    with pytest.raises(SourceError, match=r"in the store already, .* at 'refs/tags/v1\.0'"):
        fetch("frame==1.0", address=str(bare), reference="main")


def test_any_distribution_can_be_read_from_a_clone(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path, {"src/other/__init__.py": "x = 1\n", "tests/test.py": ""})
    found = fetch("other==2.0", address=str(bare), reference="v1.0")
    assert (found.packages, found.folder) == (("other",), "src/")
    assert Sources([found]).modules("other") == ("other",)
    assert open_package("other") == found


def test_permalinks_lead_to_the_commit_or_for_a_local_clone_to_the_tag(
    tmp_path: Path, here: Path
) -> None:
    bare = make_repository(tmp_path)
    known = choose_request("tensorrt-llm", "0.7.1")
    local = choose_request("tensorrt-llm", "0.7.1", str(bare), "main")
    fork = choose_request("tensorrt-llm", "0.7.1", "https://github.com/me/fork", "main")
    assert known and local and fork
    home = "https://github.com/NVIDIA/TensorRT-LLM"
    assert (known.address, known.reference) == (home, "refs/tags/v0.7.1")
    assert (known.repository, known.exact, known.tag) == (home, True, "v0.7.1")
    assert (local.repository, local.exact, local.tag) == (home, False, "v0.7.1")
    assert (fork.repository, fork.exact, fork.tag) == ("https://github.com/me/fork", True, None)


def test_a_version_that_was_never_tagged_is_read_at_the_commit_that_a_table_names(
    tmp_path: Path, here: Path
) -> None:
    bare = make_repository(tmp_path)
    request = choose_request("nano-vllm", "0.2.0")
    assert request is not None and request.exact
    assert request.reference == request.tag and re.fullmatch("[0-9a-f]{40}", request.reference)
    table = f'[frame]\nrepository = "{bare.as_uri()}"\ncommits = {{ "0.9" = "v1.0" }}\n'
    write(here / "annotations", {"repositories.toml": table})
    assert fetch("frame==0.9").version == "0.9"


def test_a_table_of_the_readers_own_wins(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path)
    write_table(here, bare, "TensorRT_LLM")
    known = known_repository("tensorrt-llm")
    assert known is not None and known.repository == bare.as_uri()


BAD_TABLES = {
    "an unknown key": ('[frame]\nrepositry = "x"', "unknown key 'repositry'. Did you mean"),
    "no repository": ('[frame]\ntag = "{version}"', 'needs repository = "https'),
    "a tag for all": ('[frame]\nrepository = "x"\ntag = "v1"', "{version} in its tag"),
    "no text": ("[frame]\nrepository = 3", "repository = 3, which is not a text"),
    "a number for a commit": (
        '[frame]\nrepository = "x"\ncommits = {"1.0" = 7}',
        "which is not a table of texts",
    ),
    "no TOML": ("[frame", "repositories.toml cannot be read"),
    "no table": ("frame = 1", "'frame' is no table"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_table_that_is_wrong_is_named(case: str, here: Path) -> None:
    text, message = BAD_TABLES[case]
    write(here / "annotations", {"repositories.toml": text})
    result = srcread("fetch", "frame==1.0")
    assert result.exit_code == 2
    assert message in result.output
    assert result.output.count("\n") == 1


BAD_REQUESTS = {
    "no version": (["fetch", "tensorrt-llm"], "srcread fetch tensorrt-llm==0.7.1"),
    "no folder": (["fetch", "x==1", "--from", "fraem.git"], "no folder 'fraem.git'"),
    "plain http": (["fetch", "x==1", "--from", "http://a/b"], "only https, file, ssh addresses"),
    "a program": (["fetch", "x==1", "--from", "ext::sh -c x"], "no folder 'ext::sh -c x'"),
    "an option": (["fetch", "x==1", "--ref=--upload-pack=x", "--from", "."], "no branch, tag"),
    "a refspec": (["fetch", "x==1", "--ref=a:b", "--from", "."], "'a:b' is no branch, tag"),
    "no address": (["fetch", "x==1", "--ref", "main"], "No table knows a repository of 'x'"),
    "no repository": (["fetch", "x==1", "--from", "."], "cannot be read"),
    "a path": (["fetch", "x==../../y", "--from", ".", "--ref=a"], "'../../y' is not a version"),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_request_that_cannot_be_met_is_one_line(case: str, here: Path) -> None:
    arguments, message = BAD_REQUESTS[case]
    result = srcread(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert result.output.count("\n") == 1


def test_ssh_is_refused_unless_the_reader_says_it(here: Path) -> None:
    table = '[frame]\nrepository = "ssh://git@example.org/frame"\n'
    write(here / "annotations", {"repositories.toml": table})
    with pytest.raises(SourceError, match="only https, file addresses"):
        choose_request("frame", "1.0")
    named = choose_request("frame", "1.0", "git@example.org:frame.git")
    assert named is not None and "ssh" in named.protocols


def test_a_wrong_tag_names_the_nearest(tmp_path: Path, here: Path) -> None:
    write_table(here, make_repository(tmp_path))
    with pytest.raises(SourceError, match=r"no branch, tag or commit 'refs/tags/v1\.1'.*v1\.0"):
        fetch("frame==1.1")


def test_a_repository_without_the_package_is_refused(tmp_path: Path, here: Path) -> None:
    write_table(here, make_repository(tmp_path, {"README.md": "", "other/a.py": ""}))
    with pytest.raises(SourceError, match="holds no Python of frame"):
        fetch("frame==1.0")
    assert os.listdir(tmp_path / "cache" / "sources") == []


def test_links_and_attributes_have_no_effect(tmp_path: Path) -> None:
    work = tmp_path / "work"
    write(work, {".gitattributes": "*.py filter=evil eol=crlf\n"})
    (work / "frame").mkdir()
    (work / "frame" / "link.py").symlink_to("/etc/passwd")
    place = target(tmp_path)
    read_clone(request(make_repository(tmp_path)), place)
    assert not (place / "frame" / "link.py").is_symlink()
    assert not (place / "frame" / "link.py").exists()
    assert b"\r" not in (place / "frame" / "model.py").read_bytes()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"frame/A.py": "", "frame/a.py": ""}, "collides"),
        ({"frame/a\\b.py": ""}, "a character that is not allowed"),
    ],
)
def test_paths_that_are_unsafe_somewhere_are_refused(
    files: dict[str, str], message: str, tmp_path: Path
) -> None:
    place = target(tmp_path)
    with pytest.raises(SourceError, match=message):
        read_clone(request(make_repository(tmp_path, {**FILES, **files})), place)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (ArchiveLimits(files=3), "holds 6 files, more than 3"),
        (ArchiveLimits(file_bytes=100), "'frame/model.py' of .* is larger than 100 bytes"),
        (ArchiveLimits(total_bytes=200), "more than 200 bytes of source"),
    ],
)
def test_sizes_and_counts_are_limited(limits: ArchiveLimits, message: str, tmp_path: Path) -> None:
    place = target(tmp_path)
    with pytest.raises(SourceError, match=message):
        read_clone(request(make_repository(tmp_path)), place, limits=limits)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("where", ["GIT_CONFIG_GLOBAL", "HOME"])
def test_the_readers_own_configuration_has_no_effect(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = make_repository(tmp_path)
    mark, config = tmp_path / "ran", tmp_path / "home" / ".gitconfig"
    config.parent.mkdir()
    config.write_text(
        f'[url "file:///elsewhere"]\n\tinsteadOf = "{bare.as_uri()}"\n'
        f'[remote "origin"]\n\tuploadpack = "touch {mark}; git-upload-pack"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv(where, str(config if where != "HOME" else config.parent))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another"))
    read_clone(request(bare), target(tmp_path))
    assert not mark.exists()
    assert not (tmp_path / "another").exists()


def test_without_git_one_line_says_so(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(here, make_repository(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    result = srcread("fetch", "frame==1.0")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "git is not here" in result.output


def test_a_fetch_that_is_killed_leaves_nothing_that_counts(tmp_path: Path, here: Path) -> None:
    bare = make_repository(tmp_path)
    write_table(here, bare)
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "git"
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *--batch) touch "{tmp_path}/reached"; sleep 60;; '
        f'esac\nPATH="{os.environ["PATH"]}" exec git "$@"\n',
        encoding="utf-8",
    )
    slow.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "srcread", "fetch", "frame==1.0"]
    process = subprocess.Popen(command, env=environment(PATH=path), start_new_session=True)
    try:
        end = time.monotonic() + 300
        while not (tmp_path / "reached").exists() and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
    assert (tmp_path / "reached").exists()
    assert [name[:7] for name in os.listdir(tmp_path / "cache" / "sources")] == [".draft-"]
    assert find_package("frame") is None
    assert "frame/ops.py" in contents(fetch("frame==1.0").root)


def install_stub(site: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    info = "frame-1.0.dist-info"
    record = "".join(f"{name},,\n" for name in files)
    metadata = {f"{info}/METADATA": "Name: frame\nVersion: 1.0\n", f"{info}/RECORD": record}
    write(site, {**files, **metadata})
    monkeypatch.syspath_prepend(site)


STUBS = [{}, {"frame/__init__.py": "raise RuntimeError('see the other index')\n"}]


@pytest.mark.parametrize("files", STUBS)
def test_an_installed_stub_is_explained(
    files: dict[str, str], tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_stub(tmp_path / "site", monkeypatch, files)
    write_table(here, make_repository(tmp_path))
    for command in (["read", "frame.Model"], ["graph", "frame"]):
        result = srcread(*command)
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
        assert "The installed frame 1.0 is a stub" in result.output
        assert "`srcread fetch frame==1.0`" in result.output
    fetch("frame==1.0")
    assert "frame.ops.scale" in srcread("graph", "frame.Model").output


def test_an_installed_package_with_modules_is_no_stub(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"frame/__init__.py": "", "frame/real.py": "def act():\n    pass\n"}
    install_stub(tmp_path / "site", monkeypatch, files)
    write_table(here, make_repository(tmp_path))
    assert srcread("graph", "frame.real.act").exit_code == 0


def test_an_entry_is_found_in_the_store_without_a_version(tmp_path: Path, here: Path) -> None:
    write_table(here, make_repository(tmp_path))
    fetch("frame==1.0")
    assert "frame.ops.scale" in srcread("graph", "frame.Model").output
    script = srcread("graph", "examples/bloom/build.py:main")
    assert (script.exit_code, "frame.model.Model.run" in script.output) == (0, True), script.output
