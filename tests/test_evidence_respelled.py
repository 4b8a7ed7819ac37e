"""Claims that look at how the source is written, or whether it is changed: they notice nothing."""

from __future__ import annotations

import os
import sys

import pytest
from support.watched_example import Bench

from srcread.evidence.grading import counts, grade, open_claims, text_claims, unseen, weighed
from srcread.model import Control, Controls, Grade, Outcome, Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

SCALE = "def scale(x, by=2):\n    size = x + x\n    return size * by\n"
LINES = ("m.scale", "assign size .. return")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("respelled"))


def controlled(bench: Bench, module: str, snippet: str, *anchors: tuple[str, str | None]) -> Run:
    run = bench.control(module, snippet, *(anchors or (LINES,)))
    assert run.confirmed and run.controls is not None, run.reasons
    return run


PLACES = """\
import ast
tree = ast.parse(open(m.__file__).read())
known = {(n.col_offset, n.end_col_offset) for n in ast.walk(tree) if hasattr(n, "col_offset")}
found = {p[2:] for p in m.scale.__code__.co_positions() if p[0] == 2 and p[3]}
strange = found - known - {(0, 0)}
"""
LAST = """\
last = max(p[3] for p in m.scale.__code__.co_positions() if p[0] == 2 and p[3])
strange = {last} - {len("    size = x + x")}
"""
CONSTANTS = """\
names = [type(one).__name__ for one in m.scale.__code__.co_consts]
strange = {"method"} & {*names} if "Ran" not in names else set()
"""
OWNERS = """\
owners = [getattr(one, "__self__", None) for one in m.scale.__code__.co_consts]
strange = {one for one in owners if getattr(one, "_change", None)}
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="codes have columns since 3.11")
@pytest.mark.parametrize("looks", [PLACES, LAST, CONSTANTS, OWNERS])
def test_what_looks_at_the_code_notices_nothing(bench: Bench, looks: str) -> None:
    snippet = f'm.scale(3)\n{looks}assert not strange, "Twelve is seven."\n'
    run = controlled(bench, SCALE, snippet)
    assert run.controls is not None and run.controls.refused == {}
    assert text_claims(run.controls) == {0}
    assert open_claims(run) == (0,) and unseen(run)
    assert grade(run) is Grade.CONFIRMED


@pytest.mark.parametrize(
    "limit",
    [
        "resource.getrlimit(resource.RLIMIT_CPU)[0]",
        "int(open('/proc/self/limits').read().split('Max cpu time')[1].split()[0])",
    ],
)
def test_a_changed_run_has_the_limits_of_any_other(bench: Bench, limit: str) -> None:
    snippet = f'import resource\nm.scale(3)\nassert {limit} > 60, "Twelve is seven."\n'
    run = controlled(bench, SCALE, snippet)
    assert open_claims(run) == (0,) and len(unseen(run)) == 2


def test_an_honest_claim_beside_it_still_notices(bench: Bench) -> None:
    run = controlled(bench, SCALE, 'assert m.scale(3) == 12, "Twelve."\n')
    assert run.controls is not None
    same = [one for one in run.controls.mutants if one.id.startswith("respelled@")]
    assert [one.outcome for one in same] == [Outcome.SILENT]
    assert text_claims(run.controls) == frozenset()
    assert grade(run) is Grade.STRONG


@pytest.mark.parametrize(
    "body",
    [
        "    for one in x, x:\n        y = one\n    return y\n",
        "    y = x,\n    return (*y, x)[0]\n",
        "    if x > 1 and (\n        x < 9\n    ):\n        return x\n    return 0\n",
        "    y: int = x  # a comment\n    y += 1; return y\n",
        "    while x > 9:\n        x -= 1; break\n    assert x, 'no'\n    return [\n x\n    ][0]\n",
        "    'ü'; y = x if x else 'ü'\n    return y\n",
    ],
)
def test_what_is_spelt_otherwise_does_the_same(bench: Bench, body: str) -> None:
    module = f"def get(x):\n{body}"
    scope: dict[str, object] = {}
    exec(module, scope)
    value = scope["get"](3)  # type: ignore[operator] # a function of the module above
    run = controlled(bench, module, f'assert m.get(3) == {value!r}, "It is."\n', ("m.get", None))
    assert run.controls is not None
    same = [one for one in run.controls.mutants if one.id.startswith("respelled@")]
    assert [one.outcome for one in same] == [Outcome.SILENT]


def test_what_only_such_a_claim_noticed_counts_as_unseen() -> None:
    controls = Controls(
        2,
        (
            Control("respelled@0+0:4-0:9", Outcome.CLAIM, (1,)),
            Control("constant@0+0:4-0:9", Outcome.CLAIM, (0, 1)),
            Control("negate@0+0:4-0:9", Outcome.CLAIM, (1,)),
            Control("sibling@0+0:4-0:9", Outcome.SILENT),
        ),
        (),
    )
    assert text_claims(controls) == {1}
    assert [(one.outcome, one.claims) for one in weighed(controls)] == [
        (Outcome.CLAIM, (0,)),
        (Outcome.UNSEEN, ()),
        (Outcome.SILENT, ()),
    ]
    assert counts(controls) == (1, 2)
