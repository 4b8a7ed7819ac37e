"""The story of `callers`: lines and JSON of every place that uses a symbol, and what is wrong."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from support.story_example import install, srcread, write

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")

OWN = """\
from tiny.model import Layer as L


class Own(L):
    def run(self, x):
        return super().run(x) + L(3).run(x)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project of one file, built on the installed package `tiny`."""
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    write(tmp_path / "work", {"own/__init__.py": "", "own/model.py": OWN})
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_the_callers_in_the_symbols_own_distribution_are_lines_with_a_total(here: Path) -> None:
    result = srcread("callers", "tiny.ops.scale")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        "tiny/model.py:3: import: from tiny.ops import scale",
        "tiny/model.py:12: call in Layer.run: x = scale(x, self.size)",
        "2 places in tiny 1.0: 1 call, 1 import.",
    ]
    assert srcread("callers", "tiny.model:scale").stdout == result.stdout


def test_the_callers_in_a_folder_of_ones_own_tell_certain_from_possible(here: Path) -> None:
    result = srcread("callers", "tiny.model.Layer.run", "--in", "./own")
    assert result.stdout.splitlines() == [
        "own/model.py:5: override in Own: def run(self, x):",
        "own/model.py:6: call in Own.run: return super().run(x) + L(3).run(x)",
        "own/model.py:6: possible call in Own.run: return super().run(x) + L(3).run(x)",
        "3 places in own: 1 call, 1 possible call, 1 override.",
    ]


def test_json_has_every_place_with_its_certainty(here: Path) -> None:
    data = json.loads(srcread("callers", "tiny.ops.scale", "--json").stdout)
    assert {key: data[key] for key in data if key != "uses"} == {
        "format": 1,
        "symbol": "tiny.ops.scale",
        "names": ["tiny.ops.scale"],
        "distribution": "tiny",
        "version": "1.0",
    }
    assert data["uses"][1] == {
        "path": "tiny:tiny/model.py",
        "line": 12,
        "column": 16,
        "kind": "call",
        "certainty": "resolved",
        "inside": "tiny.model.Layer.run",
        "text": "x = scale(x, self.size)",
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["tiny.ops.scael"],
            "has no 'tiny.ops.scael'. Did you mean 'tiny.ops.scale'? Run `srcread",
        ),
        (["tiny.model.Layer.rum"], "Did you mean 'tiny.model.Layer.run'?"),
        (["tiny.ops"], "'tiny.ops' is a module. Name a function, class or method in it."),
        (["tiny ops"], "is no symbol's name. Write one like 'torch.nn.Linear'."),
        (["json.dumps"], "'json' is Python's own."),
        (
            ["tiny.ops.scale", "--in", "./onw"],
            "There is no file or folder './onw'. Did you mean 'own'",
        ),
    ],
)
def test_what_is_wrong_is_one_line(here: Path, arguments: list[str], problem: str) -> None:
    result = srcread("callers", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_is_told_and_hides_no_other(here: Path) -> None:
    write(here, {"own/broken.py": "def run(:\n"})
    result = srcread("callers", "tiny.model.Layer", "--in", "./own")
    assert result.stdout.endswith("3 places in own: 1 call, 1 subclass, 1 import.\n")
    assert "own:own/broken.py:1: warning: SRC001" in result.stderr
    assert result.exit_code == 0


@needs_torch
def test_of_torchs_attention_grep_finds_59_lines_and_these_11_use_it() -> None:
    data = json.loads(
        srcread("callers", "torch.nn.functional.scaled_dot_product_attention", "--json").stdout
    )
    places = [
        (use["path"].removeprefix("torch:torch/"), use["line"], use["kind"]) for use in data["uses"]
    ]
    assert [place for place in places if not place[0].startswith("testing")] == [
        ("distributed/tensor/experimental/_context_parallel/_attention.py", 1037, "mention"),
        ("distributed/tensor/experimental/_context_parallel/_attention.py", 1052, "mention"),
        ("nested/_internal/sdpa.py", 741, "call"),
        ("nn/attention/bias.py", 223, "call"),
        ("nn/attention/bias.py", 280, "call"),
        ("nn/attention/bias.py", 300, "mention"),
        ("nn/functional.py", 7077, "call"),
        ("onnx/ops/_impl.py", 442, "call"),
        ("overrides.py", 994, "mention"),
    ]
    assert len(places) == 11
    assert {use["certainty"] for use in data["uses"]} == {"resolved"}
