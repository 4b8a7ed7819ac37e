"""What the rules said of a note is remembered as long as all that they looked at is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support.story_example import NOTE, SNIPPET, install, write_tour

from srcread.model import Diagnostic, Severity, Step, Tour
from srcread.notes.rules import check_tour
from srcread.opening.memory import Memory
from srcread.opening.tour import OpenTour, open_tour
from srcread.support.cache import Cache

TRANSLATION = """\
+++
title = "前几层不改变 x"
source_digest = ""

[claims]
"Of three layers only the last one scales." = "三层之中只有最后一层缩放。"
+++
只有尺寸大于一的层才缩放。[^last]
"""

GLOSSARY = '[[zh]]\nen = "layer"\nsay = "层"\nnot = ["尺寸"]\n'


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    folder = write_tour(tmp_path / "annotations")
    (folder / "first-layers.zh.md").write_text(TRANSLATION, "utf-8")
    return folder


def opened(folder: Path) -> OpenTour:
    """Open a tour with what is remembered, and remember it."""
    found = open_tour(folder)
    found.code.memory.save()
    return found


def found_anew(folder: Path) -> Sequence[Diagnostic]:
    """Return what the rules say where nothing is remembered."""
    code = open_tour(folder).code
    return check_tour(folder, code, code.graph, packages={"tiny"}).diagnostics


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("first-layers.md", lambda text: text.replace("one.[^last]", "one."), "SENT001"),
        ("first-layers.zh.md", lambda text: text.replace("。[^last]", "。"), "SENT001"),
        ("first-layers.py", lambda text: text.replace("only the last", "one"), "SENT004"),
        ("first-layers.md", lambda text: text.replace("one.[", "one on 7.8.9.["), "SENT011"),
        ("../glossary.toml", lambda text: GLOSSARY, "TERM002"),
        ("glossary.toml", lambda text: GLOSSARY, "TERM002"),
    ],
    ids=["body", "translation", "claim", "version", "glossary", "glossary of the tour"],
)
def test_a_change_of_any_text_is_looked_at(
    tour: Path, name: str, change: Callable[[str], str], code: str
) -> None:
    before = opened(tour).check.diagnostics
    assert code not in {one.code for one in before}
    path = tour / name
    old = path.read_text("utf-8") if path.exists() else None
    path.write_text(change(old or ""), "utf-8")
    for _ in range(2):
        now = opened(tour).check.diagnostics
        assert code in {one.code for one in now}
        assert now == found_anew(tour)
    path.write_text(old, "utf-8") if old is not None else path.unlink()
    assert opened(tour).check.diagnostics == before


def test_a_version_of_the_tour_is_looked_at(tour: Path, tmp_path: Path) -> None:
    memory = Memory(Cache(tmp_path), "tour")
    note, file = tour / "first-layers.md", tour / "tour.toml"
    note.write_text(NOTE.replace("one.[", "one on 1.0.0.["), "utf-8")
    before = check_tour(tour, findings_of=memory.findings).diagnostics
    assert "SENT011" in {one.code for one in before}
    file.write_text(file.read_text("utf-8").replace('"1.0"', '"1.0.0"'), "utf-8")
    now = check_tour(tour, findings_of=memory.findings).diagnostics
    assert "SENT011" not in {one.code for one in now}


def test_notes_that_are_as_they_were_are_not_looked_at_again(
    tour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(tour).check.diagnostics
    asked: list[str] = []

    def check_grounds(tour: Tour, step: Step) -> Sequence[Diagnostic]:
        asked.append(step.note.stem)
        return ()

    monkeypatch.setattr("srcread.notes.rules.check_grounds", check_grounds)
    assert opened(tour).check.diagnostics == first
    assert not asked
    snippet = tour / "layer-order.py"
    snippet.write_text(snippet.read_text("utf-8") + "\n", "utf-8")
    opened(tour)
    assert asked == ["layer-order"]


def test_findings_come_back_as_they_were(tmp_path: Path) -> None:
    one = Diagnostic("a.md", 3, "SENT001", "It is ⟨so⟩.", "Do.", Severity.WARNING)
    two = Diagnostic("a.md", 1, "NOTE027", "The body.", "", Severity.HINT)
    memory = Memory(Cache(tmp_path), "tour")
    assert memory.findings(SNIPPET, lambda: [one, two]) == (two, one)
    memory.save()
    again = Memory(Cache(tmp_path), "tour")
    assert again.findings(SNIPPET, lambda: []) == (two, one)
    assert again.findings(f"{SNIPPET}\n", lambda: []) == ()
    assert Memory(Cache(tmp_path), "another").findings(SNIPPET, lambda: []) == ()
