"""Files that nobody would write, dying workers and killed runs: a line about it, never a crash."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from srcread.index import Index
from srcread.index.hostile.child import FileJob, FileOutcome, examine
from srcread.index.hostile.pool import FileLimits, run_jobs
from srcread.index.trees import is_modest
from srcread.index.whole import (
    IndexSummary,
    find_calls,
    find_symbols,
    imports,
    index_distribution,
)
from srcread.sources import Sources, open_path

ROOT = Path(__file__).parents[1]
LONG_AGO = 1_000_000_000
SLOW = b"x = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" * 60_000
"""Two megabytes, which take about a second to parse."""
LONG_LITERAL = b"x = [" + b"1," * 2_500_000 + b"]\n"
DEFINITIONS = b"def f(): pass\n" * 20_000
NO_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))


def write(root: Path, files: dict[str, bytes]) -> Sources:
    """Write files of long ago and return them as sources named `pkg`."""
    for name, data in {"__init__.py": b"", **files}.items():
        path = root / "src" / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (LONG_AGO, LONG_AGO))
    return Sources([open_path(root / "src" / "pkg")])


def said(summary: IndexSummary) -> list[tuple[str, str]]:
    return [(item.path.removeprefix("pkg:pkg/"), item.code) for item in summary.diagnostics]


HOSTILE = {
    "parentheses.py": b"x = " + b"(" * 250 + b")" * 250,
    "subscripts.py": b"x = a" + b"[0]" * 3000,
    "calls.py": b"x = a" + b"(0)" * 30_000,
    "minus.py": b"x = " + b"-" * 10_000 + b"1",
    "sum.py": b"x = a" + b"+a" * 200_000,
    "elifs.py": b"if a: pass\n" + b"elif b: pass\n" * 20_000,
    "null.py": b"x = 1\0\n",
    "encoding.py": b"# -*- coding: utf-8 -*-\nx = '\xff\xfe'\n",
    "coding.py": b"# -*- coding: klingon -*-\nx = 1\n",
    "python2.py": b"print 'Python 2'\n",
    "list.py": LONG_LITERAL,
}


def test_every_hostile_file_costs_one_diagnostic_and_the_others_are_indexed(
    tmp_path: Path,
) -> None:
    fine = {
        "definitions.py": DEFINITIONS,
        "text.py": b"x = '" + b"a" * 5_000_000 + b"'\n",
        "cycle.py": b"from pkg import circle\ndef run(): circle.back()\n",
        "circle.py": b"from pkg import cycle\ndef back(): cycle.run()\n",
    }
    sources = write(tmp_path, HOSTILE | fine)
    begin = time.monotonic()
    summary = index_distribution(sources, "pkg", workers=2)
    assert time.monotonic() - begin < 10 * len(HOSTILE)
    assert [path for path, _ in said(summary)] == sorted(HOSTILE)
    assert (summary.files, summary.symbols) == (5, 20_002)
    assert [call.caller for call in find_calls(summary, "back")] == ["pkg.cycle.run"]
    assert find_symbols(summary, "f~20000")[0].line == 20_000
    again = index_distribution(sources, "pkg", workers=2)
    assert (again.read, again.diagnostics) == (0, summary.diagnostics)


@NO_PIPES
def test_pipes_broken_links_and_hidden_modules_are_diagnostics(tmp_path: Path) -> None:
    files = {"sub/__init__.py": b"", "sub/in.py": b"", "sub.py": b"def hidden(): pass\n"}
    write(tmp_path, files)
    folder = tmp_path / "src" / "pkg"
    os.mkfifo(folder / "pipe.py")
    (folder / "broken.py").symlink_to(folder / "nowhere.py")
    (folder / "sub" / "again").symlink_to(folder)
    summary = index_distribution(Sources([open_path(folder)]), "pkg")
    assert said(summary) == [
        ("broken.py", "SRC002"),
        ("pipe.py", "SRC002"),
        ("sub.py", "SRC005"),
    ]
    assert find_symbols(summary, "hidden") == []
    assert summary.files == 3


@NO_PIPES
def test_what_became_a_pipe_or_vanished_after_it_was_listed_is_not_waited_for(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for name, words in (("pipe.py", "not a regular file"), ("gone.py", "No such file")):
        answer = examine(("read", f"pkg:{name}", str(tmp_path / name), "pkg", b"", True))
        assert answer is not None and answer[3] is not None
        assert (answer[3][0], words in answer[3][2]) == ("SRC002", True)


def jobs(root: Path, *data: bytes) -> list[FileJob]:
    """Write files and return the jobs to read them."""
    made: list[FileJob] = []
    for number, text in enumerate(data):
        path = root / f"m{number}.py"
        path.write_bytes(text)
        made.append(("read", f"pkg:m{number}.py", str(path), "", b"", True))
    return made


def outcomes(found: Iterator[FileOutcome]) -> dict[str, str]:
    """Return what became of each file: the number of its symbols, or its problem's words."""
    became = {}
    for job, answer, failure, _ in found:
        if failure is not None:
            assert failure[0] == "SRC004"
            became[job[1]] = failure[2]
        elif answer is not None:
            became[job[1]] = str(len(answer[2][0])) if answer[2] else str(answer[3])
    return became


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="only the parent's clock holds here")
def test_a_file_that_takes_too_much_processor_time_costs_itself(tmp_path: Path) -> None:
    limits = FileLimits(cpu_seconds=0.2)
    found = outcomes(run_jobs(jobs(tmp_path, b"def f(): 1", SLOW, b"def g(): 1"), 1, limits))
    assert found == {
        "pkg:m0.py": "1",
        "pkg:m1.py": "parsing it takes more than 0.2 seconds of processor time",
        "pkg:m2.py": "1",
    }


def test_a_file_that_takes_too_long_costs_itself(tmp_path: Path) -> None:
    limits = FileLimits(cpu_seconds=60, wall_seconds=2, memory_bytes=8 << 30)
    found = outcomes(run_jobs(jobs(tmp_path, b"def f(): 1", 4 * SLOW, b"def g(): 1"), 1, limits))
    assert found["pkg:m1.py"] == "reading it takes more than 2 seconds"
    assert (found["pkg:m0.py"], found["pkg:m2.py"]) == ("1", "1")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_file_that_takes_too_much_memory_costs_itself(tmp_path: Path) -> None:
    limits = FileLimits(memory_bytes=200 << 20)
    found = outcomes(run_jobs(jobs(tmp_path, LONG_LITERAL, b"def g(): 1"), 1, limits))
    assert "memory" in found["pkg:m0.py"]
    assert found["pkg:m1.py"] == "1"


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_crashes_costs_its_file(tmp_path: Path, number: signal.Signals) -> None:
    running = run_jobs(jobs(tmp_path, b"def f(): 1", SLOW * 2, b"def g(): 1"), 1)
    first = next(running)
    killer = threading.Thread(target=kill_worker, args=(number,))
    killer.start()
    found = outcomes(running)
    killer.join()
    assert first[0][1] == "pkg:m0.py"
    assert number.name in found["pkg:m1.py"]
    assert found["pkg:m2.py"] == "1"


def kill_worker(number: signal.Signals) -> None:
    time.sleep(0.2)
    for child in children(os.getpid()):
        if b"hostile.child" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(child, number)


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


@LINUX
def test_a_run_that_is_given_up_leaves_no_worker(tmp_path: Path) -> None:
    before = set(children(os.getpid()))
    running = run_jobs(jobs(tmp_path, b"def f(): 1", *[SLOW] * 4), 2)
    next(running)
    assert set(children(os.getpid())) - before
    running.close()  # type: ignore[attr-defined] # a generator
    assert set(children(os.getpid())) - before == set()


RUN = """
import sys
from pathlib import Path
from srcread.index.whole import index_distribution
from srcread.sources import Sources, open_path
print("ready", flush=True)
index_distribution(Sources([open_path(Path(sys.argv[1]))]), "pkg", workers=2)
"""


@LINUX
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.2, 0.3, 0.45])
def test_an_index_whose_building_was_killed_is_completed_by_the_next_run(
    tmp_path: Path, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"import os\n" + b"# pad\n" * 200 + b"def f(): os.g()\n" * 5
    sources = write(tmp_path, {f"m{number}.py": text for number in range(900)})
    folder = str(tmp_path / "src" / "pkg")
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, folder], cwd=ROOT, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        workers = children(process.pid)
        process.kill()
    assert ended(workers)
    for path in (tmp_path / "cache").rglob("*.sqlite"):
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = everything(index_distribution(sources, "pkg"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "another"))
    assert found == everything(index_distribution(sources, "pkg"))
    assert len(found[1]) == 4500


def ended(processes: list[int]) -> bool:
    """Tell whether workers whose parent is dead have ended within a minute."""
    for _ in range(1200):
        if not any(Path(f"/proc/{process}/exe").exists() for process in processes):
            return True
        time.sleep(0.05)
    return False


def everything(summary: IndexSummary) -> tuple[object, list[object], object]:
    symbols: list[object] = list(find_symbols(summary, "pkg.m", limit=10_000))
    calls: list[object] = list(find_calls(summary, "g"))
    return symbols, calls, imports(summary)


def test_what_is_large_or_nests_deeply_is_not_modest() -> None:
    assert is_modest(b"x = [(1, {2: 3}) for _ in range(4)]  # :-(\n" * 150)
    assert not is_modest(b"x = " + b"(" * 300 + b")" * 300)
    assert not is_modest(b"x = 1\n" * 200_000)


@pytest.mark.parametrize("name", ["parentheses.py", "list.py"])
def test_one_hostile_file_on_demand_is_tried_elsewhere_and_costs_a_diagnostic(
    tmp_path: Path, name: str
) -> None:
    index = Index(write(tmp_path, {name: HOSTILE[name], "other.py": b"def f(): pass\n"}))
    assert index.module(f"pkg.{name.removesuffix('.py')}") is None
    (diagnostic,) = index.diagnostics
    assert (diagnostic.path, diagnostic.code) == (f"pkg:pkg/{name}", "SRC001")
    assert index.symbol("pkg.other.f") is not None


def test_twenty_thousand_definitions_of_one_name_are_numbered_in_order(tmp_path: Path) -> None:
    index = Index(write(tmp_path, {"many.py": DEFINITIONS}))
    begin = time.process_time()
    module = index.module("pkg.many")
    assert module is not None
    assert time.process_time() - begin < 15
    names = list(module.definitions)
    assert (names[0], names[1], names[2]) == ("pkg.many.f", "pkg.many.f~2", "pkg.many.f~3")
    assert names[-1] == "pkg.many.f~20000"
    assert [module.definitions[name].node.lineno for name in names] == list(range(1, 20_001))


def test_a_large_file_that_is_fine_is_read_on_demand(tmp_path: Path) -> None:
    index = Index(write(tmp_path, {"large.py": DEFINITIONS * 4}))
    assert index.symbol("pkg.large.f~80000") is not None
    assert index.diagnostics == []
