"""Which lines fold because the scenario shown did not run them."""

from __future__ import annotations

import json

from srcread.site.data.title import Title
from srcread.site.runs.folds import Fold, FoldText, folds_of
from srcread.site.scenarios import FunctionRuns, ShownScenario

SCENES = [
    ShownScenario(key, key, "reading", False, "cpu", "") for key in ("plain", "masked", "padded")
]
LINES = """\
def run(x, mask):
    if mask is None:
        a = 1
        b = call(
            a,
        )

        # of c
        c = 1
    else:
        d = 1
    return x
""".splitlines()
STATEMENTS = [11, 12, 13, 18, 20, 21]
TEXT = FoldText(10, LINES)


def runs(*ran: list[int]) -> FunctionRuns:
    """The runs of a function at line 10, one scenario and case for each list of lines."""
    cases = [[lines, [], []] for lines in ran]
    shown = [[number, [[number, "", []]]] for number in range(len(ran))]
    values = {"lines": STATEMENTS, "never": [], "cases": cases, "runs": shown, "unseen": ""}
    return FunctionRuns(json.dumps(values))


def found(one: FunctionRuns, noted: tuple[int, ...] = ()) -> list[tuple[int, int]]:
    return [(fold.first, fold.last) for fold in folds_of(one, SCENES, 0, 0, TEXT, noted, "en")]


def test_a_stretch_ends_with_its_last_statement_and_leaves_else_outside() -> None:
    assert found(runs([11, 20, 21])) == [(12, 18)]


def test_a_stretch_at_the_end_goes_to_the_last_line() -> None:
    assert found(runs([11, 12])) == [(13, 21)]


def test_what_ran_folds_nothing_and_five_lines_do_not_fold() -> None:
    assert found(runs(STATEMENTS)) == []
    assert found(runs([11, 18, 20, 21])) == []


def test_nothing_folds_where_a_note_stands() -> None:
    assert found(runs([11, 20, 21]), noted=(14,)) == []
    assert found(runs([11]), noted=(12, 21)) == [(13, 20)]


def test_a_fold_names_its_scenario_and_those_that_run_most_of_it() -> None:
    one = runs([11, 20, 21], [11, 12, 21], [11, 12, 13, 18, 21])
    (fold,) = folds_of(one, SCENES, 0, 0, TEXT, (), "en")
    assert fold == Fold(12, 18, Title("plain", "en"), Title("padded", "en"), 1)
    assert fold.lines == 7


def test_another_path_of_the_same_scenario_is_not_another_scenario() -> None:
    values = runs([11, 20, 21], [11, 12, 13, 18, 21]).values
    both = {**values, "runs": [[0, [[0, "", []], [1, "", []]]]]}
    (fold,) = folds_of(FunctionRuns(json.dumps(both)), SCENES, 0, 0, TEXT, (), "en")
    assert (fold.other, fold.more) == (None, 0)


def test_a_fold_names_scenarios_by_their_titles_in_the_language_of_the_page() -> None:
    told = [scene._replace(title=f"The {scene.key} way") for scene in SCENES]
    told[2] = told[2]._replace(titles=(("zh", "带填充"),))
    one = runs([11, 20, 21], [11, 12, 21], [11, 12, 13, 18, 21])
    (fold,) = folds_of(one, told, 0, 0, TEXT, (), "zh")
    assert (fold.scenario, fold.other) == (Title("The plain way", "en"), Title("带填充", "zh"))
