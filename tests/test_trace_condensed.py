"""What pages show of traces is the same of a graph just walked and of one out of the cache."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from support.story_example import install, srcread, write, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="scenarios run on Linux and macOS only")

OPS = """\
def scale(x, by):
    grow = lambda value: value * by
    steps = sorted(range(1), key=lambda step: -step)

    def again(value):
        return (lambda one: one)(grow(value))

    return again(x) if steps else x
"""
SCENARIO = (
    '"""Three layers."""\nfrom tiny import Model\nGROUP = "reading"\noutput = Model(3).run(5)\n'
)
OPENED = """\
import sys
from pathlib import Path
from srcread.opening.tour import open_tour
opened = open_tour(Path("annotations/tiny-model"))
"""
PRINTED = """\
print(sorted((name, one.text) for name, one in runs.functions.items()))
print(runs.scenarios, runs.seen, runs.maps, findings)
"""
SHOWN = f"""\
{OPENED}
from srcread.opening.traces import recordings
runs, findings = recordings(opened)
{PRINTED}
"""
AHEAD = f"""\
{OPENED}
import multiprocessing
from srcread.opening.traces import Ahead, recordings
with Ahead(JOBS) as ahead:
    ahead.begin(opened.tour.folder, opened.code)
    begun = multiprocessing.active_children()
    print(len(begun), file=sys.stderr)
    BETWEEN
    runs, findings = recordings(opened, ahead)
assert not multiprocessing.active_children()
{PRINTED}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a tour of a package that has lambdas, and the trace of a scenario."""
    site = install(tmp_path / "site")
    write(site, {"tiny/ops.py": OPS})
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    write(write_tour(tmp_path / "annotations") / "scenarios", {"run.py": SCENARIO})
    venv.create(tmp_path / "venv", symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/*/site-packages")
    (packages / "site.pth").write_text(f"{site}\n")
    made = srcread("trace", "--annotations", "annotations", "--python", "venv/bin/python")
    assert made.exit_code == 0, made.output
    return tmp_path


def told(here: Path, script: str, cache: str, seed: int = 0) -> str:
    return asked(here, script, cache, seed).stdout


def asked(here: Path, script: str, cache: str, seed: int = 0) -> subprocess.CompletedProcess[str]:
    paths = [str(here / "site"), *sys.path]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONHASHSEED": str(seed),
        "SRCREAD_CACHE": str(here / cache),
    }
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_traces_are_condensed_alike_whether_the_graph_was_walked_or_kept(here: Path) -> None:
    fresh = [told(here, SHOWN, f"fresh-{seed}", seed) for seed in (0, 1, 77)]
    assert told(here, OPENED, "kept", 3) == ""  # the graph is kept, and nothing else
    kept = told(here, SHOWN, "kept", 4)
    assert "tiny.ops.scale.<locals>.<lambda>~2" in kept
    assert "tiny.ops.scale.<locals>.again" in kept
    assert all(one == kept for one in fresh)


@pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux")
@pytest.mark.parametrize(
    ("jobs", "between", "forks"),
    [
        (1, "pass", "0\n"),
        (2, "pass", "1\n"),
        (2, "[one.kill() for one in begun]", "1\n"),
        (2, "ahead.begin(opened.tour.folder / 'other', opened.code)", "1\n"),
    ],
    ids=["one process", "ahead", "killed", "no process for another tour"],
)
def test_traces_are_condensed_alike_in_a_fork(
    here: Path, jobs: int, between: str, forks: str
) -> None:
    script = AHEAD.replace("JOBS", str(jobs)).replace("BETWEEN", between)
    done = asked(here, script, "ahead")
    assert done.stderr == forks
    assert done.stdout == told(here, SHOWN, "alone")
    again = asked(here, AHEAD.replace("JOBS", "2").replace("BETWEEN", "pass"), "ahead")
    assert again.stderr == "0\n", "what is kept needs no fork"
    assert again.stdout == done.stdout
