"""Source trees for snippets: from the store, or as `confirm` tells; what was opened is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from srcread.errors import SrcreadError
from srcread.lab import source_tree, told
from srcread.lab.extract import extract
from srcread.lab.trees import VARIABLE
from srcread.model import Origin
from srcread.sources.store import add_to_store

TREE = "ours==1.2"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one distribution read from git, and nothing told yet."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(told, "trees", {})
    monkeypatch.setattr(told, "extracted", {})
    monkeypatch.setattr(told, "given", set())

    def fill(root: Path) -> dict[str, object]:
        (root / "ours").mkdir()
        (root / "ours" / "layers.py").write_text(
            "def half(value):\n    return _by(value, 2)\n\n"
            "def _by(value, n):\n    return value / n\n"
        )
        return {"packages": ["ours"], "repository": "https://example.invalid/ours", "tag": "v1.2"}

    return add_to_store("ours", "1.2", Origin.GIT, "ours.git", fill)


def test_a_stored_tree_is_found_by_name_and_version_and_told(store: Path) -> None:
    assert source_tree(TREE) == store
    assert told.trees == {TREE: "v1.2"}


def test_a_run_is_told_its_trees_and_looks_nowhere_else(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, json.dumps({"other==3": ["/elsewhere", "v3"]}))
    assert source_tree("other==3") == Path("/elsewhere")
    with pytest.raises(SystemExit) as ended:
        source_tree(TREE)
    assert ended.value.code == 77


def test_a_tree_that_is_not_here_ends_the_snippet_with_what_to_do(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        source_tree("ours==1.3")
    assert ended.value.code == 77
    assert "`srcread fetch ours==1.3` brings it" in capsys.readouterr().out
    assert told.trees == {}


@pytest.mark.parametrize("requirement", ["ours", "ours>=1", "ours==1==2"])
def test_a_tree_without_a_version_is_refused(requirement: str) -> None:
    with pytest.raises(SrcreadError, match="names no version"):
        source_tree(requirement)


def test_what_was_taken_out_is_told_with_its_digest_and_what_was_given(store: Path) -> None:
    taken = extract(source_tree(TREE), "ours.layers:half", given={"_by": lambda value, n: value})
    assert taken["half"](3) == 3
    assert told.extracted == {"ours.layers:half": taken.digest}
    assert told.given == {"_by"}


def test_a_snippet_run_by_hand_needs_nothing_but_the_store(store: Path) -> None:
    program = (
        "from srcread.lab import source_tree\nfrom srcread.lab.extract import extract\n"
        f"print(extract(source_tree({TREE!r}), 'ours.layers:half')['half'](3))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1.5\n", "")
