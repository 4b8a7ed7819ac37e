"""The story of `read` and `graph`: any entry point, and what a user's own file is built on."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from support.story_example import contents, install, srcread, write

from srcread.graph.stored import dump_graph, load_graph
from srcread.opening.entry import open_entry

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")

OWN_MODEL = """\
import math

import tiny
from helper import halve
from tiny.model import Layer


class Own(tiny.Model):
    def run(self, x):
        layer = Layer(2)
        return halve(layer.run(x)) + math.sqrt(x)
"""

TORCH_MODEL = """\
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.GELU())

    def forward(self, x):
        return x + self.mlp(x)


class MyModel(nn.Module):
    def __init__(self, width=8, depth=2):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return F.relu(self.head(x))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model of two files, built on the installed package `tiny`."""
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    work = tmp_path / "work"
    write(work, {"own.py": OWN_MODEL, "helper.py": "def halve(x):\n    return x / 2\n"})
    monkeypatch.chdir(work)
    return work


def graph(*arguments: str) -> dict[str, Any]:
    result = srcread("graph", "--json", *arguments)
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def calls(data: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(edge["caller"], edge["callee"], edge["kind"]) for edge in data["edges"]}


def test_a_files_own_imports_are_read_into(here: Path) -> None:
    data = graph("own.py:Own")
    assert data["distributions"] == {"own": None, "tiny": "1.0"}
    assert {
        ("own.Own.run", "tiny.model.Layer.run", "method"),
        ("own.Own.run", "helper.halve", "direct"),
        ("own.Own.run", "math.sqrt", "external"),
        ("tiny.model.Layer.run", "tiny.ops.scale", "direct"),
    } <= calls(data)


def test_what_a_sibling_imports_is_read_into_too(here: Path) -> None:
    write(
        here, {"helper.py": "from tiny.ops import scale\ndef halve(x):\n    return scale(x, 2)\n"}
    )
    write(here, {"own.py": "from helper import halve\ndef go(x):\n    return halve(x)\n"})
    assert ("helper.halve", "tiny.ops.scale", "direct") in calls(graph("own.py:go"))


def test_a_sibling_that_is_not_imported_does_not_count(here: Path) -> None:
    write(here, {"helper.py": "import absent\n", "own.py": "def go():\n    return 1\n"})
    result = srcread("graph", "own.py")
    assert (result.exit_code, result.stderr) == (0, "")


def test_packages_that_are_not_here_are_told_in_one_line(here: Path) -> None:
    write(here, {"own.py": "import absent\nfrom missing.part import x\ndef go():\n    x()\n"})
    result = srcread("graph", "own.py:go")
    assert result.exit_code == 0
    assert result.stderr == (
        "own:own.py:1: warning: SRC003 Imported, but neither installed nor in the store: "
        "absent, missing. To read them too: srcread fetch absent && srcread fetch missing\n"
    )


def test_an_optional_import_that_is_not_here_is_not_told(here: Path) -> None:
    text = (
        "from typing import TYPE_CHECKING\n"
        "try:\n    import absent\nexcept ImportError:\n    absent = None\n"
        "if TYPE_CHECKING:\n    import missing\n"
        "def go():\n    return absent.thing()\n"
    )
    write(here, {"own.py": text})
    assert srcread("graph", "own.py:go").stderr == ""


def test_a_folder_called_like_what_it_imports_keeps_both(here: Path) -> None:
    write(here / "tiny", {"own.py": OWN_MODEL.replace("from helper import halve", "halve = abs")})
    data = graph("./tiny:Own")
    assert ("own.Own.run", "tiny.model.Layer.run", "method") in calls(data)
    assert data["distributions"] == {"tiny": "1.0", "tiny.local": None}


def test_a_graph_is_walked_again_when_a_module_appears(here: Path) -> None:
    (here / "helper.py").rename(here / "elsewhere")
    assert ("own.Own.run", "helper.halve", "direct") not in calls(graph("own.py:Own"))
    (here / "elsewhere").rename(here / "helper.py")
    assert ("own.Own.run", "helper.halve", "direct") in calls(graph("own.py:Own"))


def test_a_whole_folder_is_read_past_empty_and_broken_files(here: Path) -> None:
    write(
        here,
        {"empty.py": "", "broken.py": "def f(:\n", "plain.py": "class Error(Exception): ...\n"},
    )
    result = srcread("graph", ".", "--depth", "0")
    assert result.exit_code == 0, result.output
    assert "helper.halve" in result.stdout and "own.Own.run" in result.stdout
    assert "broken.py:1: warning: SRC001" in result.stderr


def test_a_definition_in_a_folder_is_found_by_its_name(here: Path) -> None:
    assert srcread("graph", ".:Own").stdout == srcread("graph", "own.py:Own").stdout
    write(here, {"again.py": "def halve(x):\n    return x\n"})
    several = srcread("graph", "./:halve")
    assert several.exit_code == 2
    assert "Say which: again:halve, helper:halve." in several.stderr


def test_the_schema_of_graph_json(here: Path) -> None:
    data = graph("tiny.Model")
    assert list(data) == [
        "format",
        "distributions",
        "entry",
        "unentered",
        "stopped",
        "frontier",
        "symbols",
        "edges",
        "operators",
        "plugins",
    ]
    assert (data["unentered"], data["stopped"], data["frontier"]) == ([], None, [])
    assert data["format"] == 1
    assert data["distributions"] == {"tiny": "1.0"}
    assert data["entry"] == ["tiny.model.Model.run", "tiny.model.Model.__init__"]
    symbol = next(item for item in data["symbols"] if item["name"] == "tiny.ops.scale")
    assert symbol == {
        "name": "tiny.ops.scale",
        "kind": "function",
        "path": "tiny:tiny/ops.py",
        "line": 1,
        "end_line": 2,
    }
    edge = next(item for item in data["edges"] if item["callee"] == "tiny.ops.scale")
    assert edge == {
        "caller": "tiny.model.Layer.run",
        "callee": "tiny.ops.scale",
        "kind": "direct",
        "certainty": "resolved",
        "reason": None,
        "condition": edge["condition"],
        "path": "tiny:tiny/model.py",
        "line": 12,
        "column": 16,
        "end_line": 12,
        "end_column": 35,
    }
    assert edge["condition"] is not None


def test_a_site_without_notes_shows_the_code_and_what_it_is_built_on(here: Path) -> None:
    result = srcread("read", "own.py:Own")
    assert result.exit_code == 0, result.output
    pages = contents(here / "site-read")
    assert any("own.Own.run" in name for name in pages)
    assert any("tiny.model.Layer.run" in name for name in pages)
    assert (
        srcread("read", "own.py:Own").stdout
        == "Nothing has changed: site-read/en/own.Own/local/index.html\n"
    )


@needs_torch
def test_the_outline_of_a_part_says_where_the_walk_stopped_and_before_what(here: Path) -> None:
    write(here, {"long.py": "def a():\n    b()\ndef b():\n    c()\ndef c(): pass\n"})

    def outline(*limits: str) -> str:
        assert srcread("read", "long.py:a", "-o", "part", *limits).exit_code == 0
        return (here / "part/en/long.a/local/index.html").read_text("utf-8")

    part = outline("--functions", "1")
    assert "the walk stopped after one function. To go on, build them with --more." in part
    assert "<summary>One function that a call leads on to was not looked into</summary>" in part
    assert "<p><code>long.b</code></p>" in part
    whole = outline("--more")
    assert "the walk stopped" not in whole and "not looked into" not in whole


def test_a_torch_model_is_resolved_into_torch(here: Path) -> None:
    write(here, {"model.py": TORCH_MODEL})
    found = calls(graph("model.py:MyModel"))
    assert {
        ("model.MyModel.forward", "model.Block.forward", "forward"),
        ("model.MyModel.forward", "torch.nn.modules.linear.Linear.forward", "forward"),
        ("model.MyModel.forward", "torch.nn.functional.relu", "direct"),
        ("model.Block.forward", "torch.nn.modules.container.Sequential.forward", "forward"),
        (
            "torch.nn.modules.container.Sequential.forward",
            "torch.nn.modules.activation.GELU.forward",
            "forward",
        ),
        ("torch.nn.modules.linear.Linear.forward", "torch._C._nn.linear", "native"),
    } <= found
    own = [callee for caller, callee, _ in found if caller.startswith("model.") and not callee]
    assert own == [], "calls of the model itself are left unresolved"


def test_a_stored_graph_comes_back_whole_and_a_damaged_one_is_refused(here: Path) -> None:
    code, _ = open_entry("own.py:Own")
    data = dump_graph(code.graph)
    assert load_graph(data) == code.graph
    assert dump_graph(load_graph(data)) == data
    for damaged in (
        b"",
        b"[]",
        b"{}",
        b'{"format": 2}',
        data[:-9],
        data.replace(b"direct", b"dire"),
    ):
        with pytest.raises(ValueError):
            load_graph(damaged)


def test_without_a_display_the_address_is_told_instead_of_a_browser(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    result = srcread("read", "own.py:Own", "--open")
    address = (here / "site-read/en/own.Own/local/index.html").resolve().as_uri()
    assert result.stdout.splitlines()[-1] == f"There is no browser to open it in. Open {address}"
