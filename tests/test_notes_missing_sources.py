"""A tour whose sources are not here: its pages come from graph.json and lock/, and say so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from support.git_example import make_repository, write_table
from support.story_example import contents, process, srcread, write

from srcread.errors import SourceError
from srcread.index.digest import PREFIX
from srcread.opening.locked import read_kept
from srcread.stories.check import check

TOUR = """\
title = "A frame"
entries = ["frame.Model"]

[distributions]
frame = "1.0"
"""

NOTE = """\
+++
title = "Small numbers stay as they are"
symbol = "frame.model.Model.run"
at = "if x"
trap = true

[[also]]
symbol = "frame.ops.scale"
+++
Of three, one and two are left as they are.[^three]

[^three]: claim "One and two are three."
"""

SNIPPET = '''\
"""Count."""

total = sum([1, 2])
print("total:", total)
assert total == 3, "One and two are three."
'''

UNRUN = (
    "annotations/frame-model/small.md: warning: EVID020 "
    "The page says 'not confirmed: never run'. Run `srcread confirm small`.\n"
    "srcread check --explain EVID020 shows an example and its cure.\n"
)
PAGE = "site/en/frame-model/1.0/frame.model.Model.run.html"


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a locked tour of a framework that is in the store, and in git for whoever has it."""
    here = tmp_path / "here"
    write(
        here / "annotations" / "frame-model",
        {"tour.toml": TOUR, "small.md": NOTE, "small.py": SNIPPET},
    )
    monkeypatch.chdir(here)
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    write_table(here, make_repository(tmp_path))
    assert srcread("fetch", "frame==1.0").exit_code == 0
    assert srcread("check", "frame-model", "--fix").exit_code == 0
    assert srcread("lock", "frame-model", "--graph").exit_code == 0
    yield here / "annotations" / "frame-model"


def lose_sources(tmp_path: Path) -> Path:
    """Take the sources out of the store, and the repository away; return where the former are."""
    (tmp_path / "frame.git").rename(tmp_path / "gone.git")
    stored = tmp_path / "cache" / "sources" / "frame-1.0"
    return stored.rename(tmp_path / "lost")


def test_a_build_without_the_sources_succeeds_and_says_how_to_get_them(
    tour: Path, tmp_path: Path
) -> None:
    lose_sources(tmp_path)
    result = srcread("build", "frame-model")
    assert result.exit_code == 0, result.output
    assert "TOUR020 The source of frame 1.0 is not here" in result.stderr
    assert "gone.git" not in result.stderr and "frame.git cannot be read" in result.stderr
    page = Path(PAGE).read_text(encoding="utf-8")
    assert "<code>srcread fetch frame==1.0</code>" in page
    assert "Small numbers stay as they are" in page
    assert "One and two are three." in page
    assert "srcread fetch frame==1.0" in Path(PAGE).with_name("index.html").read_text("utf-8")


def test_its_pages_hold_the_graph_by_lines_and_none_of_the_code(tour: Path, tmp_path: Path) -> None:
    lose_sources(tmp_path)
    assert srcread("build", "frame-model").exit_code == 0
    page = Path(PAGE).read_text(encoding="utf-8")
    assert 'class="l bare noted" id="L6"' in page  # the note's
    call = page.partition('id="L7"')[2].partition("</span>")[0]
    assert (
        '<a class="call long" title="frame.ops.scale" href="frame.ops.scale.html">scale</a>' in call
    )
    assert 'id="L8"' not in page  # neither calls nor has a note
    pages = b"".join(path.read_bytes() for path in Path("site").rglob("*.html"))
    assert b"return 2" not in pages and b"Do as you like" not in pages


def test_with_the_sources_back_the_site_is_as_if_they_had_never_been_gone(
    tour: Path, tmp_path: Path
) -> None:
    assert srcread("build", "frame-model", "-o", "before").exit_code == 0
    lost = lose_sources(tmp_path)
    assert srcread("build", "frame-model").exit_code == 0
    assert srcread("build", "frame-model").stdout.startswith("Nothing has changed")
    lost.rename(tmp_path / "cache" / "sources" / "frame-1.0")
    result = srcread("build", "frame-model")
    said = "The evidence of 1 note leaves something open: `srcread check frame-model` says what.\n"
    assert (result.exit_code, result.stderr) == (0, said)
    assert contents(Path("site")) == contents(Path("before"))


def test_a_build_fetches_what_is_only_in_git(tour: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "cache" / "sources")
    assert srcread("build", "frame-model").exit_code == 0
    assert "srcread fetch" not in Path(PAGE).read_text(encoding="utf-8")


def confirm_where_installed(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the snippet by a Python that has the framework: a run names the version it saw."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    packages = next((venv / "lib").iterdir()) / "site-packages"
    write(packages, {"frame-1.0.dist-info/METADATA": "Name: frame\nVersion: 1.0\n"})
    return process("confirm", "small", "--trust", "--python", str(venv), cwd=Path.cwd())


def test_evidence_stands_without_the_sources(tour: Path, tmp_path: Path) -> None:
    confirmed = confirm_where_installed(tmp_path)
    assert confirmed.returncode == 0, confirmed.stderr
    lose_sources(tmp_path)
    assert srcread("build", "frame-model").exit_code == 0
    assert 'class="standing equivalent"' in Path(PAGE).read_text(encoding="utf-8")
    (tour / "small.py").write_text(SNIPPET + "\nprint()\n", encoding="utf-8")
    assert srcread("build", "frame-model").exit_code == 0
    assert 'class="standing stale"' in Path(PAGE).read_text(encoding="utf-8")


def test_permalinks_lead_to_the_tag(tour: Path, tmp_path: Path) -> None:
    graph = json.loads((tour / "graph.json").read_text(encoding="utf-8"))
    graph["tour"]["distributions"][0]["repository"] = "https://github.com/some/frame"
    (tour / "graph.json").write_text(json.dumps(graph), encoding="utf-8")
    lose_sources(tmp_path)
    assert srcread("build", "frame-model").exit_code == 0
    link = 'href="https://github.com/some/frame/blob/v1.0/frame/model.py#L'
    page = Path(PAGE).read_text(encoding="utf-8")
    assert f"{link}5-L8" in page and f"{link}7" in page


def test_graph_json_has_names_lines_and_digests_and_no_source(tour: Path) -> None:
    text = (tour / "graph.json").read_text(encoding="utf-8")
    kept = json.loads(text)["tour"]
    assert kept["entries"] == ["frame.Model"]
    assert [symbol[0] for symbol, _ in kept["symbols"]] == [
        "frame.model.Model.run",
        "frame.ops.scale",
    ]
    assert all(digest.startswith(PREFIX) for _, digest in kept["symbols"])
    assert "return 2" not in text and "tmp" not in text


def test_without_graph_json_the_error_says_what_is_missing(tour: Path, tmp_path: Path) -> None:
    (tour / "graph.json").unlink()
    lose_sources(tmp_path)
    result = srcread("build", "frame-model")
    assert result.exit_code == 1
    assert "TOUR019" in result.stderr and "frame.git cannot be read" in result.stderr


BAD_GRAPHS = {
    "no JSON": ("{", "graph.json cannot be read"),
    "a graph alone": ('{"format": 1}', "graph.json cannot be read"),
    "a list": ("[]", "graph.json cannot be read"),
}


@pytest.mark.parametrize("case", BAD_GRAPHS)
def test_a_broken_graph_json_is_named(case: str, tour: Path, tmp_path: Path) -> None:
    text, message = BAD_GRAPHS[case]
    (tour / "graph.json").write_text(text, encoding="utf-8")
    lose_sources(tmp_path)
    result = srcread("check", "frame-model")
    assert result.exit_code == 1
    assert message in result.stderr and "Run `srcread lock`" in result.stderr


def test_a_graph_json_that_is_no_plain_file_is_named_and_waits_for_nothing(
    tour: Path, tmp_path: Path
) -> None:
    text = (tour / "graph.json").read_bytes()
    (tour / "graph.json").rename(tmp_path / "elsewhere.json")
    os.mkfifo(tour / "graph.json")
    with pytest.raises(SourceError, match=r"graph\.json cannot be read: it is no plain file\. Run"):
        read_kept(tour / "graph.json", ["frame.Model"], {"frame": "1.0"})
    checked = srcread("check", "frame-model")
    assert "TOUR021 It cannot be read: it is no plain file." in checked.stderr
    (tour / "graph.json").unlink()
    (tour / "graph.json").symlink_to(tmp_path / "elsewhere.json")
    lose_sources(tmp_path)
    checked = srcread("check", "frame-model")
    assert "graph.json cannot be read: it is no plain file" in checked.stderr
    assert (tmp_path / "elsewhere.json").read_bytes() == text


def test_a_graph_json_of_another_version_does_not_count(tour: Path, tmp_path: Path) -> None:
    lose_sources(tmp_path)
    (tour / "tour.toml").write_text(TOUR.replace("1.0", "1.1"), encoding="utf-8")
    result = srcread("check", "frame-model")
    assert result.exit_code == 1
    assert "graph.json is of frame.Model of frame 1.0, which is not what" in result.stderr


def test_a_note_that_was_never_locked_has_no_place(tour: Path, tmp_path: Path) -> None:
    (tour / "new.md").write_text(NOTE.replace("if x", "return"), encoding="utf-8")
    lose_sources(tmp_path)
    for more, status in (((), 0), (("--strict",), 1)):
        result = srcread("build", "frame-model", *more)
        assert result.exit_code == status
        assert "'return' in 'frame.model.Model.run' is not in lock/" in result.stderr
    assert "is not in lock/" in Path(PAGE).read_text(encoding="utf-8")


def test_a_graph_json_that_the_sources_belie_is_a_warning_until_it_is_renewed(tour: Path) -> None:
    assert srcread("check", "frame-model").stderr == UNRUN
    text = (tour / "graph.json").read_text(encoding="utf-8")
    (tour / "graph.json").write_text(text.replace("[7,", "[77,"), encoding="utf-8")
    result = srcread("check", "frame-model")
    assert result.exit_code == 0 and "TOUR021" in result.stderr
    assert "`srcread lock frame-model`" in result.stderr
    assert "graph.json" in srcread("lock", "frame-model").stdout
    assert srcread("check", "frame-model").stderr == UNRUN


def test_sources_that_are_here_are_shown_beside_those_that_are_not(
    tour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    info = "own-2.0.dist-info"
    code = "from frame import Model\n\n\ndef start():\n    return Model().run(2)  # own\n"
    metadata = {f"{info}/METADATA": "Name: own\nVersion: 2.0\n", f"{info}/RECORD": "own.py,,\n"}
    write(site, {"own.py": code, **metadata})
    monkeypatch.syspath_prepend(site)
    text = TOUR.replace("frame.Model", "own.start")
    text = text.replace("[distributions]", '[distributions]\nown = "2.0"')
    (tour / "tour.toml").write_text(text, encoding="utf-8")
    assert srcread("lock", "frame-model", "--graph").exit_code == 0
    lose_sources(tmp_path)
    assert srcread("build", "frame-model").exit_code == 0
    pages = Path("site/en/frame-model/2.0")
    assert "# own" in (pages / "own.start.html").read_text(encoding="utf-8")
    assert "srcread fetch" not in (pages / "own.start.html").read_text(encoding="utf-8")
    assert "srcread fetch frame==1.0" in (pages / Path(PAGE).name).read_text(encoding="utf-8")
    (site / "own.py").write_text(f"\n{code}", encoding="utf-8")  # the graph is of other bytes
    assert srcread("build", "frame-model").exit_code == 0
    assert "srcread fetch own==2.0" in (pages / "own.start.html").read_text(encoding="utf-8")


def test_an_entry_that_does_not_exist_is_a_finding_that_names_the_nearest(tmp_path: Path) -> None:
    text = TOUR.replace("frame.Model", "click.Comand").replace("frame =", "click =")
    write(tmp_path / "a-tour", {"tour.toml": text.replace("1.0", version("click"))})
    findings = check([], annotations=tmp_path).findings
    (found,) = [item for item in findings if item.code == "TOUR019"]
    assert Path(found.path).name == "tour.toml"
    assert "'click.Comand'" in found.message
    assert "Did you mean 'click.Command'?" in found.message
