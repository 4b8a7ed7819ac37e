"""A tour of what is not installed: its functions are extracted, or imported from a source tree."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.story_example import srcread, write

from srcread.model import Origin
from srcread.sources.store import add_to_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

FRAME = {
    "frame/__init__.py": "",
    "frame/layers.py": (
        "import engine\n\n\nclass Layer:\n    def run(self, x):\n"
        "        if x > 1:\n            x = engine.double(x)\n        return x\n"
    ),
    "tools/convert.py": (
        "import json\n\nimport frame.layers\n\n\n"
        "def split(values, parts):\n    size = len(values) // parts\n"
        "    rows = [values[size * n : size * (n + 1)] for n in range(parts)]\n"
        "    return json.loads(json.dumps(rows))\n\n\n"
        "def main():\n    frame.layers.Layer().run(len(split([1, 2], 2)))\n"
    ),
}
TOUR = 'title = "A frame"\nentries = ["tools.convert.main"]\n\n[distributions]\nframe = "1.0"\n'
SPLIT = (
    '+++\ntitle = "Parts are runs of the values"\nsymbol = "tools.convert.split"\n'
    'at = "assign rows"\n+++\nNo part is longer than another.\n'
)
SPLIT_SNIPPET = """\
from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("frame==1.0")
split = extract(tree, "tools/convert.py:split")["split"]
print(split.__code__.co_filename)
assert split([1, 2, 3, 4], 2) == [[1, 2], [3, 4]], "The first part begins the values."
"""
LAYER = (
    '+++\ntitle = "A layer doubles what is large"\nsymbol = "frame.layers.Layer.run"\n'
    'at = "if x"\n+++\nOne stays one.\n'
)
LAYER_SNIPPET = """\
import sys
import types

from srcread.lab import source_tree

sys.path.insert(0, str(source_tree("frame==1.0")))
sys.modules["engine"] = types.ModuleType("engine")
sys.modules["engine"].double = lambda value: 2 * value
from frame.layers import Layer

assert [Layer().run(n) for n in (1, 2)] == [1, 4], "Two is doubled, and one is not."
"""
ANCHORED = ("split-parts", "layer-doubles")


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tour, locked, of a distribution that is in the store at two versions, read from git."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for version in ("1.0", "0.9"):
        store(version)
    folder = tmp_path / "annotations" / "frame-tour"
    notes = {"split-parts.md": SPLIT, "layer-doubles.md": LAYER}
    snippets = {"split-parts.py": SPLIT_SNIPPET, "layer-doubles.py": LAYER_SNIPPET}
    write(folder, {"tour.toml": TOUR, **notes, **snippets})
    assert srcread("check", "--fix", "frame-tour").exit_code == 0
    return folder


def store(version: str) -> None:
    def fill(root: Path) -> dict[str, object]:
        write(root, FRAME)
        return {"packages": ["frame", "tools"], "tag": f"v{version}"}

    add_to_store("frame", version, Origin.GIT, "frame.git", fill)


def recorded(tour: Path, stem: str) -> Any:
    (run,) = json.loads((tour / "evidence" / f"{stem}.json").read_text())["runs"]
    return run


def test_extracted_and_imported_functions_are_confirmed_reached_and_controlled(
    tour: Path,
) -> None:
    done = srcread("confirm", "--controls", "frame-tour")
    assert done.exit_code == 0, done.output
    for stem in ANCHORED:
        run = recorded(tour, stem)
        assert run["confirmed"] and run["reach"][0]["reason"] is None
        assert run["reach"][0]["unreached"] == []
        assert run["controls"]["mutants"]["claim"] and not run["controls"]["refused"]
    assert "· strongly ·" in srcread("outline", "frame-tour").output


def test_the_version_is_that_of_the_tree_and_what_was_taken_is_recorded(tour: Path) -> None:
    srcread("confirm", "frame-tour")
    run = recorded(tour, "split-parts")
    assert run["environment"]["distributions"] == {"frame": "1.0"}
    assert run["lab"]["trees"] == {"frame==1.0": "v1.0"}
    assert list(run["lab"]["extracted"]) == ["tools/convert.py:split"]
    assert (
        run["executed"]["tools.convert.split"] == run["digests"]["symbols"]["tools.convert.split"]
    )
    assert recorded(tour, "layer-doubles")["lab"]["extracted"] == {}
    assert srcread("check", "frame-tour").exit_code == 0


def test_no_place_of_this_machine_is_recorded(tour: Path) -> None:
    srcread("confirm", "frame-tour")
    assert recorded(tour, "split-parts")["output"] == "frame==1.0/tools/convert.py\n"
    text = (tour / "evidence" / "split-parts.json").read_text()
    assert str(tour.parents[1]) not in text


def test_a_snippet_may_compare_with_another_version_that_is_in_the_store(tour: Path) -> None:
    text = SPLIT_SNIPPET.replace('extract(tree, "', 'extract(source_tree("frame==0.9"), "')
    (tour / "split-parts.py").write_text(text)
    assert srcread("confirm", "split-parts").exit_code == 0
    run = recorded(tour, "split-parts")
    assert run["lab"]["trees"] == {"frame==0.9": "v0.9", "frame==1.0": "v1.0"}
    assert run["reach"][0]["reason"] == {"code": "not-made", "module": "tools.convert"}


def test_a_version_that_is_not_in_the_store_cannot_run_here(tour: Path) -> None:
    text = SPLIT_SNIPPET.replace("frame==1.0", "frame==0.8")
    (tour / "split-parts.py").write_text(text)
    assert srcread("confirm", "split-parts").exit_code == 77
    run = recorded(tour, "split-parts")
    assert not run["confirmed"]
    assert "the source of frame==0.8 is not here" in run["reasons"][0]["why"]["said"]


def test_a_snippet_that_spoils_the_account_is_not_confirmed(tour: Path) -> None:
    spoiled = "from srcread.lab import told\ntold.account = lambda: {'trees': 5}\n"
    (tour / "split-parts.py").write_text(SPLIT_SNIPPET + spoiled)
    assert srcread("confirm", "split-parts").exit_code == 1
    (reason,) = recorded(tour, "split-parts")["reasons"]
    assert reason["code"] == "lab-unreadable"
    assert reason["problem"].startswith("has no key")
