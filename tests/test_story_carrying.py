"""Evidence that travels: packed on one machine, taken in on another, and what is not taken in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.story_example import SNIPPET, contents, install, process, srcread, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tour `tiny-model`, and its evidence in home.zip alone."""
    here = tmp_path_factory.mktemp("recorded")
    site = install(here / "installed")
    write_tour(here / "annotations")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here / "venv"], check=True)
    packages = next((here / "venv" / "lib").glob("python*")) / "site-packages"
    packages.joinpath("tiny.pth").write_text(str(site))
    assert process("check", "tiny-model", "--fix", cwd=here, site=site).returncode == 0
    words = ("confirm", "tiny-model", "--python", "venv", "--out", "home.zip")
    done = process(*words, cwd=here, site=site)
    assert done.returncode == 0, done.stderr
    assert "2 notes packed into home.zip." in done.stdout
    return here


@pytest.fixture
def here(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, as on the machine where the notes are."""
    for name in ("annotations", "installed"):
        shutil.copytree(recorded / name, tmp_path / name)
    shutil.copy(recorded / "home.zip", tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evidence(here: Path) -> dict[str, bytes]:
    folder = here / "annotations" / "tiny-model" / "evidence"
    return contents(folder) if folder.exists() else {}


def packed(here: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(here / "home.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(here: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(here / "home.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_what_is_packed_elsewhere_and_taken_in_confirms_the_notes_here(here: Path) -> None:
    assert evidence(here) == {}
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "2 runs taken in."
    assert "2 steps, 1 confirmed" in srcread("outline", "tiny-model").stdout
    names = {f"tiny-model/evidence/{name}": data for name, data in evidence(here).items()}
    assert names == packed(here)
    again = srcread("evidence", "import", "home.zip")
    assert again.stdout.count("(as recorded)") == 2


def test_a_run_of_another_snippet_is_not_taken_in_and_the_rest_is(here: Path) -> None:
    (here / "annotations" / "tiny-model" / "first-layers.py").write_text(SNIPPET + "\n# new\n")
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 1
    assert "first-layers.json: error: EVID009 run 1 is about another snippet." in done.stderr
    assert list(evidence(here)) == ["layer-order.json"]


def altered(data: bytes, **changes: Any) -> bytes:
    content = json.loads(data)
    content["runs"][0].update(changes)
    return json.dumps(content).encode()


FIRST, SECOND = (f"tiny-model/evidence/{stem}.json" for stem in ("first-layers", "layer-order"))


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        (FIRST, lambda data: b"no JSON", "EVID002"),
        (FIRST, lambda data: b"\xff\xfe", "EVID001"),
        (FIRST, lambda data: data.replace(b'"format": 2', b'"format": 3'), "EVID003"),
        (FIRST, lambda data: altered(data, date=5), "EVID004"),
        (FIRST, lambda data: altered(data, claims=[]), "EVID005"),
        (FIRST, lambda data: altered(data, digests={"snippet": "", "symbols": {}}), "EVID009"),
        (FIRST, lambda data: data.replace(b'"sentence": "', b'"sentence": "Not that '), "EVID014"),
        (SECOND.replace("layer", "lawyer"), lambda data: data, "EVID008"),
        (FIRST.replace("tiny-model", "tiny-modle"), lambda data: data, "EVID008"),
        ("README.md", lambda data: data, "EVID008"),
        ("tiny-model/first-layers.py", lambda data: b"import os", "EVID008"),
    ],
)
def test_what_is_corrupt_or_foreign_is_a_finding_and_changes_nothing(
    here: Path, name: str, change: Any, code: str
) -> None:
    files = packed(here)
    before = contents(here / "annotations")
    repack(here, {name: change(files[FIRST])})
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 1, done.stderr
    assert f"error: {code} " in done.stderr
    assert done.stdout == "0 runs taken in.\n"
    assert contents(here / "annotations") == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../annotations/tiny-model/tour.toml", "is not safe to unpack"),
        ("/tmp/evidence.json", "is not safe to unpack"),
        ("tiny-model/evidence/a\\b.json", "is not safe to unpack"),
    ],
)
def test_an_archive_that_reaches_elsewhere_is_refused_whole(
    here: Path, name: str, words: str
) -> None:
    repack(here, {**packed(here), name: b"{}"})
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert evidence(here) == {}


def test_an_empty_archive_is_wrong_usage(here: Path) -> None:
    repack(here, {})
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "srcread: 'home.zip' is empty: no run was packed into it.\n"


def test_where_nothing_ran_no_archive_is_written_and_none_is_told_of(here: Path) -> None:
    words = ("confirm", "tiny-model", "--out", "no.zip", "--python", str(shutil.which("true")))
    done = srcread(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert not (here / "no.zip").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_archive_is_said_in_one_line(here: Path, data: bytes) -> None:
    (here / "home.zip").write_bytes(data)
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 2
    assert "'home.zip' is no archive of evidence" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_named_with_the_nearest(here: Path) -> None:
    done = srcread("evidence", "import", "hoem.zip")
    assert done.exit_code == 2
    assert "There is no file 'hoem.zip'. Did you mean 'home.zip'?" in done.stderr
