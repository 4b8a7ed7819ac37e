"""Grades that cannot be had for free.

Each case had a higher one when declared controls counted, when whatever followed a crash was
notice, or when a snippet could stop before its claims.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from textwrap import dedent

import pytest
from support.reasons import in_words
from support.watched_example import Bench

from srcread.evidence.grading import evidence_details, grade, open_claims, proof_of, unseen, weighed
from srcread.model import Depends, Grade, Lab, Outcome, Proof, Reach, Reason, ReasonCode, Run
from srcread.running.plan import RunLimits

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

SCALE = """\
import math

def scale(x, by=2):
    size = math.sqrt(x * x)
    return size * by

def other(x):
    return x
"""
SIZE = ("m.scale", "assign size")  # changed in six ways, one of which needs a second argument


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("grades"))


def outcome(run: Run, operator: str) -> Outcome:
    """Return what the one change by this operator did."""
    assert run.controls is not None
    [found] = [one for one in run.controls.mutants if one.id.startswith(f"{operator}@")]
    return found.outcome


def test_a_snippet_that_brings_what_it_claims_is_an_equivalent(bench: Bench) -> None:
    for before in ("", "m.other(1)\n"):  # whatever else of the module runs
        run = bench.control(SCALE, f'{before}x = 1\nassert x == 1, "It is one."\n', SIZE)
        assert run.confirmed
        assert (grade(run), proof_of(run)) == (Grade.EQUIVALENT, Proof.EQUIVALENT)


def test_a_snippet_that_runs_the_lines_and_claims_something_else_is_confirmed_and_no_more(
    bench: Bench,
) -> None:
    run = bench.control(SCALE, 'm.scale(3)\nx = 1\nassert x == 1, "It is one."\n', SIZE)
    assert (grade(run), proof_of(run)) == (Grade.CONFIRMED, Proof.EXECUTED)
    assert len(unseen(run)) == 5


DECLARED = """
from srcread.lab import must_fail
x = {}
if must_fail("It is one."):
    x = 2
assert x == 1, "It is one."
"""


@pytest.mark.parametrize(
    ("x", "expected"), [("1", Grade.EQUIVALENT), ("[m.scale(1), 1][1]", Grade.CONFIRMED)]
)
def test_a_declared_control_is_listed_apart_and_never_graded(
    x: str, expected: Grade, bench: Bench
) -> None:
    run = bench.control(SCALE, DECLARED.format(x), SIZE)
    assert run.controls is not None and run.controls.declared[0].claims == (0,)
    assert (grade(run), open_claims(run)) == (expected, (0,))
    assert evidence_details(run)[-1] == "1 declared control held"


def test_a_declared_control_closes_no_claim_beside_one_that_notices(bench: Bench) -> None:
    snippet = DECLARED.format(1) + 'assert m.scale(3) == 6, "It is six."\n'
    run = bench.control(SCALE, snippet, SIZE)
    assert (grade(run), open_claims(run)) == (Grade.SENSITIVE, (0,))
    assert evidence_details(run)[1:] == (
        "5 changes of these lines, 5 noticed",
        "1 declared control held",
    )


def test_changes_that_only_crash_notice_nothing(bench: Bench) -> None:
    module = "def first(items):\n    return items[0]\n"
    snippet = 'assert m.first([5]) > 0, "The first is positive."\n'
    run = bench.control(module, snippet, ("m.first", None))
    assert outcome(run, "constant") is Outcome.CRASH
    assert (grade(run), open_claims(run)) == (Grade.CONFIRMED, (0,))


def test_an_error_inside_a_claim_is_a_crash_and_what_was_false_before_counts(bench: Bench) -> None:
    module = "def first(items):\n    return items[0]\n"
    snippet = """
    assert m.first([[5], 7]) == [5], "The first is a list."
    assert m.first([[5], 7])[0] == 5, "It holds five."
    """
    run = bench.control(module, snippet, ("m.first", None))
    assert run.controls is not None
    [found] = weighed(run.controls)
    assert (found.outcome, found.claims) == (Outcome.CLAIM, (0,))  # and 7[0] is an error
    assert (grade(run), open_claims(run)) == (Grade.SENSITIVE, (1,))


CATCHING = {
    "except": """
        try:
            found = m.first([5])
        except Exception:
            found = 0
        """,
    "suppress": """
        import contextlib
        found = 0
        with contextlib.suppress(Exception):
            found = m.first([5])
        """,
    "a helper": """
        def tried(function, *given):
            try:
                return function(*given)
            except Exception:
                return 0
        found = tried(m.first, [5])
        """,
    "an executor": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            done = pool.submit(m.first, [5])
        found = 0 if done.exception() else done.result()
        """,
    "a thread": """
        import threading
        given = []
        threading.excepthook = lambda about: None
        thread = threading.Thread(target=lambda: given.append(m.first([5])))
        thread.start()
        thread.join()
        found = sum(given)
        """,
    "a caller that is not changed": """
        def ask():
            return m.first([[5], 7])[0]
        try:
            found = ask()
        except TypeError:
            found = 0
        """,
}


@pytest.fixture(scope="module")
def caught(bench: Bench) -> Mapping[str, Run]:
    module = "def first(items):\n    return items[0]\n"
    texts = [f'{dedent(text)}assert found == 5, "Five."\n' for text in CATCHING.values()]
    jobs = [bench.job(module, text, ("m.first", None)) for text in texts]
    return dict(zip(CATCHING, bench.record(jobs, controls=True), strict=True))


@pytest.mark.parametrize("how", CATCHING)
def test_a_claim_that_is_false_because_a_statement_before_it_crashed_notices_nothing(
    how: str, caught: Mapping[str, Run]
) -> None:
    run = caught[how]
    assert outcome(run, "constant") is Outcome.CRASH
    assert grade(run) is Grade.CONFIRMED


def test_a_claim_that_is_evaluated_while_an_error_passes_notices_nothing(bench: Bench) -> None:
    module = "def first(items):\n    return items[0]\n"
    snippet = """
    found = 0
    try:
        found = m.first([5])
    finally:
        assert found == 5, "Five."
    """
    run = bench.control(module, snippet, ("m.first", None))
    assert outcome(run, "constant") is Outcome.CRASH


REFUSE = """\
def half(x):
    if x % 2:
        raise ValueError("odd")
    return x // 2
"""
REFUSED = """
def said(x):
    try:
        return str(m.half(x))
    except ValueError as error:
        return str(error)
assert said(4) == "2", "An even number is halved."
assert said(3) == "odd", "An odd one is refused."
"""


def test_a_refusal_by_the_changed_lines_is_what_they_do_and_no_crash(bench: Bench) -> None:
    run = bench.control(REFUSE, REFUSED, ("m.half", None))
    assert run.controls is not None
    claims = {one.id.partition("@")[0]: one.claims for one in run.controls.mutants}
    assert claims["negate"] == (0, 1) and claims["drop-if"] == (1,)
    assert grade(run) is Grade.STRONG


def test_an_error_of_the_snippets_own_that_comes_back_out_of_the_lines_is_no_crash(
    bench: Bench,
) -> None:
    module = "def each(call, items):\n    if items:\n        call(items[0])\n    return items\n"
    snippet = """
    def refuse(item):
        raise ValueError(item)
    try:
        m.each(refuse, [5])
        said = ""
    except ValueError as error:
        said = str(error)
    try:
        m.each(refuse, [])
        silent = True
    except (ValueError, IndexError):
        silent = False
    assert said == "5", "The call is given the first."
    assert silent, "Of nothing it is not called."
    """
    run = bench.control(module, snippet, ("m.each", "if items"))
    assert run.controls is not None
    claims = {one.id.partition("@")[0]: one.claims for one in run.controls.mutants}
    assert claims["drop-if"] == (0,)  # the error of an unchanged run does not come
    assert claims["negate"] == ()  # [][0] is an error, and both claims come after it


GIVING_UP = {
    "raise": "if found != 6:\n    raise ValueError(found)\n",
    "a guard": "if found != 6:\n    assert False, 'not six'\n",
    "sys.exit": "import sys\nif found != 6:\n    sys.exit(77)\n",
    "os._exit": "import os\nif found != 6:\n    os._exit(0)\n",
    "exec": "if found != 6:\n    exec('raise ValueError(found)')\n",
    "an error": "if found != 6:\n    1 / 0\n",
    "an expression": "1 / (found == 6)\n",
    "a look-up": "{-6: 1, 6: 1}[found]\n",
    "a function": "def only(x):\n    return [0] * 7 and {6: 1}[x]\nonly(abs(found))\n",
    "an error further down": "if found != 6:\n    __import__('json').loads('')\n",
    "a doubt": "import sys\nfound in (6, -6) or sys._current_frames()\n",
    "a signal": "import os\nif found != 6:\n    os.kill(os.getpid(), 9)\n",
    "a loop": "import signal\nif found != 6:\n    while True:\n        signal.pause()\n",
}


@pytest.fixture(scope="module")
def given_up(bench: Bench) -> Mapping[str, Run]:
    texts = [
        f'found = m.scale(3)\nassert found >= 0, "Positive."\n{text}' for text in GIVING_UP.values()
    ]
    jobs = [bench.job(SCALE, text, SIZE) for text in texts]
    runs = bench.record(jobs, controls=True, limits=RunLimits(wall_seconds=3))
    return dict(zip(GIVING_UP, runs, strict=True))


@pytest.mark.parametrize("how", GIVING_UP)
def test_a_change_is_not_hidden_by_a_snippet_that_gives_up_where_a_value_differs(
    how: str, given_up: Mapping[str, Run]
) -> None:
    run = given_up[how]
    assert outcome(run, "reply-negative") is Outcome.CLAIM
    assert outcome(run, "reply-shifted") is Outcome.UNSEEN
    assert (grade(run), open_claims(run)) == (Grade.SENSITIVE, ())


def test_a_change_is_not_hidden_by_a_claim_that_is_left_out_where_a_value_differs(
    bench: Bench,
) -> None:
    snippet = """
    found = m.scale(3)
    if found == 6 or found < 0:
        assert found >= 0, "Positive."
    """
    run = bench.control(SCALE, snippet, SIZE)
    assert outcome(run, "reply-negative") is Outcome.CLAIM
    assert outcome(run, "reply-shifted") is Outcome.UNSEEN
    assert grade(run) is Grade.SENSITIVE


NO_CLAIM = """
import torch
found = m.scale(3)
assert found >= 0, "Positive."
same = torch.testing.assert_close(found, 6.0)
"""
ROWS = "def rows(x, whole=True):\n    return x if whole else {given}\n"
OF_ROWS = """
import torch
x = torch.ones(2, 3)
torch.testing.assert_close(m.rows(x), torch.ones(2, 3), msg="All are one.")
"""


@pytest.fixture(scope="module")
def with_torch(bench: Bench) -> Mapping[str, Run]:
    """Run three at once: torch is imported for all of them together."""
    whole = ("m.rows", "param whole")
    jobs = {
        "no claim": bench.job(SCALE, NO_CLAIM, SIZE),
        "another shape": bench.job(ROWS.format(given="x[:1]"), OF_ROWS, whole),
        "no tensor": bench.job(ROWS.format(given="object()"), OF_ROWS, whole),
    }
    return dict(zip(jobs, bench.record([*jobs.values()], controls=True), strict=True))


@needs_torch
def test_an_assertion_of_a_package_for_testing_that_is_no_claim_hides_nothing(
    with_torch: Mapping[str, Run],
) -> None:
    assert outcome(with_torch["no claim"], "reply-shifted") is Outcome.UNSEEN


@needs_torch
def test_another_shape_is_a_false_claim_and_an_unexpected_error_of_a_comparison_is_none(
    with_torch: Mapping[str, Run],
) -> None:
    assert outcome(with_torch["another shape"], "default") is Outcome.CLAIM
    assert outcome(with_torch["no tensor"], "default") is Outcome.CRASH


NEVER = Reach("m.scale", False)
CLASS = Reason(ReasonCode.NO_FUNCTION, {"name": "m.scale"})
NOT_MADE = Reason(ReasonCode.NOT_MADE, {"module": "m"})
TREE = {"frame==1.0": "v1.0"}
PROOFS: dict[str, tuple[tuple[Reach, ...] | None, Lab | None, bool, Proof | None, Grade]] = {
    "installed": ((replace(NEVER, entered=True),), None, True, Proof.EXECUTED, Grade.CONFIRMED),
    "from a tree": (
        (replace(NEVER, entered=True),),
        Lab(TREE, {"m:scale": "d1:0"}),
        True,
        Proof.SOURCE,
        Grade.CONFIRMED,
    ),
    "before a stand-in": (
        (replace(NEVER, entered=True),),
        Lab(TREE, stood_in=("engine",)),
        True,
        Proof.STOOD_IN,
        Grade.CONFIRMED,
    ),
    "as text": (
        (replace(NEVER, reason=NOT_MADE),),
        Lab(TREE, read=("frame==1.0/m.py",)),
        False,
        Proof.READ,
        Grade.CONFIRMED,
    ),
    "a class whose module ran": (
        (replace(NEVER, reason=CLASS),),
        Lab(TREE),
        True,
        Proof.BESIDE,
        Grade.CONFIRMED,
    ),
    "a class of which nothing ran": (
        (replace(NEVER, reason=CLASS),),
        None,
        False,
        Proof.EQUIVALENT,
        Grade.EQUIVALENT,
    ),
    "others ran": ((NEVER,), None, True, Proof.BESIDE, Grade.EQUIVALENT),
    "nothing ran": (
        (replace(NEVER, reason=NOT_MADE),),
        Lab(TREE),
        False,
        Proof.EQUIVALENT,
        Grade.EQUIVALENT,
    ),
    "one of two ran": (
        (NEVER, Reach("m.other", True)),
        None,
        True,
        Proof.EXECUTED,
        Grade.CONFIRMED,
    ),
    "unknown": (
        (replace(NEVER, reason=in_words("for a time")),),
        None,
        True,
        None,
        Grade.CONFIRMED,
    ),
    "not recorded": (None, None, True, None, Grade.CONFIRMED),
}


@pytest.mark.parametrize("case", PROOFS)
def test_how_a_run_proves_what_it_shows_is_told_by_what_it_recorded(
    case: str, bench: Bench
) -> None:
    reach, lab, ran, proof, expected = PROOFS[case]
    plain = bench.run(SCALE, 'x = 1\nassert x == 1, "It is one."\n', SIZE)
    executed = {"m.scale": "d1:1", **({"m.helper": "d1:2"} if ran else {})}
    depends = Depends("ab", {"m.scale": "d1:1"})
    run = replace(plain, reach=reach, lab=lab, executed=executed, depends=depends)
    assert (proof_of(run), grade(run)) == (proof, expected)
