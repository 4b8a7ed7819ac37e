"""On pages of a run, what was seen wins over what was read, and what reading says is not lost."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from support.story_example import srcread, write

WAYS = """\
def eager(x):
    return x + 1


def fused(x):
    return x + 2


def flex(x):
    return x + 3


WAYS = {"eager": eager, "fused": fused, "flex": flex}


class Quiet:
    def apply(self, x):
        return x


class Loud:
    def apply(self, x):
        return -x


class Layer:
    def __init__(self):
        self.quiet = Quiet()

    def run(self, x, way):
        return self.quiet.apply(WAYS[way](x))
"""


def page_of(here: Path, script: str, name: str) -> str:
    """Return the text of a function's page, from `Calls` on, of a site of a script's run."""
    write(here, {"ways.py": WAYS, "run.py": script})
    result = srcread("read", "ways.py:Layer", "--run", "run.py", "-o", "site")
    assert result.exit_code == 0, result.output
    (path,) = Path("site").glob(f"en/*/*/ways.{name}.html")
    section = path.read_text(encoding="utf-8").partition('<h2 id="calls">')[2]
    section = section.partition("</section>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", section)).split())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_ways_that_did_not_run_are_folded_behind_the_one_that_did(here: Path) -> None:
    said = page_of(here, "from ways import Layer\nLayer().run(1, 'fused')\n", "Layer.run")
    assert "fused function line 31 seen in a run" in said
    assert "did not run here, by the source possible: 2 eager flex" in said
    assert "read as the only callee" not in said


def test_a_callee_that_the_run_contradicts_is_marked(here: Path) -> None:
    script = (
        "from ways import Layer, Loud\nlayer = Layer()\nlayer.quiet = Loud()\n"
        "layer.run(1, 'eager')\n"
    )
    said = page_of(here, script, "Layer.run")
    assert re.search(r"Loud\.apply \w+ line 31 seen in a run", said)
    assert "Quiet.apply read as the only callee; the run went elsewhere" in said


def test_what_ran_at_another_place_is_not_said_to_have_been_passed_by(here: Path) -> None:
    script = (
        "from ways import Layer\nlayer = Layer()\nlayer.run(1, 'fused')\nlayer.run(1, 'eager')\n"
    )
    said = page_of(here, script, "Layer.run")
    assert "One of 2" in said and "by the source possible: 1 flex" in said


def test_where_reading_and_the_run_agree_nothing_is_said(here: Path) -> None:
    script = (
        "from ways import Layer\nlayer = Layer()\n"
        "for way in ('fused', 'eager', 'flex'):\n    layer.run(1, way)\n"
    )
    assert "did not run here" not in page_of(here, script, "Layer.run")
