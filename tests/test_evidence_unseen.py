"""Changes that no claim notices, of values that are hard to look at: none of them is silent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from textwrap import dedent

import pytest
from support.watched_example import Bench
from test_evidence_controls import outcomes

from srcread.evidence.grading import grade
from srcread.model import Grade, Outcome, Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

MORE = "def more(x):\n    y = x + 1\n    return y\n"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("unseen"))


def changed(bench: Bench, texts: Mapping[str, tuple[str, str]]) -> Mapping[str, Run]:
    """Run all snippets about `m.more`, each beside its module, with their controls."""
    jobs = [bench.job(module, snippet, ("m.more", None)) for module, snippet in texts.values()]
    return dict(zip(texts, bench.record(jobs, controls=True), strict=True))


def constant(run: Run) -> set[Outcome]:
    """Return what came of the one constant of `m.more` when it was changed."""
    assert run.confirmed
    return outcomes(run)["constant"]


FUNCTIONS = {
    "a set": "def more(x):\n    return {x, x + 1}\n",
    "what is yielded": "def more(x):\n    yield x + 1\n",
    "what is yielded later": """
        def more(x):
            for _ in range(x):
                yield x
            yield x + 1
        """,
    "what a generator returns": "def more(x):\n    yield x\n    return x + 1\n",
    "what a generator is given": "def more(x):\n    yield x\n    x.append(len(x) + 1)\n",
    "what is passed on": "def more(x):\n    yield from [x + 1]\n",
    "a coroutine": "async def more(x):\n    return x + 1\n",
    "what a coroutine yields": "async def more(x):\n    yield x + 1\n",
    "a generator that is returned": "def more(x):\n    return (y + 1 for y in [x])\n",
    "a function that is returned": """
        def more(x):
            def add():
                return x + 1
            return add
        """,
    "a closure's value": "def more(x):\n    y = x + 1\n    return lambda: y\n",
    "a method of what is returned": "def more(x):\n    return [x + 1].count\n",
    "the message of an error": "def more(x):\n    y = x + 1\n    raise ValueError(f'no {y}')\n",
    "a variable of the module": "last = 0\ndef more(x):\n    global last\n    last = x + 1\n",
    "an attribute of a class": """
        class Kind:
            count = 0
        def more(x, kind=Kind):
            kind.count = x + 1
        """,
    "an attribute of a function": """
        def other():
            pass
        def more(x, function=other):
            function.mark = x + 1
        """,
}
CALLS = {
    "what a generator is given": """
        found = m.more([3])
        next(found)
        found = list(found)
        """,
    "a coroutine": """
        found = m.more(3)
        try:
            found.send(None)
        except StopIteration:
            pass
        """,
    "what a coroutine yields": """
        found = m.more(3).__anext__()
        try:
            found.send(None)
        except StopIteration:
            pass
        """,
    "a generator that is returned": "found = m.more(3)\n",
    "a function that is returned": "found = m.more(3)\nfound()\n",
    "the message of an error": """
        found = None
        try:
            m.more(3)
        except ValueError:
            found = 1
        """,
}
LISTED = "found = m.more(3)\nif hasattr(found, '__next__'):\n    found = list(found)\n"


@pytest.fixture(scope="module")
def functions(bench: Bench) -> Mapping[str, Run]:
    claimed = 'claimed = [found]\nassert len(claimed) == 1, "One came."\n'
    texts = {what: dedent(CALLS.get(what, LISTED)) + claimed for what in FUNCTIONS}
    return changed(bench, {what: (FUNCTIONS[what], text) for what, text in texts.items()})


@pytest.mark.parametrize("what", FUNCTIONS)
def test_a_change_of_what_a_function_gives_is_never_silent(
    what: str, functions: Mapping[str, Run]
) -> None:
    assert constant(functions[what]) == {Outcome.UNSEEN}


GIVEN = {
    "a fraction": "from fractions import Fraction\nfound = m.more(Fraction(3))\n",
    "slots": """
        class Number:
            __slots__ = ("n",)
            def __init__(self, n): self.n = n
            def __add__(self, other): return Number(self.n + other)
        found = m.more(Number(3)).n
        """,
    "a bytearray's subclass": """
        class Bytes(bytearray):
            def __add__(self, other): return Bytes([self[0] + other])
        found = m.more(Bytes([3]))[0]
        """,
    "the end of a long list": """
        class Items(list):
            def __add__(self, other): return Items([*self[:-1], self[-1] + other])
        found = m.more(Items([*range(3000), 3]))[-1]
        """,
    "the last of many activations": """
        for _ in range(2500):
            m.more(float("nan"))
        found = m.more(3)
        """,
    "a class that raises as it is looked at": """
        seen = [4]
        class Meta(type):
            def __getattribute__(kind, name):
                if name in ("__module__", "__qualname__", "__dict__") and seen[-1] != 4:
                    raise ValueError(name)
                return type.__getattribute__(kind, name)
        class Number(metaclass=Meta):
            def __radd__(self, other): raise TypeError
            def __add__(self, other):
                seen.append(3 + other)
                return seen[-1]
        found = m.more(Number())
        """,
    "another torch": """
        import sys, types
        found = m.more(3)
        class Torch(types.ModuleType):
            def __getattr__(self, name):
                raise OSError(name)
        sys.modules["torch"] = Torch("torch")
        found = m.more(3)
        """,
    "what says less than it is": """
        class Number(int):
            def __int__(self): return 1
            def __repr__(self): return "1"
            def __eq__(self, other): return True
            def __hash__(self): return 1
            def __add__(self, other): return Number(int.__add__(self, other))
        found = int.__index__(m.more(Number(3)))
        """,
}


@pytest.fixture(scope="module")
def given(bench: Bench) -> Mapping[str, Run]:
    claim = 'assert found > 2, "It is above two."\n'
    return changed(bench, {what: (MORE, dedent(text) + claim) for what, text in GIVEN.items()})


@pytest.mark.parametrize("what", GIVEN)
def test_a_change_of_a_value_of_any_class_is_never_silent(
    what: str, given: Mapping[str, Run]
) -> None:
    assert constant(given[what]) == {Outcome.UNSEEN}


def test_a_value_that_cannot_be_described_in_a_changed_run_may_be_another(bench: Bench) -> None:
    snippet = """
    import pathlib
    class Path(pathlib.PurePosixPath):
        __slots__ = ()
        def __add__(self, other):
            if other != 1:
                pathlib.PurePath.__str__ = None
            return self
    found = m.more(Path("a"))
    assert isinstance(found, Path), "It is a path."
    """
    run = bench.control(MORE, snippet, ("m.more", None))
    assert outcomes(run)["constant"] <= {Outcome.UNSEEN, Outcome.CRASH}


def test_a_change_that_changes_nothing_stays_silent(bench: Bench) -> None:
    module = "def more(x, log=()):\n    if log:\n        x += 1\n    yield {x, (x, x)}\n"
    snippet = 'found = list(m.more(3))\nassert found == [{3, (3, 3)}], "They are three."\n'
    run = bench.control(module, snippet, ("m.more", "if log"))
    assert outcomes(run)["drop-if"] == {Outcome.SILENT}
    assert grade(run) is Grade.SENSITIVE


BESIDE = "def more(x, mask):\n    y = x * 1.5\n    return y + mask\n"
MASKED = """
import torch
huge = {huge}
mask = torch.full((4, 64), huge).triu(1)
found = m.more(torch.ones(4, 64).masked_fill(mask != 0, 0.0), mask)
assert found[0, 0] > 1, "It is above one."
"""


ADDED = 'assert given == 3, "One is added."\n'
HUGE = ("-1e9", "float('-inf')", "torch.finfo(torch.float32).min", "-1e4")
TENSORS = {
    **{huge: (BESIDE, MASKED.format(huge=huge)) for huge in HUGE},
    "a gradient": (
        "def more(x):\n    y = (x * 2).sum()\n    y.backward()\n",
        """
        import torch
        x = torch.nn.Parameter(torch.ones(3))
        m.more(x)
        assert x.grad is not None, "It has a gradient."
        """,
    ),
    "another class": (
        MORE,
        """
        import torch
        class Named(torch.Tensor):
            pass
        found = m.more(torch.ones(3).as_subclass(Named))
        assert found[0] > 1, "It is above one."
        """,
    ),
    "a profiler": (
        MORE,
        """
        import torch
        on_cpu = [torch.profiler.ProfilerActivity.CPU]
        with torch.profiler.profile(activities=on_cpu, with_stack=True):
            given = m.more(torch.tensor(2))
        """
        + ADDED,
    ),
}


@pytest.fixture(scope="module")
def tensors(bench: Bench) -> Mapping[str, Run]:
    """Run all at once: torch is imported for all of them together."""
    return changed(bench, TENSORS)


@needs_torch
@pytest.mark.parametrize("huge", HUGE)
def test_a_change_beside_the_numbers_of_a_mask_is_seen(
    huge: str, tensors: Mapping[str, Run]
) -> None:
    assert constant(tensors[huge]) == {Outcome.UNSEEN}


@needs_torch
@pytest.mark.parametrize("what", ["a gradient", "another class"])
def test_tensors_of_other_classes_and_gradients_are_seen(
    what: str, tensors: Mapping[str, Run]
) -> None:
    assert constant(tensors[what]) == {Outcome.UNSEEN}


COUNTING = """
import sys
calls = []
def note(frame, event, what):
    if event == "c_call":
        calls.append(what.__name__)
sys.setprofile(note)
try:
    given = m.more([1])
finally:
    sys.setprofile(None)
assert calls.count("len") == 1, "The length is asked for once."
assert given == 2, "One is added."
"""


def test_a_snippet_that_counts_calls_does_not_count_those_of_a_walk_over_values(
    bench: Bench,
) -> None:
    module = "def more(x):\n    y = len(x) + 1\n    return y\n"
    run = bench.control(module, COUNTING, ("m.more", None))
    assert run.confirmed
    assert run.controls is not None and not run.controls.refused
    assert outcomes(run)["constant"] == {Outcome.CLAIM}


PROFILERS = {
    "of Python": """
        import cProfile
        import pstats
        profiler = cProfile.Profile()
        given = profiler.runcall(m.more, 2)
        calls = {place[2]: one[0] for place, one in pstats.Stats(profiler).stats.items()}
        assert calls["more"] == 1, "It is called once."
        """,
    "an object that is called": """
        import sys
        class Counting:
            def __init__(self):
                self.calls = []
            def __call__(self, frame, event, what):
                self.calls += [frame.f_code.co_name] if event == "call" else []
        counting = Counting()
        sys.setprofile(counting)
        given = m.more(2)
        sys.setprofile(None)
        assert "more" in counting.calls, "It is called."
        """,
}


def profiled(run: Run) -> None:
    assert run.reach is not None and run.controls is not None and not run.controls.refused
    assert constant(run) == {Outcome.CLAIM}


@pytest.mark.parametrize("profiler", PROFILERS)
def test_a_profiler_goes_on_behind_what_is_looked_at(profiler: str, bench: Bench) -> None:
    snippet = dedent(PROFILERS[profiler]) + ADDED
    profiled(bench.control(MORE, snippet, ("m.more", None)))


@needs_torch
def test_the_profiler_of_torch_does_so_too(tensors: Mapping[str, Run]) -> None:
    profiled(tensors["a profiler"])


def test_each_claim_is_judged_after_the_first_false_one(bench: Bench) -> None:
    snippet = """
        assert m.more(1) == 2, "One is added."
        assert m.more(3) == 4, "One is added to three, too."
        assert m.more(5) > 0, "It is above zero."
        """
    run = bench.control(MORE, snippet, ("m.more", None))
    assert run.controls is not None
    [constant] = [one for one in run.controls.mutants if one.id.startswith("constant@")]
    assert (constant.outcome, constant.claims) == (Outcome.CLAIM, (0, 1))


def test_a_claim_that_is_false_after_a_crash_does_not_stop_the_observers(bench: Bench) -> None:
    module = "def more(x):\n    y = [x][0]\n    return y\n"
    snippet = """
        try:
            given = m.more(1)
        except IndexError:
            given = 0
        assert given == 1, "It is what was given."
        """
    run = bench.control(module, snippet, ("m.more", None))
    assert outcomes(run)["constant"] == {Outcome.CRASH}
