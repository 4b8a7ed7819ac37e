"""Runs that must agree: a coin confirms nothing, and what has failed is not run again."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from importlib.util import find_spec
from textwrap import dedent

import pytest
from support.claims_example import claims_of
from support.reasons import said
from support.watched_example import Bench

from srcread.model import Depends, ReasonCode, Run
from srcread.running.batch import BatchSettings, record_jobs
from srcread.running.plan import DEFAULT_LIMITS, Job, RunLimits

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")


def job(text: str) -> Job:
    text = dedent(text).strip() + "\n"
    return Job("snippet", text, claims_of(text), Depends(text))


def recorded(texts: Sequence[str], limits: RunLimits = DEFAULT_LIMITS) -> list[Run]:
    settings = BatchSettings(True, distributions=(), limits=limits)
    return list(record_jobs([job(text) for text in texts], settings, date="2026-01-02"))


COINS = {
    "of random": "import random\nassert random.random() < 0.5, 'Heads.'",
    "of random, the other way": "import random\nassert random.random() > 0.5, 'Heads.'",
    "of random, by choice": "import random\nassert random.choice('ab') == 'a', 'Heads.'",
    "of an address": "assert id(object()) // 16 % 2 == 0, 'Heads.'",
    "of many hashes": "assert [hash(c) % 2 for c in 'abcdefgh'] == [0] * 8, 'Heads.'",
    "of the system": "import os\nassert os.urandom(1)[0] % 2 == 0, 'Heads.'",
    "of a clock": "import time\nassert time.time_ns() // 1000 % 2 == 0, 'Heads.'",
    "of a process": "import os\nassert os.getpid() % 2 == 0, 'Heads.'",
    "of a set": "assert list({'a', 'b', 'c', 'd', 'e'}) == sorted('abcde'), 'Heads.'",
    "of a uuid": "import uuid\nassert uuid.uuid4().int % 2 == 0, 'Heads.'",
}


def test_a_coin_confirms_nothing() -> None:
    left = dict(COINS)
    for _ in range(2):  # nine runs agree by chance once in 512 times: never twice for one coin
        runs = zip(list(left), recorded(list(left.values())), strict=True)
        left = {name: left[name] for name, run in runs if run.confirmed}
    assert list(left) == []


@needs_torch
def test_a_coin_of_torch_is_unstable_unless_it_is_seeded() -> None:
    coin = "import torch\n{}assert torch.rand(1).item() {} 0.5, 'Heads.'\n"
    runs = recorded(
        [coin.format("", "<"), coin.format("", ">"), coin.format("torch.manual_seed(0)\n", "<")]
    )
    assert [run.confirmed for run in runs] == [False, False, True]
    reasons = {said(run)[0] for run in runs[:2]}  # torch starts from a seed of its own
    assert reasons == {
        "claim 1 is false: 'Heads.'",
        "unstable, its runs disagree: claim 1 is false: 'Heads.'",
    }


def test_what_only_a_later_run_shows_is_unstable_and_has_no_reach(bench: Bench) -> None:
    snippet = """
    import random
    random.seed()
    assert m.f(random.random()) < 2, "It is small."
    assert random.random() != 0.5733289035360757, "And another."
    """
    (run,) = bench.record([bench.job("def f(x):\n    return x\n", snippet, ("m.f", None))])
    assert run.confirmed  # it draws, and its claims hold whatever it draws


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("agreeing"))


def test_a_seeded_snippet_runs_no_more_than_three_times(bench: Bench) -> None:
    module = "import sys\n\ndef f():\n    return 3\n"
    snippet = """
    import random
    random.seed(1)
    assert random.random() < 0.5 and m.f() == 3, "It is small."
    """
    (run,) = bench.record([bench.job(module, snippet, ("m.f", None))])
    assert run.confirmed and run.reach is not None and run.reach[0].entered


@pytest.mark.parametrize("controls", [False, True])
def test_a_snippet_that_hangs_costs_its_limit_once(bench: Bench, controls: bool) -> None:
    snippet = 'import signal\nassert m.f() == 3, "Three."\nwhile True: signal.pause()\n'
    jobs = [bench.job("def f():\n    return 3\n", snippet, ("m.f", None))]
    began = time.monotonic()
    (run,) = bench.record(jobs, controls=controls, limits=RunLimits(wall_seconds=8))
    assert time.monotonic() - began < 2 * 8
    assert said(run) == ("took longer than 8 s",)


def test_a_snippet_that_hangs_when_it_is_watched_costs_its_limit_once_more(bench: Bench) -> None:
    snippet = """
    import signal
    assert m.f() == 3, "Three."
    while len(m.f.__code__.co_code) > 20: signal.pause()
    """
    jobs = [bench.job("def f():\n    return 3\n", snippet, ("m.f", None))]
    began = time.monotonic()
    (run,) = bench.record(jobs, controls=True, limits=RunLimits(wall_seconds=5))
    assert time.monotonic() - began < 3 * 5
    assert run.confirmed and run.reach is not None and run.reach[0].reason is not None
    assert run.reach[0].reason.code is ReasonCode.WATCHING_ENDED


def test_a_failed_snippet_costs_no_other_of_its_name_a_run(bench: Bench) -> None:
    module = "def f():\n    return 3\n"
    jobs = [
        bench.job(module, f'assert m.f() == {number}, "Three."\n', ("m.f", None))
        for number in (4, 3)
    ]
    runs = bench.record(jobs)
    assert [run.confirmed for run in runs] == [False, True]
    assert runs[1].reach is not None and runs[1].reach[0].entered
