"""Reach: which anchored statements ran, and that looking changes nothing for the snippet."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import pytest
from support.watched_example import Bench

from srcread.evidence.sentences import say
from srcread.model import Reach, Reason, ReasonCode
from srcread.running.plan import RunLimits

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

SIZES = """\
def size(n):
    "How large a number is."
    if n > 10:
        return "large"
    elif n > 5:
        return "middle"
    else:
        try:
            n = 1 / n
        except ZeroDivisionError:
            return "nothing"
    for _ in range(3):
        n += 1; n += 2
    return n

def unused(n=1):
    return n

def outer(n):
    def inner(m):
        if m:
            return 1
        return 2
    return inner(n)

def maker():
    held = 1
    def made():
        return held
    return made

made = maker()

class Holder:
    held = 1

    def __init__(self):
        self.n = 1
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("reach"))


def reach(bench: Bench, snippet: str, *anchors: tuple[str, str | None]) -> list[Reach]:
    run = bench.run(SIZES, snippet, *anchors)
    assert run.confirmed, run.reasons
    assert run.reach is not None
    return list(run.reach)


def test_lines_are_counted_from_the_symbols_first_line(bench: Bench) -> None:
    (found,) = reach(bench, 'assert m.size(7) == "middle", "Seven."\n', ("m.size", None))
    assert found.entered and found.reason is None
    assert found.reached == (2, 4, 5)
    assert found.unreached == (3, 7, 8, 10, 11, 12, 13)


def test_only_the_statements_of_the_anchor_count(bench: Bench) -> None:
    (found,) = reach(bench, 'assert m.size(1) > 9, "One."\n', ("m.size", "for range"))
    assert (found.reached, found.unreached) == ((11, 12), ())


def test_a_handler_that_ran_is_reached(bench: Bench) -> None:
    (found,) = reach(bench, 'assert m.size(0) == "nothing", "Zero."\n', ("m.size", "try"))
    assert (found.reached, found.unreached) == ((7, 8, 10), ())


def test_a_signature_is_reached_when_its_function_is_entered(bench: Bench) -> None:
    anchors = ("m.size", "param n"), ("m.unused", "param n")
    found = reach(bench, 'assert m.size(7) == "middle", "Seven."\n', *anchors)
    assert [(one.entered, one.reached, one.unreached) for one in found] == [
        (True, (), ()),
        (False, (), ()),
    ]


def test_a_function_in_a_function_is_watched(bench: Bench) -> None:
    snippet = 'assert m.outer(0) == 2, "Zero."\n'
    (found,) = reach(bench, snippet, ("m.outer.<locals>.inner", None))
    assert (found.entered, found.reached, found.unreached) == (True, (1, 3), (2,))


def test_what_cannot_be_watched_says_why(bench: Bench) -> None:
    snippet = 'assert m.made() == m.Holder.held, "One."\n'
    found = reach(bench, snippet, ("m.Holder", None), ("m.maker", None))
    holder, maker = found
    assert holder.reason is not None and holder.reason.code is ReasonCode.NO_FUNCTION
    assert maker.reason is None and not maker.entered  # it ran at import, before the snippet


def test_a_snippet_keeps_its_trace_function_and_finds_no_new_names(bench: Bench) -> None:
    snippet = """
    import sys
    lines = []

    def trace(frame, event, value):
        if frame.f_code is m.size.__code__:
            lines.append((event, frame.f_lineno))
            names.update(frame.f_locals)
        return trace

    names = set()
    sys.settrace(trace)
    m.size(7)
    kept = sys.gettrace() is trace
    sys.settrace(None)
    assert kept and names == {"n"}, "It traces."
    assert m.size.__code__.co_names == ("ZeroDivisionError", "range"), "No name is new."
    assert not [name for name in vars(m) if "srcread" in name], "Nor is a global one."
    assert lines[0] == ("call", 1), "Lines keep their numbers."
    """
    (found,) = reach(bench, snippet, ("m.size", None))
    assert found.reached == (2, 4, 5)


def test_a_framework_may_keep_the_codes_of_its_callers_by_hash(bench: Bench) -> None:
    snippet = """
    kept = {m.size.__code__: m.size(7)}
    assert kept[m.size.__code__] == "middle", "Seven."
    """
    (found,) = reach(bench, snippet, ("m.size", "if n > return"))
    assert found.entered and found.reason is None


def test_a_snippet_that_notices_the_probes_is_confirmed_without_reach(bench: Bench) -> None:
    snippet = 'assert len(m.size.__code__.co_code) < 200, "The code is short."\n'
    run = bench.run(SIZES, snippet, ("m.size", None))
    assert run.confirmed and run.reach is not None
    assert run.reach[0].reason == Reason(ReasonCode.WATCHING_DIFFERS)


ENDINGS = {
    "waits": ("import time\n    time.sleep(60)", "took longer than 8 s"),
    "computes": ("while True: pass", "used more than 1 s of CPU time"),
    "prints": ("print('x' * (1 << 20))", "printed more than 64 KiB"),
    "is killed": ("import os\n    os.kill(os.getpid(), 9)", "killed by SIGKILL"),
    "raises": ("raise ValueError('seen')", "raised ValueError at line 4: seen"),
    "leaves": ("import os\n    os._exit(0)", "ended before its end: os._exit"),
}


@pytest.mark.parametrize("controls", [False, True])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_snippet_that_ends_otherwise_when_it_is_watched_says_how(
    ending: str, controls: bool, bench: Bench
) -> None:
    what, words = ENDINGS[ending]
    snippet = 'assert m.unused() == 1, "One."\n'
    snippet += f"if any(map(callable, m.unused.__code__.co_consts)):\n    {what}\n"
    limits = RunLimits(wall_seconds=8, cpu_counted=1)
    job = bench.job(SIZES, snippet, ("m.unused", None))
    (run,) = bench.record([job], controls=controls, limits=limits)
    assert run.confirmed and run.reach is not None and run.reach[0].reason is not None
    said = f"when it was watched, its run did not come to its end: {words}"
    assert say(run.reach[0].reason) == said
    refused = run.controls.refused.values() if run.controls else ()
    assert [*map(say, refused)] == ([said] if controls else [])


def test_a_run_that_is_not_confirmed_has_no_reach(bench: Bench) -> None:
    run = bench.run(SIZES, 'assert m.size(7) == "large", "Seven."\n', ("m.size", None))
    assert (run.confirmed, run.reach) == (False, None)


def test_the_same_run_gives_the_same_reach(bench: Bench) -> None:
    job = bench.job(SIZES, 'assert m.size(7) == "middle", "Seven."\n', ("m.size", None))
    first, second = bench.record([job, job])
    assert first.reach is not None and second.reach is not None
    assert [asdict(one) for one in first.reach] == [asdict(one) for one in second.reach]


def test_code_that_differs_from_the_text_is_not_watched(bench: Bench, tmp_path: Path) -> None:
    module = SIZES + "\nunused.__code__ = (lambda n=1: n + 1).__code__\n"
    run = bench.run(module, 'assert m.unused() == 2, "Two."\n', ("m.unused", None))
    assert run.confirmed and run.reach is not None
    assert run.reach[0].reason == Reason(ReasonCode.OTHER_TEXT)
