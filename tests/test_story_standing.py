"""What confirm, check and the page say of a note: the same words, and nothing written that is none.

An environment without the framework, with a broken one or with another version says nothing of a
note by failing.
"""

from __future__ import annotations

import json
import os
import shutil
import venv
from pathlib import Path

import pytest
from click.testing import Result
from support.site_outline import outline
from support.story_example import (
    NOTE,
    SNIPPET,
    contents,
    install,
    process,
    srcread,
    write_tour,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

PAGE = "site/en/tiny-model/1.0/tiny.model.Layer.run.html"
TOUR = "annotations/tiny-model"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a locked tour of tiny 1.0, and an environment that has what is in ./there."""
    folder = tmp_path_factory.mktemp("prepared")
    install(folder / "installed")
    install(folder / "there")
    write_tour(folder / "annotations")
    venv.create(folder / "venv", symlinks=True)
    (packages,) = (folder / "venv").glob("lib/*/site-packages")
    (packages / "tiny.pth").write_text("../../../../there\n")  # of each copy its own
    # Without a name: with the shipped tours, the one here is checked.
    fixed = process("check", "--fix", cwd=folder, site=folder / "installed")
    assert fixed.returncode == 0
    return folder


@pytest.fixture(scope="module")
def ran(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it in which both notes are confirmed."""
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("ran") / "here", symlinks=True)
    done = process("confirm", "--python", "venv", cwd=folder, site=folder / "installed")
    assert done.returncode == 0 and done.stdout.count("on CPU only") == 2
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what was never run, of the test's own."""
    return entered(prepared, tmp_path, monkeypatch)


@pytest.fixture
def confirmed(ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what was confirmed, of the test's own."""
    return entered(ran, tmp_path, monkeypatch)


def entered(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = shutil.copytree(original, tmp_path / "here", symlinks=True)
    monkeypatch.syspath_prepend(folder / "installed")
    monkeypatch.chdir(folder)
    return folder


def confirm(*arguments: str) -> Result:
    return srcread("confirm", "--python", "venv", *arguments)


def evidence(here: Path) -> dict[str, bytes]:
    folder = here / TOUR / "evidence"
    return contents(folder) if folder.exists() else {}


def said(done: Result, stem: str = "first-layers") -> str:
    """Return what confirm says of a note's page."""
    tail = done.stdout.partition(f"tiny-model/{stem}: ")[2]
    return tail.partition("the page says: ")[2].partition("\n")[0]


def on_page(here: Path) -> str:
    """Build the site, and return the standing of the first note on its page."""
    assert srcread("build", "tiny-model").exit_code == 0
    html = (here / PAGE).read_text("utf-8")
    words = ("confirmed", "not confirmed", "stale", "failed")
    shown = [line.removeprefix("p: ") for line in outline(html).splitlines()]
    return next(line for line in shown if line.startswith(words))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    for compiled in path.parent.glob("__pycache__/*.pyc"):
        compiled.unlink()


CHANGES = {
    "nothing": ("tour.toml", "A tiny", "A tiny", "", "confirmed on CPU only"),
    "the snippet": (
        "first-layers.py", "print", "print(1)\nprint", "EVID021",
        "stale: the snippet has changed since the run",
    ),
    "a claim": (
        "first-layers.py", "only the last one", "just the last one", "EVID021",
        "stale: the snippet has changed since the run",
    ),
    "an anchored line": (
        "../../installed/tiny/model.py", "self.size > 1", "self.size >= 1", "EVID021",
        "stale: tiny.model.Layer.run has changed",
    ),
    "the lines that it stands at": (
        "first-layers.md", 'at = "if size"', 'at = "return x"', "EVID021",
        "stale: the note stands at other lines since the run",
    ),
    "the pinned version, with the same code": (
        "tour.toml", '"1.0"', '"1.1"', "EVID023",
        "confirmed on CPU only (the same source, tiny 1.0)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_check_and_the_page_say_in_the_same_words_what_has_changed_since_a_run(
    confirmed: Path, case: str
) -> None:
    here = confirmed
    name, old, new, code, words = CHANGES[case]
    if "version" in case:
        shutil.rmtree(here / "installed")
        install(here / "installed", "1.1")
    edit(here / TOUR / name, old, new)
    checked = srcread("check", "tiny-model")
    assert (f"first-layers.md: warning: {code} " in checked.stderr) == bool(code)
    assert (repr(words) in checked.stderr) == bool(code)
    assert ("Run `srcread confirm first-layers`." in checked.stderr) == bool(code)
    strict = srcread("check", "--strict", "tiny-model")
    assert strict.exit_code == 1  # the other note leaves lines open
    assert (f"first-layers.md: error: {code} " in strict.stderr) == bool(code)
    if "version" not in case:
        assert on_page(here) == words


def test_a_snippet_that_fails_is_recorded_and_said_everywhere(here: Path) -> None:
    edit(here / TOUR / "first-layers.py", "== 10", "== 11")
    done = confirm("first-layers")
    words = "failed: claim 1 is false: 'Of three layers only the last one scales.'"
    assert (done.exit_code, said(done)) == (1, words)
    assert "(recorded)" in done.stdout
    assert on_page(here) == words
    checked = srcread("check", "tiny-model", "--format", "json")
    found = {item["code"]: item for item in json.loads(checked.stdout)["findings"]}
    assert words in found["EVID022"]["message"]
    assert found["EVID020"]["path"].endswith("layer-order.md")  # the other was never run


def test_without_the_framework_nothing_is_written_and_scripts_can_tell(confirmed: Path) -> None:
    here = confirmed
    before = evidence(here)
    shutil.rmtree(here / "there")
    done = confirm()
    assert done.exit_code == 77
    assert evidence(here) == before
    assert "cannot run here: needs tiny" in done.stdout
    assert "not written: tiny is not installed where it ran" in done.stdout
    assert said(done) == "confirmed on CPU only" == on_page(here)
    assert done.stdout.endswith("Nothing was written of 2 notes: such a run is no evidence.\n")
    packed = confirm("--out", "home.zip")
    assert packed.exit_code == 77 and not (here / "home.zip").exists()


def test_a_first_run_without_the_framework_leaves_no_evidence(here: Path) -> None:
    shutil.rmtree(here / "there")
    done = confirm("first-layers")
    assert (done.exit_code, evidence(here)) == (77, {})
    assert said(done) == "not confirmed: never run" == on_page(here)


BROKEN = {
    "an error": ("raise OSError('libtiny.so: no such file')", "raised OSError at line 1"),
    "a signal": ("import signal\nsignal.raise_signal(11)", "killed by SIGSEGV"),
    "an end": ("import os\nos._exit(3)", "ended before its end: exit status 3"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_framework_that_cannot_be_imported_is_no_failure_of_a_note(
    confirmed: Path, case: str
) -> None:
    here = confirmed
    before = evidence(here)
    text, words = BROKEN[case]
    (here / "there" / "tiny" / "__init__.py").write_text(text)
    shutil.rmtree(here / "there" / "tiny" / "__pycache__", ignore_errors=True)
    done = confirm()
    assert done.exit_code == 77, done.stdout
    assert f"cannot run here: importing tiny fails: {words}" in done.stdout
    assert evidence(here) == before


def test_a_snippet_that_raises_beside_a_good_framework_has_failed(here: Path) -> None:
    edit(here / TOUR / "first-layers.py", "result = M", "raise OSError('mine')\nresult = M")
    done = confirm("first-layers")
    assert done.exit_code == 1
    assert said(done) == "failed: raised OSError at line 5: mine"
    assert list(evidence(here)) == ["first-layers.json"]


@pytest.fixture
def older(here: Path) -> Path:
    """A copy whose environment has tiny 0.9, in which layers scale by one more."""
    shutil.rmtree(here / "there")
    install(here / "there", "0.9")
    edit(here / "there" / "tiny" / "ops.py", "x * by", "x * by + 1")
    return here


def test_a_failure_on_another_version_is_told_and_not_written(older: Path) -> None:
    done = confirm("first-layers")
    assert (done.exit_code, evidence(older)) == (1, {})
    assert "claim 1 is false" in done.stdout
    refusal = "not written: it failed on tiny 0.9, which says nothing of tiny 1.0"
    assert refusal in done.stdout
    assert said(done) == "not confirmed: never run"


def test_a_failure_that_belies_what_was_confirmed_on_that_version_is_written(older: Path) -> None:
    edit(older / "there" / "tiny" / "ops.py", "x * by + 1", "x * by")
    assert said(confirm("first-layers")) == ("confirmed on CPU only (the same source, tiny 0.9)")
    edit(older / "there" / "tiny" / "ops.py", "x * by", "x * by + 1")
    done = confirm("first-layers")
    assert (done.exit_code, said(done)) == (1, "not confirmed: only run on tiny 0.9")


def test_a_confirmation_on_another_version_is_written_and_called_so(older: Path) -> None:
    done = confirm("layer-order")
    assert done.exit_code == 0
    assert said(done, "layer-order").startswith(
        "by an equivalent, on CPU only (the same source, tiny 0.9)"
    )


EXCUSED = 'print("needs a GPU")\nraise SystemExit(77)\n'


def test_a_snippet_that_says_why_it_cannot_run_is_recorded_and_is_no_failure(here: Path) -> None:
    snippet = here / TOUR / "first-layers.py"
    snippet.write_text(SNIPPET.replace("print", f"{EXCUSED}print", 1))
    done = confirm("first-layers")
    assert (done.exit_code, said(done)) == (77, "not confirmed: needs a GPU")
    assert "(recorded)" in done.stdout
    assert on_page(here) == "not confirmed: needs a GPU"


def test_it_takes_the_place_of_no_run_of_the_same_that_could(here: Path) -> None:
    snippet = here / TOUR / "first-layers.py"
    once = "import sys, tiny\nif hasattr(tiny, 'busy'):\n    print('busy')\n    sys.exit(77)\n"
    snippet.write_text(once + SNIPPET)
    assert said(confirm("first-layers")) == "confirmed on CPU only"
    before = evidence(here)
    with (here / "there" / "tiny" / "__init__.py").open("a") as file:
        file.write("busy = True\n")
    done = confirm("first-layers")
    assert (done.exit_code, said(done)) == (77, "confirmed on CPU only")
    assert "not written: a recorded run of the same could run" in done.stdout
    assert evidence(here) == before


def test_what_will_be_said_of_an_archive_is_what_is_said_when_it_is_taken_in(here: Path) -> None:
    done = confirm("first-layers", "--out", "home.zip")
    assert said(done) == "confirmed on CPU only"
    assert evidence(here) == {}
    assert srcread("evidence", "import", "home.zip").exit_code == 0
    assert on_page(here).startswith(said(done))


def test_a_note_whose_place_is_lost_is_not_run(here: Path) -> None:
    (here / TOUR / "first-layers.md").write_text(NOTE.replace('"if size"', '"if siez"'))
    done = confirm("first-layers")
    assert done.exit_code == 1 and "LOCK004" in done.stderr
    assert evidence(here) == {}
