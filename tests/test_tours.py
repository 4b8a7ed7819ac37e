"""The tours that come with srcread: each note with its evidence, in both languages, unaided.

The store of a test is empty, so tours of what is only in git are read from graph.json and locks:
that is what a reader without a network sees, and recorded evidence is weighed alike.
"""

from __future__ import annotations

import pytest

from srcread.model import EvidenceStatus, Severity
from srcread.opening.tour import has_sources, tour_folders, try_open_tour
from srcread.support.resources import resources

SHIPPED = resources("annotations")
_PARTS = ("build", "layers", "runtime", "weights")
TOURS = {folder.name: folder for folder in tour_folders([], SHIPPED)}
STUDIED = {
    **{f"tensorrt-llm-{part}": "tensorrt-llm==0.7.1" for part in _PARTS},
    "nano-vllm": "nano-vllm==0.2.0",
}
"""Tours whose sources are only in git, and what they read."""


@pytest.mark.parametrize("name", STUDIED)
def test_a_tour_without_its_sources_is_whole_and_every_note_confirmed_or_an_equivalent(
    name: str,
) -> None:
    opened, findings = try_open_tour(TOURS[name])
    assert opened is not None and not has_sources(opened)
    assert [str(item) for item in findings if item.severity is Severity.ERROR] == []
    assert "TOUR020" in {item.code for item in findings}
    statuses = {step.note.stem: opened.standing(step).status for step in opened.tour.steps}
    apart = EQUIVALENT & statuses.keys()
    assert {stem: it for stem, it in statuses.items() if it is not EvidenceStatus.CONFIRMED} == (
        dict.fromkeys(apart, EvidenceStatus.EQUIVALENT)
    )


@pytest.mark.parametrize("name", sorted(TOURS))
def test_every_note_is_there_in_english_and_chinese(name: str) -> None:
    stems = {path.stem for path in TOURS[name].glob("*.md") if not path.stem.endswith(".zh")}
    assert len(stems) >= 10
    assert {stem for stem in stems if not (TOURS[name] / f"{stem}.zh.md").is_file()} == set()


@pytest.mark.parametrize("name", STUDIED)
def test_every_record_names_the_source_that_it_ran(name: str) -> None:
    opened, _ = try_open_tour(TOURS[name])
    assert opened is not None
    for step in opened.tour.steps:
        run = opened.standing(step).run
        if step.note.stem in EQUIVALENT:
            continue
        assert run is not None and run.lab is not None
        assert STUDIED[name] in run.lab.trees, step.note.stem
        assert run.lab.extracted or run.lab.stood_in or step.note.stem in STATIC, step.note.stem


EQUIVALENT: set[str] = set()
"""Notes whose snippets compute the same by code of their own, and run nothing of the sources."""

STATIC = {"python-versions", "plugins-asked-for"}
"""Notes on the text of the sources: their snippets read it, and run little or nothing of it."""
