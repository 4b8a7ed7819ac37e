"""Controls: what each change did, the grade that follows, and the cheats that only they catch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec

import pytest
from support.watched_example import Bench

from srcread.errors import SrcreadError
from srcread.evidence.grading import grade, open_claims, summary, unseen
from srcread.model import Control, Grade, Outcome, Reason, ReasonCode, Run
from srcread.running.batch import BatchSettings, record_jobs
from srcread.running.plan import RunLimits

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

SCALE = """\
import math

def scale(x, by=2, log=None):
    if log is not None:
        log.append(x)
    size = math.sqrt(x * x)
    return size * by
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("controls"))


def outcomes(run: Run) -> Mapping[str, set[Outcome]]:
    """Return what the mutants of each operator did."""
    assert run.controls is not None
    found: dict[str, set[Outcome]] = {}
    for one in run.controls.mutants:
        found.setdefault(one.id.partition("@")[0], set()).add(one.outcome)
    return found


def test_a_change_is_noticed_unseen_silent_or_a_crash(bench: Bench) -> None:
    snippet = 'assert m.scale(3) > 0, "It is positive."\n'
    found = outcomes(bench.control(SCALE, snippet, ("m.scale", None)))
    assert found["reply-negative"] == {Outcome.CLAIM}
    assert found["reply-shifted"] == {Outcome.UNSEEN}
    assert found["negate"] == {Outcome.CRASH}
    assert found["drop-if"] == {Outcome.SILENT}


def test_each_change_names_the_claims_that_it_turned_false(bench: Bench) -> None:
    snippet = """
    assert m.scale(3) > 0, "It is positive."
    assert m.scale(3) == 6, "It is six."
    assert m.scale(-3) == 6, "Whatever the sign."
    """
    run = bench.control(SCALE, snippet, ("m.scale", "assign size"))
    assert run.controls is not None
    by_name = {one.id.partition("@")[0]: one.claims for one in run.controls.mutants}
    assert by_name["reply-negative"] == (0, 1, 2)
    assert by_name["reply-shifted"] == (1, 2)
    assert grade(run) is Grade.STRONG


def test_an_id_counts_lines_from_its_anchor_and_holds_no_text_of_the_source(bench: Bench) -> None:
    snippet = 'assert m.scale(3) == 6, "It is six."\n'
    names = []
    for module in (SCALE, "# a line above\n" + SCALE):
        run = bench.control(module, snippet, ("m.scale", "return size"))
        assert run.controls is not None
        names.append([one.id for one in run.controls.mutants])
    assert names[0] == names[1] == ["respelled@0+0:11-0:20", "swap-operator@0+0:11-0:20"]


def test_only_statements_that_ran_are_changed(bench: Bench) -> None:
    snippet = 'assert m.scale(3) == 6, "It is six."\n'
    run = bench.control(SCALE, snippet, ("m.scale", "if log > call append"))
    assert run.controls is not None and run.controls.mutants == ()
    assert run.reach is not None and run.reach[0].unreached == (2,)


def test_a_default_is_changed_where_the_signature_is_anchored(bench: Bench) -> None:
    snippet = 'assert m.scale(3) == 6, "It is six."\nassert m.scale(3, 2) == 6, "By two."\n'
    run = bench.control(SCALE, snippet, ("m.scale", "param by"))
    assert run.controls is not None
    assert run.controls.mutants == (Control("default@0+0:16-0:17", Outcome.CLAIM, (0,)),)
    assert (grade(run), open_claims(run)) == (Grade.SENSITIVE, (1,))


def test_a_changed_state_is_seen_where_nothing_is_returned(bench: Bench) -> None:
    module = "class Box:\n    def fill(self, n):\n        self.n = n + 1\n"
    snippet = 'box = m.Box()\nbox.fill(1)\nassert hasattr(box, "n"), "It is filled."\n'
    found = outcomes(bench.control(module, snippet, ("m.Box.fill", None)))
    assert found == {"drop-statement": {Outcome.CLAIM}, "swap-operator": {Outcome.UNSEEN},
                     "constant": {Outcome.UNSEEN}, "respelled": {Outcome.SILENT}}  # fmt: skip


def test_what_cannot_be_changed_says_why(bench: Bench) -> None:
    module = SCALE + "\nscale.__code__ = (lambda x, by=2, log=None: x * by).__code__\n"
    run = bench.control(module, 'assert m.scale(3) == 6, "Six."\n', ("m.scale", None))
    assert run.controls is not None and run.controls.mutants == ()
    assert list(run.controls.refused.values()) == [Reason(ReasonCode.OTHER_TEXT)]
    assert grade(run) is Grade.CONFIRMED


def test_values_that_differ_from_run_to_run_refuse_controls(bench: Bench) -> None:
    module = "import time\n\ndef now():\n    return time.time_ns()\n"
    run = bench.control(module, 'assert m.now() > 0, "It is later."\n', ("m.now", None))
    assert run.controls is not None
    assert list(run.controls.refused.values()) == [Reason(ReasonCode.VALUES_VARY)]


def test_a_temporary_folder_is_no_value_that_differs(bench: Bench) -> None:
    module = "def name(folder, end='x'):\n    return folder + end\n"
    snippet = """\
    import tempfile
    with tempfile.TemporaryDirectory() as one, tempfile.NamedTemporaryFile(dir=one) as other:
        names = [m.name(one), m.name(other.name)]
    assert [name[-1] for name in names] == ["x", "x"], "They end so."
    """
    run = bench.control(module, snippet, ("m.name", None))
    assert run.controls is not None and run.controls.refused == {} and run.controls.mutants


def test_a_snippet_that_runs_long_refuses_controls_and_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("srcread.running.controls.running._SLOW_SECONDS", 0.05)
    snippet = "import os\nwhile os.times().user < 0.1:\n    pass\n"
    snippet += 'assert m.scale(3) == 6, "Six."\n'
    run = bench.control(SCALE, snippet, ("m.scale", None))
    assert run.controls is not None and run.controls.mutants == ()
    assert {reason.code for reason in run.controls.refused.values()} == {ReasonCode.TOO_SLOW}


def test_a_change_that_hangs_is_ended_and_counts_neither_way(bench: Bench) -> None:
    module = "def count(n):\n    while n > 0:\n        n = n - 1\n    return n\n"
    job = bench.job(module, 'assert m.count(3) == 0, "It ends."\n', ("m.count", "while > assign n"))
    (run,) = bench.record([job], controls=True, limits=RunLimits(wall_seconds=3))
    assert outcomes(run)["swap-operator"] == {Outcome.CRASH}


CHEATS = {
    "x or True": 'assert m.scale(3) == 5 or True, "It is five."\n',
    "a huge tolerance": """
        import math
        assert math.isclose(m.scale(3), 5, abs_tol=1e9), "It is five."
        """,
    "a smoke test": 'result = m.scale(3)\nassert result is not None, "It is five."\n',
    "a forged claim function": """
        def holds(value, expected):
            return expected == expected
        assert holds(m.scale(3), 5), "It is five."
        """,
    "an error instead of a false claim": """
        result = m.scale(3)
        if result != 6:
            raise ValueError(result)
        assert result == 6 or result == 5, "It is five."
        """,
    "a result read from its own text": """
        import re
        with open(__file__) as file:
            found = re.search(r"result == ([0-9])", file.read())
        m.scale(3)
        result = int(found[1])
        assert result == 5, "It is five."
        """,
    "a result made from the claim's constants": """
        def check():
            result = max(one for one in check.__code__.co_consts if type(one) is int)
            assert result == 5, "It is five."
        m.scale(3)
        check()
        """,
    "a computation of its own": 'assert 3 + len("ab") == 5, "It is five."\n',
    "a claim that catches its own failure": """
        try:
            wrong = m.scale(3) != 5
        except Exception:
            wrong = True
        assert wrong or not wrong, "It is five."
        """,
}


@pytest.fixture(scope="module")
def cheated(bench: Bench) -> Mapping[str, Run]:
    jobs = [bench.job(SCALE, text, ("m.scale", None)) for text in CHEATS.values()]
    return dict(zip(CHEATS, bench.record(jobs, controls=True), strict=True))


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_that_the_verdict_lets_pass_is_never_strongly_confirmed(
    cheat: str, cheated: Mapping[str, Run]
) -> None:
    run = cheated[cheat]
    assert run.confirmed
    assert grade(run) in (Grade.EQUIVALENT, Grade.CONFIRMED)
    assert open_claims(run) == (0,)


def test_a_weak_claim_beside_a_strong_one_keeps_the_note_from_the_highest_grade(
    bench: Bench,
) -> None:
    snippet = """
    assert m.scale(3) == 6, "It is six."
    assert m.scale(3) is not None, "It is something."
    """
    run = bench.control(SCALE, snippet, ("m.scale", "assign size .. return size"))
    assert (grade(run), open_claims(run), unseen(run)) == (Grade.SENSITIVE, (1,), ())


def test_a_declared_control_turns_its_own_claim_false(bench: Bench) -> None:
    snippet = """
    from srcread.lab import must_fail
    log = []
    if must_fail("Nothing is logged."):
        m.scale(3, log=log)
    m.scale(3)
    assert log == [], "Nothing is logged."
    assert m.scale(3) == 6, "It is six."
    """
    run = bench.control(SCALE, snippet, ("m.scale", "return size"))
    assert run.controls is not None
    seen = Control("declared@0#1", Outcome.CLAIM, (0,), observed="[3]")
    assert run.controls.declared == (seen,)
    assert open_claims(run) == (0,)  # no change of the line did


def test_a_declared_control_that_changes_nothing_leaves_its_claim_open(bench: Bench) -> None:
    snippet = """
    from srcread.lab import must_fail
    log = []
    if must_fail("Nothing is logged."):
        m.scale(3)
    assert log == [], "Nothing is logged."
    """
    run = bench.control(SCALE, snippet, ("m.scale", "return size"))
    assert run.controls is not None
    assert run.controls.declared == (Control("declared@0#1", Outcome.SILENT),)
    assert open_claims(run) == (0,)


def test_known_controls_are_kept_where_none_are_asked_for_and_else_made_anew(bench: Bench) -> None:
    job = bench.job(SCALE, 'assert m.scale(3) == 6, "Six."\n', ("m.scale", "return size"))
    (first,) = bench.record([job], controls=True)
    assert first.controls is not None
    edited = replace(first.controls, mutants=(Control("negate@0+0:0-0:1", Outcome.CLAIM, (0,)),))
    (again,) = bench.record([job], controls=True, known=[[replace(first, controls=edited)]])
    assert again.controls == first.controls
    (plain,) = bench.record([job], known=[[first]])
    assert plain.controls is first.controls
    stale = replace(first, depends=replace(first.depends, script="another"))
    (other,) = bench.record([job], known=[[stale]])
    assert other.controls is None
    assert first.reach is not None
    elsewhere = replace(first, reach=(replace(first.reach[0], reached=(3,)),))
    (other,) = bench.record([job], known=[[elsewhere]])
    assert other.controls is None  # the note stood at other lines of the same function


def test_controls_do_not_run_on_a_gpu() -> None:
    with pytest.raises(SrcreadError, match="Controls run on the CPU, not on 'cuda'"):
        list(record_jobs([], BatchSettings(True, device="cuda"), date="2026-01-02", controls=True))


def test_a_run_says_in_words_what_its_controls_did(bench: Bench) -> None:
    run = bench.control(SCALE, 'assert m.scale(3) > 0, "Positive."\n', ("m.scale", "assign size"))
    assert run.controls is not None
    assert summary(run.controls) == ("5 changes of these lines, 2 noticed",)


@needs_torch
def test_rounding_is_no_change_and_one_changed_element_is(bench: Bench) -> None:
    module = """\
    def total(x, chunked=True):
        return sum(part.sum() for part in x.chunk(7)) if chunked else x.sum()

    def moved(x):
        y = x.clone()
        y[0] = y[1]
        return y
    """
    snippet = """
    import torch
    torch.manual_seed(0)
    x = torch.rand(500)
    print(bool(m.total(x) == m.total(x, False)))
    assert m.total(x).dim() == 0 and m.moved(x).dim() == 1, "A number and a vector."
    """
    anchors = ("m.total", "param chunked"), ("m.moved", "assign y[]")
    run = bench.control(module, snippet, *anchors)
    assert run.output == "False\n"  # the two orders of summation differ by rounding
    assert outcomes(run)["default"] == {Outcome.SILENT}
    assert outcomes(run)["constant"] == {Outcome.UNSEEN}
