"""The stories around a tour: name a place, begin a note, check, confirm, accept, lock, outline."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.environments import venv
from support.story_example import MODEL, NOTE, SNIPPET, install, srcread, write_tour

posix_only = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """An interpreter that has the package `tiny`, and the folder in which that lies."""
    folder = tmp_path_factory.mktemp("environment")
    site = install(folder / "installed")
    yield venv(folder / "venv", site), site


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interpreter: tuple[Path, Path]) -> Path:
    monkeypatch.syspath_prepend(interpreter[1])
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_tour(tmp_path / "annotations")
    return Path("annotations/tiny-model")


@posix_only
def test_from_a_place_to_a_confirmed_note(tour: Path, interpreter: tuple[Path, Path]) -> None:
    line = MODEL.splitlines().index("        for layer in self.layers:") + 1
    named = srcread("at", f"tiny/model.py:{line}")
    assert named.exit_code == 0
    assert named.stdout == 'symbol = "tiny.model.Model.run"\nat = "for layer"\n'

    begun = srcread(
        *("new", "tiny.model.Layer.run", "call scale", "--tour", "tiny-model"),
        *("--title", "Scaling multiplies"),
    )
    assert begun.exit_code == 0, begun.output
    note, snippet = tour / "scaling-multiplies.md", tour / "scaling-multiplies.py"
    assert note.exists() and snippet.exists()
    unwritten = srcread("check", "tiny-model")
    assert unwritten.exit_code == 1
    assert f"{snippet.as_posix()}:" in unwritten.stderr and "TODO" in unwritten.stderr

    front, mark, _ = note.read_text().rpartition("+++\n")
    body = 'The factor is the layer\'s size.[^double]\n\n[^double]: claim "It doubles."\n'
    note.write_text(front + mark + body)
    snippet.write_text(SNIPPET.replace("Of three layers only the last one scales.", "It doubles."))
    assert srcread("check", "tiny-model", "--fix").exit_code == 0

    python = str(interpreter[0])
    confirmed = srcread("confirm", "tiny-model/scaling-multiplies", "--python", python)
    assert confirmed.exit_code == 0, confirmed.output
    assert "1 of 1 note confirmed on cpu." in confirmed.stdout
    again = srcread("confirm", "scaling-multiplies", "--python", python)
    assert "(as recorded)" in again.stdout
    outline = srcread("outline", "tiny-model").stdout
    assert "3 steps, 1 confirmed; " in outline
    assert "Scaling multiplies" in outline

    snippet.write_text(snippet.read_text() + "\n# a further thought\n")
    assert "3 steps, 0 confirmed; " in srcread("outline", "tiny-model").stdout


def test_a_note_begins_at_a_line_of_a_symbol(tour: Path) -> None:
    line = MODEL.splitlines().index("            x = layer.run(x)") + 1
    begun = srcread("new", f"tiny.Model.run:{line}", "--stem", "a-line")
    assert begun.exit_code == 0, begun.output
    note = (tour / "a-line.md").read_text()
    assert 'symbol = "tiny.model.Model.run"\nat = "assign x"\n' in note
    outside = srcread("new", "tiny.model.Model.run:3")
    assert outside.exit_code == 2
    assert f"Line 3 is not in 'tiny.model.Model.run', which has {line - 2} to" in outside.stderr
    unknown = srcread("new", "tiny.model.Model.rnu:3")
    assert "Did you mean" in unknown.stderr


@posix_only
def test_a_claim_that_does_not_hold_is_told_and_exits_with_1(
    tour: Path, interpreter: tuple[Path, Path]
) -> None:
    (tour / "first-layers.py").write_text(SNIPPET.replace("== 10", "== 11"))
    assert srcread("check", "--annotations", "annotations", "--fix").exit_code == 0
    result = srcread("confirm", "first-layers", "--python", str(interpreter[0]))
    assert result.exit_code == 1
    assert "NOT CONFIRMED  tiny-model/first-layers: 0 of 1 claim" in result.stdout


@posix_only
def test_an_unfinished_note_does_not_keep_another_from_being_confirmed(
    tour: Path, interpreter: tuple[Path, Path]
) -> None:
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    (tour / "layer-order.md").write_text(NOTE.replace("A layer scales", "TODO: a layer scales"))
    python = str(interpreter[0])
    assert srcread("confirm", "first-layers", "--python", python).exit_code == 0
    both = srcread("confirm", "--annotations", "annotations", "--python", python)
    assert both.exit_code == 1 and "layer-order" in both.stderr


def test_check_fixes_what_needs_no_judgement_once(tour: Path) -> None:
    unlocked = srcread("check", "tiny-model")
    assert "LOCK001" in unlocked.stderr
    fixed = srcread("check", "tiny-model", "--fix")
    assert (tour / "lock" / "first-layers.json").exists()
    assert "fixed annotations/tiny-model/lock/first-layers.json" in fixed.stdout
    again = srcread("check", "tiny-model", "--fix")
    assert "1 tour checked: 0 errors, 2 warnings." in again.stdout
    assert again.stderr.count("EVID020 The page says 'not confirmed: never run'.") == 2


def test_findings_for_programs_are_the_same_as_those_for_people(tour: Path) -> None:
    (tour / "first-layers.md").write_text(NOTE.replace('at = "if size"', 'at = "if siez"'))
    text = srcread("check", "tiny-model")
    data = json.loads(srcread("check", "tiny-model", "--format", "json").stdout)
    github = srcread("check", "tiny-model", "--format", "github").stdout.splitlines()
    assert data["format"] == 1
    *lines, explained = text.stderr.splitlines()
    assert len(data["findings"]) == len(lines) == len(github)
    assert explained.startswith("srcread check --explain LOCK001 ")
    error = next(item for item in data["findings"] if item["severity"] == "error")
    assert set(error) == {"path", "line", "code", "severity", "message", "hint"}
    assert error["path"] == "annotations/tiny-model/first-layers.md"
    assert any(line.startswith(f"::error file={error['path']},line=") for line in github)


def test_a_note_whose_place_changed_waits_for_a_person(
    tour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install(tmp_path / "changed")
    monkeypatch.syspath_prepend(site)
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    (site / "tiny" / "model.py").write_text(MODEL.replace("self.size > 1", "self.size > 2"))
    changed = srcread("check", "tiny-model", "--fix")
    assert changed.exit_code == 1 and "first-layers" in changed.stderr
    assert "nothing had changed" in srcread("accept", "layer-order").stdout
    accepted = srcread("accept", "tiny-model/first-layers")
    assert accepted.stdout == "wrote annotations/tiny-model/lock/first-layers.json\n"
    assert srcread("check", "tiny-model").exit_code == 0


def test_lock_writes_the_graph_that_a_reader_without_the_sources_needs(tour: Path) -> None:
    result = srcread("lock", "tiny-model", "--graph")
    assert result.exit_code == 0, result.output
    graph = (tour / "graph.json").read_bytes()
    assert b"tiny.ops.scale" in graph and b"return x * by" not in graph
    assert srcread("lock", "tiny-model").stdout == "tiny-model: every note has its lock\n"
    assert (tour / "graph.json").read_bytes() == graph


def test_a_public_name_begins_a_note_at_its_definition(tour: Path) -> None:
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    result = srcread("new", "tiny.Model.run", "--tour", "tiny-model", "--stem", "run")
    assert result.exit_code == 0, result.output
    assert 'symbol = "tiny.model.Model.run"' in (tour / "run.md").read_text()


def test_the_outline_of_a_tour(tour: Path) -> None:
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    lines = srcread("outline", "tiny-model").stdout.splitlines()
    assert lines[0] == "A tiny model (tiny-model; tiny 1.0)"
    assert [line for line in lines if line.startswith("  ") and "tiny/model.py:" in line] == [
        "  tiny.model.Model.run  tiny/model.py:20",
        "  tiny.model.Layer.run  tiny/model.py:10",
    ]
    assert lines[-2] == "2 steps, 0 confirmed; 5 functions walked."


@pytest.mark.parametrize(
    "arguments",
    [("lock", "tiny-model"), ("new", "tiny.model.Layer.run", "--tour", "tiny-model")],
)
def test_nothing_is_written_into_a_tour_whose_file_is_wrong(
    tour: Path, arguments: tuple[str, ...]
) -> None:
    (tour / "tour.toml").write_text("title = \n")
    before = sorted(tour.rglob("*"))
    result = srcread(*arguments)
    assert result.exit_code == 1
    assert "annotations/tiny-model/tour.toml:1: error: TOUR002" in result.stderr
    assert sorted(tour.rglob("*")) == before


def test_the_outline_of_a_tour_with_errors_exits_with_1(tour: Path) -> None:
    (tour / "layer-order.md").write_text("no front matter\n")
    result = srcread("outline", "tiny-model")
    assert result.exit_code == 1
    assert "The first layers leave x as it is" in result.stdout
    assert "layer-order.md:1: error: " in result.stderr


def test_nothing_of_what_is_read_was_ever_imported(tour: Path) -> None:
    srcread("check", "tiny-model", "--fix")
    srcread("build", "tiny-model")
    assert not {"tiny", "tiny.model"} & set(sys.modules)


@posix_only
def test_controls_are_run_once_and_check_and_outline_tell_what_they_leave_open(
    tour: Path, interpreter: tuple[Path, Path]
) -> None:
    srcread("check", "--fix", "tiny-model")
    command = ("confirm", "--python", str(interpreter[0]))
    plain = srcread(*command, "first-layers")
    assert "first-layers: 1 of 1 claim, 2 of 2 lines reached (recorded)" in plain.stdout
    assert "EVID011" not in srcread("check", "tiny-model").stderr
    notes = ("first-layers", "layer-order")
    first = srcread(*command, "--controls", *notes)
    noticed = "2 of 2 lines reached, 5 changes of these lines, 5 noticed"
    assert f"first-layers: 1 of 1 claim, {noticed} (recorded)" in first.stdout
    assert "0 of 2 lines reached, 0 changes of these lines, 0 noticed" in first.stdout
    assert first.stdout.endswith("1 of 2 notes confirmed on cpu, 1 by an equivalent.\n")
    evidence = (tour / "evidence" / "first-layers.json").read_bytes()
    again = srcread(*command, "--controls", *notes)
    assert again.stdout.count("(as recorded)") == 2
    assert (tour / "evidence" / "first-layers.json").read_bytes() == evidence
    found = srcread("check", "tiny-model")
    assert found.exit_code == 0
    assert (
        "EVID010 The run did not reach all anchored lines of tiny.model.Model.run" in found.stderr
    )
    assert "EVID011 No change of the anchored lines turned this claim false" in found.stderr
    outline = srcread("outline", "tiny-model").stdout
    assert "1 of 1 sentences checked · confirmed on CPU only · strongly · 2 of 2 lines" in outline
    assert "0 of 1 sentences checked · by an equivalent, on CPU only" in outline
    assert "2 steps, 1 confirmed" in outline
    refused = srcread(*command, "--controls", "--device", "cuda", *notes)
    assert refused.exit_code == 2 and "Drop --controls." in refused.stderr
