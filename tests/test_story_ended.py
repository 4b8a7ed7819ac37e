"""However a command ends, nothing of it stays in the temporary folder, or beside a site."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from support.environments import venv
from support.served_example import Server
from support.story_example import (
    SNIPPET,
    contents,
    environment,
    install,
    process,
    write_tour,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")

SLOW = SNIPPET.replace("result =", "import time\ntime.sleep(60)\nresult =", 1)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tour in ./annotations, its locks written, and an environment in ./venv."""
    folder = tmp_path_factory.mktemp("prepared")
    venv(folder / "venv", install(folder / "installed"))
    write_tour(folder / "annotations")
    assert run(folder, "check", "--fix", "tiny-model").returncode == 0
    return folder


@pytest.fixture
def here(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of its notes; ./tmp is the temporary folder of every process that starts there."""
    shutil.copytree(prepared / "annotations", tmp_path / "annotations")
    for name in ("venv", "installed"):
        (tmp_path / name).symlink_to(prepared / name)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path


def run(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return process(*arguments, cwd=here, site=here / "installed")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def confirming(
    here: Path, before: Callable[[], object] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start `confirm --out` of a snippet that sleeps, and wait until it does."""
    (here / "annotations" / "tiny-model" / "first-layers.py").write_text(SLOW)
    words = ["confirm", "first-layers", "--python", "venv", "--trust", "--out", "home.zip"]
    with subprocess.Popen(
        [sys.executable, "-m", "srcread", *words],
        cwd=here,
        env=environment(here / "installed"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before or (lambda: signal.signal(signal.SIGINT, signal.default_int_handler)),
    ) as started:
        try:
            wait_for(lambda: started.poll() is not None or len(names(here / "tmp")) == 2)
            time.sleep(0.5)
            assert started.poll() is None
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_takes_all_folders_along(here: Path, number: signal.Signals) -> None:
    with confirming(here) as started:
        started.send_signal(number)
        _, errors = started.communicate(timeout=300)
    assert started.returncode == 128 + number
    assert errors.strip() == ("srcread: Interrupted." if number == signal.SIGINT else "")
    assert names(here / "tmp") == []
    assert not (here / "home.zip").exists()


def test_a_signal_that_comes_twice_does_not_disturb_the_clearing_up(here: Path) -> None:
    with confirming(here) as started:
        for _ in range(20):
            started.send_signal(signal.SIGTERM)
            time.sleep(0.01)
        started.wait(300)
    late = -signal.SIGTERM  # by the last, after Python has put its handlers away
    assert started.returncode in (128 + signal.SIGTERM, late)
    assert names(here / "tmp") == []


def test_a_hangup_that_the_caller_ignores_is_ignored(here: Path) -> None:
    with confirming(here, lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as started:
        started.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert started.poll() is None


def test_what_a_killed_command_left_goes_with_the_next(here: Path) -> None:
    with confirming(here) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait(300)
    assert len(names(here / "tmp")) == 2
    done = run(here, "confirm", "layer-order", "--python", "venv", "--trust")
    assert done.returncode == 0, done.stderr
    assert names(here / "tmp") == []


# A command in which a page sends its own process a signal when it is written.
BUILDING = """
import os, sys
from srcread.cli import main
from srcread.site import publish
write, number = publish.__globals__["_write"], int(sys.argv.pop(1))
def ending(new, page):
    if page.address == "style.css":
        os.kill(os.getpid(), number)
    return write(new, page)
publish.__globals__["_write"] = ending
main()
"""


def ended_build(here: Path, number: int, *more: str) -> int:
    words = [sys.executable, "-c", BUILDING, str(number), "build", "tiny-model", *more]
    variables = environment(here / "installed")
    return subprocess.run(words, cwd=here, env=variables, timeout=300, check=False).returncode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_ended_leaves_nothing_beside_the_site(here: Path, number: int) -> None:
    before = names(here)
    assert ended_build(here, number) == 128 + number
    assert names(here) == before


def test_what_a_killed_build_left_goes_with_the_next_even_if_nothing_has_changed(
    here: Path,
) -> None:
    assert "written" in run(here, "build", "tiny-model").stdout
    (here / "own").mkdir()
    (here / "own" / "style.css").write_text("p { color: red }")
    before, site = names(here), contents(here / "site")
    assert run(here, "build", "tiny-model").stdout.startswith("Nothing has changed")
    assert ended_build(here, signal.SIGKILL, "--templates", "own") == -signal.SIGKILL
    assert len(names(here)) == len(before) + 1
    assert run(here, "build", "tiny-model").stdout.startswith("Nothing has changed")
    assert names(here) == before
    assert contents(here / "site") == site


def test_a_server_that_is_ended_while_a_snippet_runs_leaves_nothing(here: Path) -> None:
    (here / "annotations" / "tiny-model" / "first-layers.py").write_text(SLOW)
    server = Server(here, here / "installed")

    def ask() -> None:
        with suppress(OSError):  # it ends before it answers
            server.run("tiny-model/first-layers")

    asking = Thread(target=ask)
    asking.start()
    wait_for(lambda: len(names(here / "tmp")) == 3)
    server.process.send_signal(signal.SIGTERM)
    server.process.communicate(timeout=300)
    asking.join(300)
    assert server.process.returncode == 128 + signal.SIGTERM
    wait_for(lambda: names(here / "tmp") == [])
