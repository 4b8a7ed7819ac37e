"""Which calls a scenario did not make: whole calls, and of rivals the ways that it did not go."""

from __future__ import annotations

import json
from collections.abc import Sequence

from support.site_example import SOURCE, view
from support.site_runs import FORWARD, LAYER, SCALE, with_runs

from srcread.site.data.function import FunctionPage, Link, LinkedCall, LinkTarget, function_page
from srcread.site.data.layout import lay_out
from srcread.site.runs.made import unmade_calls
from srcread.site.scenarios import FunctionRuns, ShownScenario, TourRuns

SCENES = tuple(ShownScenario(name, name, "reading", False, "cpu", "") for name in ("one", "two"))
RIVALS = ("m.left", "m.right", "m.never")


def page(*calls: tuple[Sequence[int], Sequence[str]]) -> FunctionPage:
    """Return the page of `m.run`, each call given by its lines and the functions it may go to."""
    layout = lay_out(view())
    whole = function_page(layout, FORWARD, lambda *place: SOURCE.split("\n"))
    linked = tuple(
        LinkedCall(
            f"call-{number}",
            tuple(lines),
            tuple(LinkTarget(Link(name, name, None), "call", "", "") for name in names),
        )
        for number, (lines, names) in enumerate(calls, 1)
    )
    return whole._replace(name="m.run", calls=linked, natives=())


def runs(lines: Sequence[int], *ran: Sequence[int]) -> FunctionRuns:
    """Return the runs of `m.run`: where its statements begin, and what each scenario ran."""
    cases = [[list(own), [], []] for own in ran]
    shown = [[number, [[number, "", []]]] for number in range(len(ran))]
    values = {"lines": list(lines), "never": [], "unseen": None, "cases": cases, "runs": shown}
    return FunctionRuns(json.dumps(values))


def called(*edges: tuple[int, int]) -> FunctionRuns:
    """Return the runs of a function that scenarios call from lines of `m.run`."""
    shown = [[scenario, [[0, "", [["m.run", 0, line]]]]] for scenario, line in edges]
    values = {"lines": [1], "never": [], "unseen": None, "cases": [[[1], [], []]], "runs": shown}
    return FunctionRuns(json.dumps(values))


def tour(**functions: FunctionRuns) -> TourRuns:
    return TourRuns(SCENES, {f"m.{name}": one for name, one in functions.items()})


def test_a_call_whose_statement_did_not_run_was_not_made() -> None:
    one = page(([12], ["m.left"]), ([14], ["m.right"]))
    assert unmade_calls(one, runs([11, 12, 14], [11, 12], [11, 14]), tour()) == {
        0: ("call-2",),
        1: ("call-1",),
    }


def test_a_call_further_down_in_a_statement_is_of_that_statement() -> None:
    one = page(([13], ["m.left"]))
    assert unmade_calls(one, runs([11, 12, 15], [11, 12]), tour()) == {}


def test_of_calls_to_the_same_code_one_that_was_made_is_enough() -> None:
    one = page(([12, 14], ["m.left"]))
    assert unmade_calls(one, runs([11, 12, 14], [12], [11]), tour()) == {1: ("call-1",)}


def test_of_rivals_those_were_not_gone_to_where_another_was() -> None:
    known = tour(left=called((0, 12)), right=called((1, 12)))
    one = page(([12], RIVALS[:2]))
    found = unmade_calls(one, runs([11, 12], [11, 12], [11, 12]), known)
    assert found == {0: ("call-1 1",), 1: ("call-1 0",)}


def test_a_rival_that_nobody_could_watch_is_not_said_to_be_unmade() -> None:
    known = tour(left=called((0, 12)))
    assert unmade_calls(page(([12], RIVALS)), runs([11, 12], [11, 12]), known) == {}


def test_of_rivals_nothing_is_said_where_nothing_tells_where_the_call_went() -> None:
    known = tour(left=called((1, 12)), right=called((1, 12)))
    assert unmade_calls(page(([12], RIVALS)), runs([11, 12], [11, 12]), known) == {}


def test_a_call_from_another_line_does_not_tell_where_this_one_went() -> None:
    known = tour(left=called((0, 11)), right=called((0, 12)))
    one = page(([12], RIVALS[:2]))
    assert unmade_calls(one, runs([11, 12], [11, 12]), known) == {0: ("call-1 0",)}


def test_rivals_of_a_call_that_was_not_made_at_all_are_not_told_apart() -> None:
    known = tour(left=called((0, 14)), right=called((1, 12)))
    one = page(([12], RIVALS[:2]))
    assert unmade_calls(one, runs([11, 12, 14], [11]), known) == {0: ("call-1",)}


def test_of_the_example_the_pick_was_made_with_a_mask_alone() -> None:
    shown = with_runs()
    layout = lay_out(shown)
    whole = function_page(layout, FORWARD, lambda *place: SOURCE.split("\n"))
    told = unmade_calls(whole, shown.runs.functions[FORWARD], shown.runs)
    anchors = {call.anchor: [one.link.name for one in call.targets] for call in whole.calls}
    picked = next(anchor for anchor, names in anchors.items() if {LAYER, SCALE} <= {*names})
    assert told[0] == (picked,)
    assert picked not in told.get(1, ())


def test_without_runs_nothing_is_said() -> None:
    assert unmade_calls(page(([12], RIVALS)), None, TourRuns()) == {}
