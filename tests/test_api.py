"""The Python API: what `import srcread` promises, and that asking for its version loads nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.story_example import install, write_tour

import srcread
from srcread.model import CallGraph, EdgeKind, Evidence, EvidenceStatus, Reason, ReasonCode

ROOT = Path(__file__).parent.parent


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package `tiny` on the path and a tour of it in ./annotations."""
    monkeypatch.syspath_prepend(str(install(tmp_path / "installed")))
    write_tour(tmp_path / "annotations")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_names_and_signatures_are_those_of_the_documentation() -> None:
    documented = (ROOT / "docs" / "api.md").read_text("utf-8")
    for name in srcread.__all__:
        assert f"`{name}" in documented, name
        found = getattr(srcread, name)
        assert inspect.getdoc(found) or name == "__version__", name
        if inspect.isfunction(found):
            assert f"{name}{_signature(found)}" in documented, name


def _signature(function: object) -> str:
    assert callable(function)
    return str(inspect.signature(function)).replace("'", "").replace("srcread.model.", "")


def test_the_version_loads_nothing_of_srcread() -> None:
    code = "import srcread, sys; srcread.__version__; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert [name for name in done.stdout.split() if name.startswith("srcread")] == [
        "srcread",
        "srcread.about",
    ]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'call_grph'"):
        srcread.call_grph  # noqa: B018 # the look-up is the test


def test_a_call_graph_has_an_edge_for_each_call(here: Path) -> None:
    graph = srcread.call_graph("tiny.model:Model.run")
    assert isinstance(graph, CallGraph)
    assert graph.order[0] == "tiny.model.Model.run"
    assert {edge.callee: edge.kind for edge in graph.edges if edge.callee} == {
        "tiny.model.Layer.run": EdgeKind.METHOD,
        "tiny.ops.scale": EdgeKind.DIRECT,
    }


def test_a_tour_comes_with_its_graph_standings_and_findings(here: Path) -> None:
    opened = srcread.open_tour("tiny-model")
    assert {step.note.stem for step in opened.tour.steps} == {"first-layers", "layer-order"}
    assert opened.standings["first-layers"].reason == Reason(ReasonCode.NEVER_RUN)
    assert srcread.say(opened.standings["first-layers"].reason) == "not confirmed: never run"
    assert {item.code for item in opened.findings} >= {"LOCK001"}
    assert "tiny.ops.scale" in opened.graph.symbols


def test_evidence_from_elsewhere_is_weighed_against_the_note_as_it_is_now(here: Path) -> None:
    shipped = srcread.open_tour("torch-transformer", annotations=ROOT / "annotations")
    path = shipped.tour.folder / "evidence" / "in-projection.json"
    evidence, findings = srcread.read_evidence(path)
    assert evidence is not None and findings == ()
    confirmed = srcread.standing(shipped, "in-projection", evidence)
    assert confirmed.status is EvidenceStatus.CONFIRMED
    assert (
        confirmed
        == shipped.standings["in-projection"]
        == srcread.standing(shipped, "in-projection")
    )
    run = confirmed.run
    assert run in evidence.runs and run is not None
    other = replace(run, depends=replace(run.depends, script="0" * 64))
    stale = srcread.standing(shipped, "in-projection", Evidence("in-projection", (other,)))
    assert stale.status is EvidenceStatus.STALE


def test_what_is_not_there_is_named_with_the_nearest(here: Path) -> None:
    with pytest.raises(srcread.NotFoundError, match="Did you mean 'tiny-model'"):
        srcread.open_tour("tiny-modle")
    with pytest.raises(srcread.NotFoundError, match="Did you mean 'layer-order'"):
        srcread.standing(srcread.open_tour("tiny-model"), "layer-oder")
    with pytest.raises(srcread.SrcreadError, match=r"tiny\.Modle"):
        srcread.call_graph("tiny.Modle")
    assert srcread.read_evidence(here / "none.json") == (None, ())


def test_a_tour_that_cannot_be_opened_says_all_that_is_wrong(here: Path) -> None:
    (here / "annotations" / "tiny-model" / "tour.toml").write_text("title = 1\n", "utf-8")
    opened = srcread.open_tour("tiny-model")
    assert [item.code for item in opened.findings if item.code.startswith("TOUR")]
