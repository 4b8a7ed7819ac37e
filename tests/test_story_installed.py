"""Tours that are a part of the installed srcread: shown and run, and never written into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.story_example import ROOT, contents, install, write, write_tour

from srcread.support.resources import is_installed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

SCENARIO = '''"""Three layers, of which one scales."""

from tiny import Model

GROUP = "reading"
output = Model(3).run(5)
'''


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty folder, beside an srcread that is installed with one tour."""
    site = install(tmp_path / "site")
    data = site / "srcread" / "_data"
    shutil.copytree(
        ROOT / "srcread", site / "srcread", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "templates", data / "templates")
    folder = write_tour(data / "annotations")
    write(folder / "scenarios", {"run.py": SCENARIO})
    shutil.copytree(data / "annotations", tmp_path / "work" / "annotations")
    assert srcread(tmp_path / "work", "check", "--fix", "tiny-model").returncode == 0
    shutil.copytree(tmp_path / "work" / "annotations" / "tiny-model" / "lock", folder / "lock")
    shutil.rmtree(tmp_path / "work" / "annotations")
    return tmp_path / "work"


def srcread(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the installed srcread; its interpreter finds `tiny`, and so do snippets."""
    command = [sys.executable, "-m", "srcread", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(here.parent / "site")}
    variables.pop("SRCREAD_CACHE", None)
    variables["XDG_CACHE_HOME"] = str(here.parent / "cache")
    return subprocess.run(
        command, cwd=here, env=variables, capture_output=True, text=True, timeout=300
    )


def interpreter(here: Path) -> str:
    """Make an environment that has `tiny`, and return its path."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here.parent / "v"], check=True)
    (packages,) = (here.parent / "v").glob("lib/*/site-packages")
    packages.joinpath("tiny.pth").write_text(f"{here.parent / 'site'}\n")
    return str(here.parent / "v")


def shipped(here: Path) -> Path:
    return here.parent / "site" / "srcread" / "_data" / "annotations"


def test_a_checkout_is_not_installed() -> None:
    assert not is_installed(ROOT / "annotations" / "torch-transformer")


@pytest.mark.parametrize(
    "arguments",
    [
        ["trace"],
        ["trace", "run"],
        ["trace", "tiny-model"],
        ["lock", "tiny-model"],
        ["accept", "first-layers"],
        ["new", "tiny.model.Model.run", "--tour", "tiny-model"],
    ],
)
def test_what_would_write_into_it_is_refused_with_what_to_do(
    here: Path, arguments: list[str]
) -> None:
    before = contents(shipped(here))
    done = srcread(here, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("srcread: 'tiny-model' is a part of the installed srcread. Copy")
    assert done.stderr.count("\n") == 1
    assert contents(shipped(here)) == before


def test_the_command_that_it_names_makes_a_tour_that_is_written(here: Path) -> None:
    refused = srcread(here, "trace").stderr
    command = refused.rpartition("into the copy: ")[2]
    subprocess.run(command, shell=True, cwd=here, check=True)
    before = contents(shipped(here))
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(note.read_text("utf-8") + "\nMore.\n", "utf-8")
    assert srcread(here, "lock", "tiny-model").returncode == 0
    assert contents(shipped(here)) == before


def test_confirm_runs_what_is_installed_and_says_that_nothing_is_recorded(here: Path) -> None:
    before = contents(shipped(here))
    done = srcread(here, "confirm", "tiny-model", "--python", interpreter(here))
    assert contents(shipped(here)) == before
    lines = done.stdout.splitlines()
    assert lines[0].startswith("by equivalent ") and "(not recorded)" in lines[0], done.stderr
    assert "Not recorded: 'tiny-model' is a part of the installed srcread. Copy it" in done.stdout


def test_what_is_installed_is_traced_into_an_archive(here: Path) -> None:
    before = contents(shipped(here))
    done = srcread(here, "trace", "--out", "home.zip", "--python", interpreter(here))
    assert done.returncode == 0, done.stderr
    assert zipfile.ZipFile(here / "home.zip").namelist() == ["tiny-model/traces/run.cpu.json"]
    assert contents(shipped(here)) == before
    refused = srcread(here, "evidence", "import", "home.zip")
    assert "'tiny-model' is a part of the installed srcread. Copy it" in refused.stderr


def test_check_mends_nothing_in_it(here: Path) -> None:
    note = shipped(here) / "tiny-model" / "first-layers.md"
    note.write_bytes(note.read_bytes().replace(b"\n", b"\r\n"))
    before = contents(shipped(here))
    done = srcread(here, "check", "--fix")
    assert "NOTE003" in done.stderr and "fixed" not in done.stdout
    assert contents(shipped(here)) == before


def test_what_lies_elsewhere_is_named_by_confirm_and_by_trace(here: Path) -> None:
    shutil.copytree(shipped(here), here.parent / "elsewhere")
    there = f"in '{here.parent.resolve()}/elsewhere/tiny-model'."
    done = srcread(here, "confirm", "first-layers", "--annotations", "../elsewhere")
    assert f"The evidence of 'tiny-model' is {there}" in done.stdout
    done = srcread(here, "trace", "--annotations", "../elsewhere")
    assert f"The traces of 'tiny-model' are {there}" in done.stdout
