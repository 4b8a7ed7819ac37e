"""The story of `begin`: what it finds in a repository, what it writes, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from support.pinned_torch import needs_pinned_torch
from support.story_example import srcread, write

from srcread.notes.format.tourfile import read_tour_file

run_only = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

MODEL = """\
class Module:
    def __call__(self, *given):
        return self.forward(*given)


class Block(Module):
    def forward(self, x):
        return x + 1


class Net(Module):
    def __init__(self):
        self.block = Block()

    def forward(self, x):
        return self.block(x)


class Other(Module):
    def forward(self, x):
        return x
"""

TORCH = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.ModuleDict({"first": nn.Linear(2, 3), "more": nn.ModuleList([nn.ReLU()])})

    def forward(self, x, *, scale=1.0):
        x = self.table.first(x)
        for part in self.table.more:
            x = part(x)
        return {"logits": x * scale}
"""

SCRIPT = """\
import torch

from net import Net

torch.manual_seed(0)
model = Net().eval()
output = model(torch.ones(4, 2))["logits"]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, in which commands run."""
    repository = write(tmp_path / "repository", {".git/HEAD": ""})
    monkeypatch.chdir(repository)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return repository


@pytest.mark.parametrize(
    ("files", "asked", "sources"),
    [
        ({"src/mine/net.py": MODEL, "tests/test_net.py": ""}, [], {"mine": "src"}),
        ({"mine/net.py": MODEL, "tests/test_net.py": "", "setup.py": ""}, [], {"mine": "."}),
        ({"mine/__init__.py": MODEL, "tool.py": "x = 1\n"}, [], {"mine": "."}),
        ({"net.py": MODEL}, [], {"net": "."}),
        ({"net.py": MODEL, "tool.py": "x = 1\n"}, ["net.py"], {"net": "."}),
        ({"src/a/net.py": MODEL, "src/b/x.py": ""}, [], {"a": "src", "b": "src"}),
        ({"src/a/net.py": MODEL, "src/b/x.py": ""}, ["a"], {"a": "src"}),
        ({"libs/one/a/net.py": MODEL}, ["libs/one/a"], {"a": "libs/one"}),
        ({"a/net.py": MODEL}, ["."], {"a": "."}),
    ],
)
def test_the_packages_of_a_repository_are_found(
    here: Path, files: dict[str, str], asked: list[str], sources: dict[str, str]
) -> None:
    write(here, files)
    done = srcread("begin", *asked, "--tour", "first")
    assert done.exit_code == 0, done.stderr
    assert read_tour_file(here / "annotations" / "first").sources == sources
    checked = srcread("check", "first")
    assert checked.exit_code == 0, checked.stderr


def test_the_model_comes_first_that_makes_most_of_the_others(here: Path) -> None:
    write(here, {"mine/net.py": MODEL})
    said = srcread("begin").stdout
    assert "entry: mine.net:Net\n" in said
    assert "other models, for --entry: mine.net:Other\n" in said


@pytest.mark.parametrize(
    "entry", ["mine.net:Other", "mine.net.Other", "mine/net.py:Other", "mine.Other"]
)
def test_an_entry_is_named_as_for_read(here: Path, entry: str) -> None:
    write(here, {"mine/net.py": MODEL, "mine/__init__.py": "from mine.net import Other\n"})
    done = srcread("begin", "--entry", entry)
    assert "entry: mine.net:Other\n" in done.stdout, done.stderr
    assert (here / "annotations" / "mine" / "other-forward.md").exists()


@pytest.mark.parametrize(
    ("files", "asked", "words"),
    [
        ({}, [], "No Python package lies here. Name one"),
        ({"README": ""}, ["mine"], "No package 'mine' lies in '.', nor in its src."),
        ({"a/x.py": ""}, [], "In a is no nn.Module with a forward"),
        (
            {"a/net.py": MODEL},
            ["--entry", "a.net:Nett"],
            "is no class here. Did you mean 'a.net:Net",
        ),
        ({"a/net.py": MODEL}, ["--entry", "a/nat.py:Net"], "There is no 'a/nat.py'"),
        ({"a/net.py": MODEL}, ["--entry", "a.net:Module"], "Module has no forward of its own"),
        ({"a/net.py": MODEL}, ["--tour", "My Tour"], "'My Tour' is no tour's name"),
        ({"a/net.py": MODEL}, [".."], "'..' is not in this folder"),
        ({"a/net.py": MODEL}, ["no/where"], "There is no 'no/where' here"),
        ({"a-b.py": MODEL}, ["a-b.py"], "'a-b.py' is no module that can be imported"),
        ({"a/net.py": MODEL}, ["--run", "try.py"], "There is no script 'try.py'"),
        ({"a/net.py": MODEL, "t.py": "x ="}, ["a", "--run", "t.py"], "'t.py' cannot be read"),
        ({"a/net.py": MODEL, "t.py": "x = 1\n"}, ["a", "--run", "t.py"], "no line makes a Net"),
        ({"a/__init__.pyi": "x: int\n"}, ["a"], "is no module that"),
    ],
)
def test_what_cannot_be_begun_says_what_to_do(
    here: Path, files: dict[str, str], asked: list[str], words: str
) -> None:
    write(here, files)
    done = srcread("begin", *asked)
    if words == "is no module that":  # stubs only
        words = "stubs only"
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (here / "annotations").exists()


def test_no_file_that_is_there_is_changed(here: Path) -> None:
    mine = {".gitignore": "*.pyc\n", ".pre-commit-config.yaml": "repos: []\n"}
    mine[".github/workflows/annotations.yml"] = "name: mine\n"
    write(here, {**mine, "a/net.py": MODEL})
    said = srcread("begin").stdout
    assert {name: (here / name).read_text() for name in mine} == mine
    assert [f"left as it is: {name}" in said for name in mine] == [True] * 3
    assert "to add: /site/" in said
    again = srcread("begin")
    assert again.exit_code == 2
    assert "'annotations/a' is there already. Name another with --tour." in again.stderr


def test_a_dry_run_names_every_file_and_writes_none(here: Path) -> None:
    write(here, {"a/net.py": MODEL})
    before = sorted(here.rglob("*"))
    said = srcread("begin", "--dry-run").stdout
    assert "would write annotations/a/tour.toml\n" in said
    assert "would write .github/workflows/annotations-pages.yml\n" in said
    assert sorted(here.rglob("*")) == before


def test_workflows_are_valid_and_a_pull_request_is_given_nothing(here: Path) -> None:
    write(here, {"a/net.py": MODEL})
    assert srcread("begin").exit_code == 0
    folder = here / ".github" / "workflows"
    check = (folder / "annotations.yml").read_text()
    assert "permissions:\n  contents: read\n" in check
    for word in ("secrets.", "pull_request_target", ": write"):
        assert word not in check
    pages = (folder / "annotations-pages.yml").read_text()
    assert "pull_request" not in pages
    assert pages.index(": write") > pages.index("publish:")  # what runs the snippets may read only
    try:
        version("check-jsonschema")
    except PackageNotFoundError:
        pytest.skip("check-jsonschema, which has the schema of workflows, is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    files = sorted(map(str, folder.glob("*.yml")))
    done = subprocess.run([*command, "vendor.github-workflows", *files], capture_output=True)
    assert done.returncode == 0, done.stdout


@run_only
@needs_pinned_torch
def test_a_script_gives_the_first_note_what_it_saw(here: Path) -> None:
    write(here, {"net.py": TORCH, "try.py": SCRIPT})
    done = srcread("begin", "net.py", "--run", "try.py")
    assert done.exit_code == 0, done.stderr
    snippet = (here / "annotations" / "net" / "net-forward.py").read_text()
    assert "order = ['table.first', 'table.more.0']" in snippet
    assert "shape = tuple(given[0]['logits'].shape)\nassert shape == (4, 3)" in snippet
    scenario = (here / "annotations" / "net" / "scenarios" / "first.py").read_text()
    assert scenario.endswith('GROUP = "reading"\n')
    for command in (["check"], ["confirm"], ["trace"], ["check", "--strict"]):
        ran = srcread(*command, "net")
        assert ran.exit_code == 0, ran.stdout + ran.stderr


@run_only
@needs_pinned_torch
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("from net import Net\nmodel = Net()\n", "The script made a Net, and did not call it."),
        ("from net import Net\nmodel = Net()\nmodel(1)\n", "The script did not run to its end"),
        ("from net import Net\nmodel = Net()\nopen({secret!r})\n", "FileNotFoundError"),
        ("from net import Net\nmodel = Net()\nimport no_such_thing\n", "no_such_thing"),
    ],
)
def test_a_script_that_shows_no_call_leaves_nothing_behind(
    here: Path, script: str, words: str
) -> None:
    secret = str(here / "secret.txt")
    write(here, {"net.py": TORCH, "secret.txt": "x", "try.py": script.format(secret=secret)})
    done = srcread("begin", "net.py", "--run", "try.py")
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (here / "annotations").exists()
