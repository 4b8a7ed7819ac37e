"""`coverage` counts what notes and runs cover, and `new` offers what they do not, on a terminal."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from support.environments import venv
from support.story_example import MODEL, NOTE, environment, install, srcread, write, write_tour

SCENARIO = '''\
"""Three layers, of which one scales."""

from tiny import Model

GROUP = "reading"
output = Model(3).run(5)
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    site = install(tmp_path / "site")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_tour(tmp_path / "annotations")
    return tmp_path


def test_functions_and_lines_with_a_note_are_counted(here: Path) -> None:
    found = srcread("coverage", "tiny-model")
    assert found.exit_code == 0, found.output
    assert found.stdout.splitlines() == [
        "A tiny model (tiny-model)",
        "  2 of 5 functions have a note.",
        "  4 of 9 lines stand in a note's place.",
        "Without a note, most called first:",
        "  calls  lines  function",
        "      1      1  tiny.ops.scale  tiny/ops.py:1",
        "      1      1  tiny.model.Layer.__init__  tiny/model.py:7",
        "      0      1  tiny.model.Model.__init__  tiny/model.py:17",
        "Begin a note: srcread new tiny.ops.scale --tour tiny-model",
    ]


def test_what_is_called_from_more_places_comes_first(here: Path) -> None:
    model = here / "site" / "tiny" / "model.py"
    model.write_text(MODEL.replace("        return x\n\n\n", "        return scale(x, 1)\n\n\n", 1))
    found = json.loads(srcread("coverage", "tiny-model", "--json").stdout)
    calls = {item["symbol"]: item["calls"] for item in found["functions"]}
    assert calls["tiny.ops.scale"] == 2
    listed = srcread("coverage", "tiny-model").stdout
    assert listed.index("tiny.ops.scale") < listed.index("tiny.model.Layer.__init__")


def test_functions_are_told_to_programs_in_the_order_of_reading(here: Path) -> None:
    found = json.loads(srcread("coverage", "tiny-model", "--json").stdout)
    assert (found["format"], found["tour"]) == (1, "tiny-model")
    run = next(item for item in found["functions"] if item["symbol"] == "tiny.model.Layer.run")
    assert run == {
        "symbol": "tiny.model.Layer.run",
        "path": "tiny/model.py",
        "line": 10,
        "calls": 1,
        "notes": ["first-layers"],
        "lines": 3,
        "noted": 2,
        "run": None,
        "entered": None,
    }


def test_a_note_about_a_whole_function_notes_all_of_its_lines(here: Path) -> None:
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(note.read_text().replace('at = "if size"\n', ""))
    assert "5 of 9 lines stand" in srcread("coverage", "tiny-model").stdout


def test_a_long_list_is_cut_and_says_so(here: Path) -> None:
    calls = "".join(f"    f{n}()\n" for n in range(30))
    functions = "".join(f"\n\ndef f{n}():\n    return {n}\n" for n in range(30))
    ops = here / "site" / "tiny" / "ops.py"
    ops.write_text(f"def scale(x, by):\n{calls}    return x * by\n{functions}")
    listed = srcread("coverage", "tiny-model").stdout
    assert "and 13 more: --all lists them." in listed and listed.count("tiny/ops.py") < 31
    assert srcread("coverage", "tiny-model", "--all").stdout.count("tiny/ops.py") == 31


def test_a_tour_that_has_all_says_so(here: Path) -> None:
    tour = here / "annotations" / "tiny-model"
    for number, symbol in enumerate(("ops.scale", "model.Layer.__init__", "model.Model.__init__")):
        (tour / f"more-{number}.md").write_text(NOTE.replace("model.Layer.run", symbol))
    found = srcread("coverage", "tiny-model").stdout
    assert "2 of 5 functions" in found
    for number in range(3):
        note = tour / f"more-{number}.md"
        note.write_text(note.read_text().replace('at = "if size"\n', ""))
    assert srcread("coverage", "tiny-model").stdout.endswith("Every function has a note.\n")


def test_an_unknown_tour_is_named_with_the_nearest(here: Path) -> None:
    found = srcread("coverage", "tiny-mode")
    assert found.exit_code == 2
    assert "Did you mean 'tiny-model'?" in found.stderr


@pytest.mark.skipif(os.name != "posix", reason="scenarios run on Linux and macOS only")
def test_what_a_scenario_ran_is_counted(here: Path) -> None:
    write(here / "annotations" / "tiny-model" / "scenarios", {"run.py": SCENARIO})
    python = str(venv(here / "venv", here / "site"))
    traced = srcread("trace", "tiny-model", "--python", python)
    assert traced.exit_code == 0, traced.output
    found = srcread("coverage", "tiny-model").stdout
    assert "5 of 5 functions ran in a scenario." in found
    assert "9 of 9 lines ran." in found
    assert "      1      1  yes  tiny.ops.scale" in found


def test_without_a_terminal_new_wants_a_symbol(here: Path) -> None:
    begun = srcread("new")
    assert begun.exit_code == 2
    assert "`srcread coverage TOUR` lists the functions without a note." in begun.stderr


def test_on_a_terminal_new_offers_what_has_no_note_and_asks_for_the_rest(here: Path) -> None:
    shown = converse(
        here,
        ("another function:", "77"),
        ("77 is not in the list", "tiny.model.Layer.rum"),
        ("There is no symbol", "1"),
        ("the whole of it", "9"),
        ("Write a line from 1 to 2,", "2"),
        ("Title", "Scaling multiplies"),
    )
    assert "Did you mean 'tiny.model.Layer.run'?" in shown
    assert " 1  tiny.ops.scale  (1 call, 1 line)" in shown
    assert "      2      return x * by" in shown
    assert "wrote annotations/tiny-model/scaling-multiplies.md" in shown
    note = (here / "annotations" / "tiny-model" / "scaling-multiplies.md").read_text()
    assert 'title = "Scaling multiplies"\nsymbol = "tiny.ops.scale"\nat = "return x"' in note


def test_an_empty_line_means_the_whole_function_and_an_empty_title_comes_later(here: Path) -> None:
    converse(here, ("another function:", "1"), ("the whole of it", ""), ("Title", ""))
    note = (here / "annotations" / "tiny-model" / "scale.md").read_text()
    assert 'symbol = "tiny.ops.scale"\n+++' in note and "TODO" in note


def test_an_answer_that_is_broken_off_leaves_nothing_behind(here: Path) -> None:
    before = sorted(here.rglob("annotations/**/*"))
    shown = converse(here, ("another function:", "\x03"), status=130)
    assert "Interrupted" in shown
    assert sorted(here.rglob("annotations/**/*")) == before


def converse(here: Path, *answers: tuple[str, str], status: int = 0) -> str:
    """Run `new` on a terminal; give each answer once the words before it have been shown."""
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "srcread", "new"],
        cwd=here,
        env={**environment(here / "site"), "TERM": "dumb", "COLUMNS": "100"},
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
        preexec_fn=_own_terminal,
    )
    os.close(child)
    shown, done = "", 0
    try:
        for words, answer in answers:
            while words not in shown[done:]:
                shown += _read(parent)
            done = len(shown)
            if answer == "\x03":
                _interrupt(parent, running)
            else:
                os.write(parent, answer.encode() + b"\n")
        while text := _read(parent):
            shown += text
        assert running.wait(timeout=60) == status, shown
    finally:
        os.close(parent)
        if running.poll() is None:
            running.kill()
            running.wait()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r\n", "\n")


def _own_terminal() -> None:
    """Make the terminal that of the process, so that Ctrl-C reaches it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _interrupt(terminal: int, running: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C until the process has ended: one that no line editor waits for yet is lost."""
    for _ in range(30):
        os.write(terminal, b"\x03")
        with suppress(subprocess.TimeoutExpired):
            running.wait(timeout=2)
            return


def _read(terminal: int) -> str:
    """Return what is shown next; nothing once the process has ended."""
    assert select.select([terminal], [], [], 60)[0], "it waits for an answer"
    try:
        return os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:
        return ""
