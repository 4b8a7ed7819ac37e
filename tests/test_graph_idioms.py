"""What a user says of a framework is added to what srcread knows; what is wrong is one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from support.story_example import install, srcread, write, write_tour

from srcread.graph.idioms import extended_idioms, shipped_idioms
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, EdgeKind, Origin
from srcread.opening.entry import walk_entry
from srcread.opening.tour import open_tour
from srcread.sources import Sources, open_path

TINYRUN = Path(__file__).parent / "data" / "tinyrun"
IDIOMS = TINYRUN / "idioms.toml"
FORWARD = [
    ("tinyrun.Model.run", "tinyrun.Chain.run"),
    ("tinyrun.Chain.run", "tinyrun.Scale.run"),
]


def forwards(graph: CallGraph) -> list[tuple[str, str | None]]:
    return [(e.site.caller, e.callee) for e in graph.edges if e.kind is EdgeKind.FORWARD]


def graph_of(*files: Path) -> CallGraph:
    return walk_entry(f"{TINYRUN}:tinyrun:Model.run", idioms=files).graph


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))


def test_a_users_file_tells_what_calling_a_module_runs_and_what_a_holder_holds() -> None:
    assert forwards(graph_of(IDIOMS)) == FORWARD
    assert forwards(graph_of()) == []


def test_a_graph_in_the_cache_is_that_of_the_same_idioms(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("", "utf-8")
    assert forwards(graph_of(mine)) == []
    mine.write_bytes(IDIOMS.read_bytes())
    assert forwards(graph_of(mine)) == FORWARD
    assert forwards(graph_of()) == []


def test_several_files_are_added_and_the_later_one_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text('[quiet]\n"a.b" = "one"\n[abstract]\nnames = ["a.c"]\n', "utf-8")
    second.write_text('[quiet]\n"a.b" = "two"\n[abstract]\nnames = ["a.d"]\n', "utf-8")
    both, shipped = extended_idioms([first, second]), shipped_idioms()
    assert both.quiet == {**shipped.quiet, "a.b": "two"}
    assert both.abstract == shipped.abstract | {"a.c", "a.d"}
    assert both.call_dispatches_to == shipped.call_dispatches_to


WRONG: dict[str, tuple[str | bytes, str]] = {
    "a table": ('[call_dispatch_to]\n"a.B" = "run"\n', "1: no rule reads the table"),
    "the nearest table": ('[call_dispatch_to]\n"a.B" = "run"\n', "'call_dispatches_to'?"),
    "a key alone": ("x = 1\n[holds]\n", "1: no rule reads the table 'x'. There are: abstract, "),
    "a table as a key": ('folded = "x"\n', "1: 'folded' must be a table: write [folded]."),
    "a key of a table": ("\n[abstract]\nname = []\n", "3: the table 'abstract' has no key 'name'."),
    "the nearest key": ("[abstract]\nname = []\n", "Did you mean 'names'?"),
    "a place": ('[holds]\n"a.B" = "all"\n', "2: 'a.B' in 'holds' must be an argument's position,"),
    "a place below 0": ('[holds]\n"a.B" = -1\n', 'position, or "*", not -1.'),
    "self, which holds nothing": ('[holds]\n"a.B" = "self"\n', "not 'self'."),
    "a flag": ('[holds]\n"a.B" = true\n', "not True."),
    "a text": ('[quiet]\n"a.B" = 1\n', "2: 'a.B' in 'quiet' must be a text in quotes, not 1."),
    "a list": ('[keeps_elsewhere]\n"a.B" = "C"\n', "must be a list of texts:"),
    "a name without quotes": ('[quiet]\na.B = "x"\n', "2: 'a' in 'quiet' is a table. Put a name"),
    "a later table": ('[quiet]\n"a" = "x"\n[holds]\n"a" = "x"\n', ":4: 'a' in 'holds' must be"),
    "no TOML": ("[quiet\n", "these idioms cannot be read: "),
    "no text": (b"\xff", "these idioms cannot be read: "),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_is_wrong_in_a_file_is_one_line(wrong: str, tmp_path: Path) -> None:
    text, message = WRONG[wrong]
    file = tmp_path / "mine.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = srcread("graph", str(TINYRUN), "--idioms", str(file))
    assert result.exit_code != 0
    assert message in _one_line(result)
    assert str(file) in result.stderr


def test_a_file_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("", "utf-8")
    line = _one_line(srcread("graph", str(TINYRUN), "--idioms", str(tmp_path / "mien.toml")))
    assert "mien.toml'. Did you mean" in line and "mine.toml'?" in line


def test_graph_and_read_take_such_files(tmp_path: Path) -> None:
    entry, out = f"{TINYRUN}:tinyrun:Model.run", tmp_path / "site"
    printed = srcread("graph", entry, "--idioms", str(IDIOMS))
    assert "tinyrun.Scale.run [forward]" in printed.stdout
    assert "[forward]" not in srcread("graph", entry).stdout
    built = srcread("read", entry, "-o", str(out), "--idioms", str(IDIOMS))
    assert built.exit_code == 0, built.stderr
    pages = {path.name for path in out.rglob("*.html")}
    assert "tinyrun.Scale.run.html" in pages and "tinyrun.Module.__call__.html" not in pages


def test_a_tour_names_its_idioms_and_check_says_what_is_wrong_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.chdir(tmp_path)
    tour = write_tour(tmp_path / "annotations")
    text = (tour / "tour.toml").read_text("utf-8")
    write(tour, {"tour.toml": f'idioms = ["own.toml"]\n{text}', "own.toml": "[quite]\n"})
    checked = srcread("check", "tiny-model")
    assert checked.exit_code == 1
    assert "TOUR022" in checked.stderr and "own.toml:1: no rule reads" in checked.stderr
    assert "Did you mean 'quiet'?" in checked.stderr
    write(tour, {"own.toml": '[folded]\n"tiny.ops.scale" = "said by its tour"\n'})
    reasons = {edge.reason for edge in open_tour(tour).code.graph.edges}
    assert "folded: said by its tour" in reasons


def _one_line(result: Result) -> str:
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    return lines[0]


NAMED = {
    '"tinyrun.Module.__call__" = "run"': None,
    '"tinyrun.Modul.__call__" = "run"': "'tinyrun.Module'?",
    '"tinyrun.Module.__cal__" = "run"': "'tinyrun.Module.__call__'?",
    '"tinyrum.Module.__call__" = "run"': "'tinyrun'?",
    '"elsewhere.Module.__call__" = "run"': None,
}


@pytest.mark.parametrize("row", NAMED)
def test_a_users_row_that_names_nothing_that_is_read_is_a_warning_with_the_nearest_name(
    row: str, tmp_path: Path
) -> None:
    file, near = tmp_path / "mine.toml", NAMED[row]
    file.write_text(f"# mine\n[call_dispatches_to]\n{row}\n", "utf-8")
    shown = srcread("graph", f"{TINYRUN}:tinyrun:Model.run", "--idioms", str(file))
    assert shown.exit_code == 0
    assert ("SRC007" in shown.stderr) is (near is not None)
    if near is not None:
        line = _one_line(shown)
        assert f"{file}:3:" in line and "in [call_dispatches_to] names nothing" in line
        assert near in line


def test_of_names_with_one_beginning_only_what_holds_them_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[folded]\n"tinyrun.*" = "x"\n"tinyrun.Scal.*" = "y"\n', "utf-8")
    found = [item for item in graph_of(file).diagnostics if item.code == "SRC007"]
    assert [(item.line, item.hint) for item in found] == [(3, "Did you mean 'tinyrun.Scale'?")]


@pytest.mark.parametrize(("origin", "walked"), [(Origin.FOLDER, True), (Origin.INSTALLED, False)])
def test_a_library_beside_a_model_is_folded_but_for_a_folder_of_ones_own_of_that_name(
    tmp_path: Path, origin: Origin, walked: bool
) -> None:
    (tmp_path / "fire").mkdir()
    (tmp_path / "fire" / "__init__.py").write_text("def burn(): return ash()\ndef ash(): pass\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "own.py").write_text("import fire\ndef run(): return fire.burn()\n")
    beside = replace(open_path(tmp_path / "fire"), origin=origin)
    own = open_path(tmp_path / "mine" / "own.py")
    graph = build_graph(Index(Sources([own, beside])), ["own.run"])
    assert ("fire.ash" in graph.order) is walked
    (edge,) = [edge for edge in graph.edges if edge.callee == "fire.burn"]
    assert edge.reason == (None if walked else "folded: a command line")
