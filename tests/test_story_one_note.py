"""One note that is broken, or whose code has changed: the site is built, and its page says so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.recorded_example import lock_and_confirm
from support.site_outline import Page, outline
from support.story_example import (
    MODEL,
    NOTE,
    SNIPPET,
    contents,
    install,
    srcread,
    write,
    write_tour,
)

TOUR = Path("annotations/tiny-model")
SITE = Path("site/en/tiny-model/1.0")
HERE, OTHER = "tiny.model.Layer.run.html", "tiny.model.Model.run.html"
CHINESE = "title = '各层'\nsource_digest = ''\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tour whose two notes are locked and confirmed; the package lies beside it."""
    folder = tmp_path_factory.mktemp("prepared")
    write_tour(folder / "work" / "annotations")
    lock_and_confirm(folder / "work" / "annotations", install(folder / "installed"))
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, of the test's own."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def build_first(here: Path) -> dict[str, bytes]:
    """Build the site of the notes as they are, by which a gate finds nothing; return its files."""
    built = srcread("build", "tiny-model", "--strict")
    assert (built.exit_code, built.stderr) == (0, "")
    return contents(here / "site")


def text_of(page: str) -> str:
    html = (SITE / page).read_text("utf-8")
    assert Page(html).problems == []
    return outline(html)


def row() -> str:
    """Return the row of the broken note in the outline."""
    lines = text_of("index.html").splitlines()
    return next(line for line in lines if line.startswith("li: The first layers leave x"))


SOURCES = {
    "changed": (
        MODEL.replace("self.size > 1", "self.size > 2"),
        "LOCK002",
        "The lines have changed since this note was written.",
        "stale: tiny.model.Layer.run has changed",
    ),
    "ambiguous": (
        MODEL.replace(
            "        if self.size > 1:\n            x = scale(x, self.size)\n",
            "        if self.size > 5:\n            x = 0\n"
            "        elif x:\n            if self.size > 1:\n                x = scale(x, 1)\n",
        ),
        "LOCK005",
        "It is not clear which lines this note means.",
        "stale: tiny.model.Layer.run has changed",
    ),
    "lost": (
        MODEL.replace("if self.size > 1", "if self.width > 1"),
        "LOCK004",
        "The lines of this note are gone.",
        "stale: tiny.model.Layer.run has changed",
    ),
    "missing": (
        MODEL.replace("def run(self, x):\n        if", "def walk(self, x):\n        if").replace(
            "layer.run(x)", "layer.walk(x)"
        ),
        "LOCK006",
        "What this note is about is gone.",
        "stale: tiny.model.Layer.run is not found any more",
    ),
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_note_whose_code_has_changed_says_so_on_its_page_and_in_the_outline(
    here: Path, case: str
) -> None:
    source, code, words, standing = SOURCES[case]
    (here.parent / "installed" / "tiny" / "model.py").write_text(source)
    built = srcread("build", "tiny-model")
    assert built.exit_code == 0, built.output
    assert f": error: {code} " in built.stderr
    shown = text_of("index.html" if case == "missing" else HERE)
    assert f"p: {words}" in shown
    assert "A layer scales only if its size is above one." in shown
    assert f"p: {standing}" in shown
    assert re.search(rf"li: first-layers.md:\d {code} ", shown)
    assert words in row() and standing in row()
    assert "The rules find a fault in its files." in row()
    assert "p: There is no other order." in text_of(OTHER)


@pytest.mark.parametrize("case", SOURCES)
def test_a_gate_refuses_the_same_and_leaves_the_old_site(here: Path, case: str) -> None:
    before = build_first(here)
    (here.parent / "installed" / "tiny" / "model.py").write_text(SOURCES[case][0])
    strict = srcread("build", "tiny-model", "--strict")
    assert (strict.exit_code, strict.stdout) == (1, "")
    assert f": error: {SOURCES[case][1]} " in strict.stderr
    assert ": error: EVID021 The page says 'stale: " in strict.stderr
    assert "warning" not in strict.stderr
    assert contents(here / "site") == before
    assert srcread("check", "--strict", "tiny-model").exit_code == 1
    # A stamp of a build that went on keeps no gate from seeing what it found.
    assert srcread("build", "tiny-model").exit_code == 0
    assert srcread("build", "tiny-model").stdout == "Nothing has changed: site/index.html\n"
    assert srcread("build", "tiny-model", "--strict").exit_code == 1


FILES = {
    "a lock that is gone": ("lock/first-layers.json", None, "LOCK001", "confirmed on CPU only"),
    "a lock that is broken": ("lock/first-layers.json", "{", "LOCK008", "confirmed on CPU only"),
    "evidence that is broken": (
        "evidence/first-layers.json", "{", "EVID002", "not confirmed: never run",
    ),
    "a snippet that is no Python": (
        "first-layers.py", "def f(:", "CLAIM001", "stale: the snippet is gone or cannot be read",
    ),
    "a snippet that is gone": (
        "first-layers.py", None, "", "stale: the snippet is gone or cannot be read",
    ),
    "a claim that tests nothing": (
        "first-layers.py", SNIPPET + 'assert True, "True."\n', "CLAIM008",
        "stale: the snippet has changed since the run",
    ),
    "a selector that is none": (
        "first-layers.md", NOTE.replace('"if size"', '"iff size"'), "LOCK010",
        "confirmed on CPU only",
    ),
    "an unknown key": (
        "first-layers.md", NOTE.replace("+++\nA", "attop = 1\n+++\nA"), "NOTE007",
        "confirmed on CPU only",
    ),
    "raw HTML": (
        "first-layers.md", NOTE + "\n<script>alert(1)</script>\n", "NOTE022",
        "confirmed on CPU only",
    ),
    "a step behind none": (
        "first-layers.md", NOTE.replace("at =", 'after = "nothing"\nat ='), "NOTE018",
        "confirmed on CPU only",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_note_with_a_broken_file_says_so_and_stops_no_other(here: Path, case: str) -> None:
    name, text, code, standing = FILES[case]
    if text is None:
        (TOUR / name).unlink()
    else:
        (TOUR / name).write_text(text, "utf-8")
    built = srcread("build", "tiny-model")
    assert built.exit_code == 0, built.output
    shown = text_of(HERE)
    assert f"p: {standing}" in shown
    assert not code or (f" {code} " in shown and f"error: {code} " in built.stderr)
    assert standing in row()
    assert "<script>alert" not in (SITE / HERE).read_text("utf-8")
    assert "p: There is no other order." in text_of(OTHER)
    assert srcread("build", "tiny-model", "--strict").exit_code == 1


UNREAD = {
    "no front matter": ("first-layers.md", "no front matter\n", "NOTE004"),
    "no TOML": ("first-layers.md", NOTE.replace('title = "', "title = "), "NOTE006"),
    "not UTF-8": ("first-layers.md", "\udcff", "NOTE001"),
    "a translation of nothing": (
        "first-layers.md", NOTE.replace("at =", 'source_digest = ""\nat ='), "TRANS001",
    ),
    "a snippet without a note": ("lonely.py", SNIPPET, "TOUR010"),
    "a note that is badly named": ("Bad_Name.md", NOTE, "NOTE014"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREAD)
def test_files_of_which_no_note_can_be_made_are_listed_in_the_outline(
    here: Path, case: str
) -> None:
    name, text, code = UNREAD[case]
    (TOUR / name).write_text(text, "utf-8", "surrogateescape")
    settings = TOUR / "tour.toml"
    settings.write_text(
        f'{settings.read_text()}\n[[chapter]]\ntitle = "Layers"\nfirst = "first-layers"\n'
    )
    built = srcread("build", "tiny-model")
    assert built.exit_code == 0, built.output
    shown = text_of("index.html")
    assert "h2: Files without a note" in shown
    assert re.search(rf"li: {re.escape(name)}(:\d)? {code} ", shown)
    assert f"error: {code} " in built.stderr
    assert "p: There is no other order." in text_of(OTHER)
    assert srcread("build", "tiny-model", "--strict").exit_code == 1


def test_pages_in_another_language_say_it_in_that_language(here: Path) -> None:
    settings = TOUR / "tour.toml"
    settings.write_text(
        settings.read_text().replace("entries", 'languages = ["en", "zh"]\nentries')
    )
    chinese = f"+++\n{CHINESE}+++\n各层按大小缩放。[^last]\n"
    write(TOUR, {"first-layers.zh.md": chinese})
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    (TOUR / "first-layers.md").write_text(NOTE.replace('"if size"', '"if siez"'))
    assert srcread("build", "tiny-model").exit_code == 0
    folder = Path("site/zh/tiny-model/1.0")
    shown = outline((folder / HERE).read_text("utf-8"))
    assert "p: 这条批注所指的行已不存在。" in shown
    assert "summary: 规则检查发现其文件有" in shown
    assert "各层按大小缩放。" in shown


def test_what_is_wrong_with_the_tour_as_a_whole_still_forbids_a_build(here: Path) -> None:
    before = build_first(here)
    (TOUR / "tour.toml").write_text((TOUR / "tour.toml").read_text() + "\n[sight]\n")
    (TOUR / "first-layers.md").write_text("no front matter\n")
    built = srcread("build", "tiny-model")
    assert (built.exit_code, built.stdout) == (1, "")
    assert "tour.toml" in built.stderr and "NOTE004" in built.stderr
    assert contents(here / "site") == before


def test_the_further_place_of_a_note_without_its_own_leads_to_where_it_stands(here: Path) -> None:
    note = NOTE.replace("tiny.model.Layer.run", "tiny.model.Layer.ran").replace(
        "+++\nA", '[[also]]\nsymbol = "tiny.ops.scale"\n+++\nA'
    )
    (TOUR / "first-layers.md").write_text(note)
    assert srcread("build", "tiny-model").exit_code == 0
    assert 'href="index.html#n-first-layers"' in (SITE / "tiny.ops.scale.html").read_text()
    assert 'id="n-first-layers"' in (SITE / "index.html").read_text()
