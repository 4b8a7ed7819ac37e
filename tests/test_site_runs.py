"""What the pages say of recorded runs: marks, shapes, why not, operators, scenarios and cases."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
from support.reasons import in_words
from support.site_example import page, plans, view
from support.site_outline import Page, outline
from support.site_runs import (
    ENVIRONMENT,
    FORWARD,
    LAYER,
    SCALE,
    SCENARIOS,
    broken,
    masked,
    plain,
    with_runs,
)

from srcread.model import Device, Operation, Trace
from srcread.site.data.layout import entrance, lay_out
from srcread.site.data.overview import step_address
from srcread.site.data.ways import page_showing, ways_of
from srcread.site.runs.paths import labels, paths_of
from srcread.site.scenarios import FunctionRuns

FOLDER = "en/example/1.5/"
PAGE = FOLDER + "pkg.model.Model.forward.html"
HOSTILE = "</code></script><script>alert(1)</script>]]>\u202e"


def between(text: str, first: str, last: str) -> str:
    return text[text.index(first) : text.index(last)].rstrip("\n")


def test_a_page_says_what_its_first_scenario_ran() -> None:
    text = outline(page(plans(with_runs()), PAGE))
    assert (
        between(text, "h2: What a run", "summary: Docstring")
        == """\
h2: What a run did
p: As it comes Python 3.11.7, pkg 1.5, cpu
p: ● ran ◐ ran in other scenarios ○ not run
summary: 2 scenarios run this function
h3: Reading
li: As it comes plain
h3: Why not
li: With a mask masked
pre: 6    def forward(self, x, mask=None): self <Model> x (2,) f32 mask None"""
    )
    assert (
        between(text, "pre: 14", "h2: Operators")
        == """\
pre: 14 2 ●        hidden = self.layer(x)  # the only layer ran hidden (2,) f32
15●        if mask is not None: not taken: mask is not None → None
16◐            hidden = self.pick(hidden)(mask) ran in other scenarios: “With a mask”
17●        return scale(hidden.relu(), 2.0) ran
h2: Calls
li: Layer.forward forward, through the call of a module line 14 seen in a run
li: One of 2 line 16 not run in this scenario
li: Layer.forward method
li: scale method
li: scale function line 17 seen in a run"""
    )


def test_a_scenario_that_goes_another_way_has_a_page_of_its_own() -> None:
    planned = plans(with_runs())
    text = outline(page(planned, PAGE.replace(".html", "~masked.html")))
    assert "p: With a mask Python" in text
    assert "15●        if mask is not None: taken: mask is not None → (2,) bool\n16●" in text
    ways = [plan.address for plan in planned if "~" in plan.address]
    assert ways == [
        f"{language}/example/1.5/pkg.model.Model.forward~masked.html" for language in ("en", "zh")
    ]


def test_scenarios_that_run_the_same_lines_share_a_page_and_forced_ones_say_so() -> None:
    text = outline(page(plans(with_runs()), FOLDER + LAYER + ".html"))
    assert (
        between(text, "summary: 3", "pre: 21")
        == """\
summary: 3 scenarios run this function
h3: Reading
li: As it comes plain
h3: Why not
p: On the same lines as one of those that have a page:
li: With a mask masked
h3: Errors
p: On the same lines as one of those that have a page:
li: A wrong input forced broken
"""[:-1]
    )


def test_operators_stand_at_their_line_in_short_and_below_with_what_they_call() -> None:
    text = outline(page(plans(with_runs()), FOLDER + LAYER + ".html"))
    assert "22 2 ●        return native.linear(x, len(x)) ran returns (2,) f32 ATen: linear" in text
    assert "h2: Operators that ran\nli: line 22 aten::linear (aten::t)" in text


def test_kernels_of_an_operator_are_named() -> None:
    operations = (Operation("aten::t"), Operation("aten::linear", (0,), ("gemm",)))
    traced = replace(plain(), operations=operations)
    text = outline(page(plans(with_runs(traces=[traced])), FOLDER + LAYER + ".html"))
    assert "li: line 22 aten::linear [gemm] (aten::t)" in text


def test_an_exception_stands_where_it_ended_the_run() -> None:
    text = outline(page(plans(with_runs(traces=[broken()])), FOLDER + LAYER + ".html"))
    assert "22 2 ●        return native.linear(x, len(x)) ran raised TypeError: no tensor" in text
    assert "p: A wrong input forced Python" in text


def test_a_line_that_nothing_runs_says_why() -> None:
    whys = {"en": "No mask comes here."}
    view = with_runs({FORWARD: [(16, "dead", whys)]}, [plain()])
    html = page(plans(view), PAGE)
    assert "16○" in outline(html)
    assert "not run: dead · No mask comes here." in outline(html)
    assert '<span lang="en">No mask comes here.</span>' not in html  # the page's own
    told = page(plans(view), PAGE.replace("en/", "zh/", 1))
    assert '死代码 · <span lang="en">No mask comes here.</span>' in told
    both = with_runs({FORWARD: [(16, "dead", {**whys, "zh": "没有 mask 会到这里。"})]}, [plain()])
    told = page(plans(both), PAGE.replace("en/", "zh/", 1))
    assert "死代码 · 没有 mask 会到这里。" in outline(told)
    assert "No mask comes here." not in told


def test_a_function_that_was_not_watched_says_why_and_one_that_never_ran_says_so() -> None:
    planned = plans(with_runs(traces=[broken()]))
    unseen = FOLDER + "pkg.model.Model.__init__.html"
    assert "p: Not recorded: a generator has no one end" in outline(page(planned, unseen))
    assert "生成器没有唯一的结束点" in outline(page(planned, unseen.replace("en/", "zh/")))
    assert "p: No recorded scenario runs this function." in outline(page(planned, PAGE))


def test_without_any_trace_a_page_says_nothing_of_runs() -> None:
    html = page(plans(view()), PAGE)
    assert "runs" not in [value for name, value in Page(html).attributes if name == "class"]


def test_cases_are_named_by_the_nearest_caller_that_tells_them_apart() -> None:
    text = outline(page(plans(with_runs()), FOLDER + SCALE + ".html"))
    assert "p: Reached through: Model.forward scale" in text
    assert "25def scale(x, factor): x (2,) f32 factor 2.0" in text  # of the outer call


def test_cases_of_one_caller_are_told_apart_by_line_or_else_by_number() -> None:
    step, other = ("pkg.f", 3), ("pkg.f", 4)
    assert labels([(step,), (other,)]) == ["f +3", "f +4"]
    assert labels([(step,), (step,)]) == ["f (1)", "f (2)"]
    assert labels([(step,)]) == [""]


def test_cases_of_modules_are_named_by_their_places_in_the_model() -> None:
    steps = [(("pkg.f", 3),)] * 3
    attention = [
        ("layers.0.norm1", "layers.1.norm1"),
        ("layers.0.norm2", "layers.1.norm2"),
        ("norm",),
    ]
    assert labels(steps, (), attention) == ["layers.*.norm1", "layers.*.norm2", "norm"]
    mixed = [("a.0.x", "b.x", "c"), ("h.3",), ("h.4",)]
    assert labels(steps, (), mixed) == ["a.0.x +2", "h.3", "h.4"]


def test_one_module_is_told_apart_by_arguments_and_unknown_ones_by_the_way() -> None:
    steps = [(("pkg.f", 3),), (("pkg.g", 3),), (("pkg.h", 3),)]
    given = [{"x": "(2,)"}, {"x": "(3,)"}, {"x": "(2,)"}]
    assert labels(steps, given, [("norm",), ("norm",), ("head",)]) == [
        "norm, x (2,)",
        "norm, x (3,)",
        "head",
    ]
    assert labels(steps, given, [("norm",), ("norm",), ("norm",)]) == ["f", "g", "h"]
    assert labels(steps, given, [("norm",), (), ("head",)]) == ["f", "g", "h"]
    assert labels(steps, given, [("",), ("norm",), ("head",)]) == ["f", "g", "h"]


def test_a_path_is_that_of_the_first_call() -> None:
    paths = paths_of(plain())
    assert paths == (((SCALE, 1), (FORWARD, 11)), ((FORWARD, 11),), ((FORWARD, 8),), ())


def test_a_scenario_whose_name_a_second_definition_has_taken_gets_a_digest() -> None:
    tour = with_runs(traces=[plain(), masked()]).runs
    taken = {"f~masked.html"}
    files = [page.file for page in ways_of("f.html", tour.functions[FORWARD], tour, taken)]
    assert files[0] == "f.html"
    assert re.fullmatch(r"f~masked-[0-9a-f]{8}\.html", files[1])


def test_the_script_with_all_runs_is_one_ascii_line_that_assigns_one_global() -> None:
    script = page(plans(with_runs()), FOLDER + FORWARD + ".runs.js")
    assert script.startswith("window.srcreadRuns = {")
    assert script.isascii()
    content = json.loads(script.removeprefix("window.srcreadRuns = ").removesuffix(";\n"))
    assert content["scenarios"] == {
        "0": ["plain", "As it comes", "en"],
        "1": ["masked", "With a mask", "en"],
    }
    assert [len(case[0]) for case in content["cases"]] == [3, 4]


def test_a_scenario_is_called_what_its_title_is_in_the_language_of_the_page() -> None:
    titles = {"plain": {"zh": "照原样"}, "masked": {}}
    planned = plans(with_runs(titles=titles))
    chinese = page(planned, FOLDER.replace("en/", "zh/", 1) + FORWARD + ".html")
    assert '<span lang="zh" class="title">照原样</span>' in chinese
    assert 'lang="en">With a mask</a>' in chinese
    assert "As it comes" not in chinese
    english = page(planned, FOLDER + FORWARD + ".html")
    assert '<span lang="en" class="title">As it comes</span>' in english
    script = page(planned, FOLDER.replace("en/", "zh/", 1) + FORWARD + ".runs.js")
    content = json.loads(script.removeprefix("window.srcreadRuns = ").removesuffix(";\n"))
    assert content["scenarios"]["0"] == ["plain", "照原样", "zh"]


def test_a_function_with_one_scenario_and_one_case_needs_no_script() -> None:
    addresses = [plan.address for plan in plans(with_runs(traces=[masked()]))]
    assert FOLDER + FORWARD + ".html" in addresses
    assert FOLDER + FORWARD + ".runs.js" not in addresses


def test_every_link_of_pages_with_runs_lives() -> None:
    pages = {plan.address: plan.render().decode() for plan in plans(with_runs())}
    parsed = {name: Page(html) for name, html in pages.items() if name.endswith(".html")}
    for address, one in parsed.items():
        assert one.problems == [], address
        assert sorted(one.ids) == sorted(set(one.ids)), address
        for link in one.links:
            if not link.startswith(("https:", "data:")):
                path, _, anchor = unquote(link).partition("#")
                target = normpath(join("/", dirname(address), path))[1:] if path else address
                assert target in pages, (address, link)
                assert not anchor or anchor in parsed[target].ids, (address, link)


def test_what_a_trace_holds_stays_text() -> None:
    one = plain()
    evil = replace(
        one.cases[2],
        arguments={"x": HOSTILE},
        raised=HOSTILE,
        values={one.cases[2].ran[0]: (HOSTILE,)},
    )
    traced = replace(one, cases=(*one.cases[:2], evil, one.cases[3]))
    planned = plans(with_runs(traces=[traced, masked()]))
    html = page(planned, FOLDER + LAYER + ".html")
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "⟨U+202E⟩" in html
    script = page(planned, FOLDER + LAYER + ".runs.js")
    assert "u202e" not in script
    assert not {"<", "&"} & set(script)


@pytest.mark.parametrize("where", [LAYER, FORWARD, SCALE, "pkg.model.Model.__init__"])
def test_what_a_scenario_says_of_itself_and_where_it_ran_stays_text(where: str) -> None:
    environment = replace(
        ENVIRONMENT, python=HOSTILE, distributions={HOSTILE: HOSTILE}, device=Device("cpu", HOSTILE)
    )
    one = plain()
    caller = replace(one.cases[3], symbol=HOSTILE, arguments={HOSTILE: HOSTILE})
    operations = (Operation(HOSTILE), Operation(HOSTILE, (0,), (HOSTILE,)))
    evil = replace(
        one,
        environment=environment,
        cases=(*one.cases, replace(caller, calls={caller.ran[0]: ((2, 1), (1, 1))})),
        operations=operations,
        roots=(3, 4),
        untraced={"pkg.model.Model.__init__": in_words(HOSTILE)},
    )
    named = {stem: replace(item, title=HOSTILE) for stem, item in SCENARIOS.items()}
    never = {FORWARD: [(16, HOSTILE, {"en": HOSTILE})]}
    planned = plans(with_runs(never, [evil, replace(masked(), untraced={})], named))
    told = [
        plan
        for plan in planned
        if where in plan.address and not plan.address.startswith("code/")  # which tells of no run
    ]
    assert told
    for plan in told:
        text = plan.render().decode()
        assert "alert(1)" in text, plan.address
        assert "<script>alert" not in text
        assert "\u202e" not in text and "u202e" not in text
        assert plan.address.endswith(".js") or Page(text).problems == []
        assert not plan.address.endswith(".js") or not {"<", "&"} & set(text)


def keys(*traces: Trace) -> dict[str, str]:
    return {plan.address: plan.key for plan in plans(with_runs(traces=traces))}


def test_a_key_changes_with_the_runs_of_its_function_and_with_no_other() -> None:
    before = keys(plain(), masked())
    one = plain()
    other = replace(one.cases[2], arguments={"x": "(3,) f32"})
    after = keys(replace(one, cases=(*one.cases[:2], other, one.cases[3])), masked())
    changed = sorted(address for address in after if after[address] != before[address])
    assert changed == [
        f"{language}/example/1.5/pkg.model.Layer.forward.{end}"
        for language in ("en", "zh")
        for end in ("html", "runs.js")
    ]


def test_a_scenario_that_was_recorded_elsewhere_tells_where_when_it_is_switched_to() -> None:
    where = replace(ENVIRONMENT, device=Device("cuda", "NVIDIA H100"))
    elsewhere = replace(masked(), environment=where, imported="2026-01-05", by="Ada <b>")
    pages = plans(with_runs(traces=[plain(), elsewhere, broken()]))
    told = page(pages, f"{FOLDER}{LAYER}.html")
    remark = "imported on 2026-01-05; by its own word recorded on 2026-01-02 by Ada"
    choices = re.findall(r'data-at="([^"]*)"', told)
    assert choices == [f"Python 3.11.7, pkg 1.5, NVIDIA H100; {remark} &lt;b&gt;"]
    own = page(pages, f"{FOLDER}{FORWARD}~masked.html")
    shown = outline(own).splitlines()
    assert f"p: With a mask Python 3.11.7, pkg 1.5, NVIDIA H100; {remark} <b>" in shown
    assert own.count('data-at="Python 3.11.7, pkg 1.5, cpu"') == 1


def test_a_link_to_a_note_opens_the_page_of_the_scenario_that_it_names() -> None:
    """Of one on the same lines as another the page is asked to switch."""
    shown = with_runs()
    tour = shown.runs
    own = tour.functions[FORWARD]
    first = {lines[0]: lines for lines in map(tuple, _ways(own))}
    for number in own.scenarios:
        key = tour.scenarios[number].key
        step = shown.tour.steps[1]
        told = replace(step, note=replace(step.note, scenario=key))
        steps = (shown.tour.steps[0], told, shown.tour.steps[2])
        layout = lay_out(replace(shown, tour=replace(shown.tour, steps=steps)))
        file, _, asked = step_address(layout, 1).partition("#")[0].partition("?")
        lead = next(lines[0] for lines in first.values() if number in lines)
        pages = ways_of(f"{FORWARD}.html", own, tour, frozenset())
        assert file == next(way.file for way in pages if way.scenario == lead)
        assert asked == ("" if number == lead else f"run={key}")
        assert entrance(layout, FORWARD) == step_address(layout, 1).partition("#")[0]


def _ways(runs: FunctionRuns) -> list[list[int]]:
    found: dict[frozenset[int], list[int]] = {}
    for number in runs.scenarios:
        found.setdefault(runs.ran(number), []).append(number)
    return list(found.values())


def test_a_note_whose_scenario_did_not_run_its_function_opens_the_first_page() -> None:
    tour = with_runs().runs
    for runs in (tour.functions[FORWARD], None):
        assert page_showing("gone", "f.html", runs, tour, frozenset()) == "f.html"


def test_a_call_that_a_scenario_did_not_make_is_not_shown_as_run() -> None:
    pages = plans(with_runs())
    plainly = outline(page(pages, PAGE))
    assert "through the call of a module line 14 seen in a run\n" in plainly
    assert "li: One of 2 line 16 not run in this scenario" in plainly
    masked_page = outline(page(pages, FOLDER + "pkg.model.Model.forward~masked.html"))
    assert "line 16 not run" not in masked_page
    script = page(pages, FOLDER + "pkg.model.Model.forward.runs.js")
    assert '"unmade":{"0":["call-2"]' in script


def test_scenarios_are_named_by_their_titles_in_the_language_of_the_page() -> None:
    told = {"plain": {"zh": "原样运行"}, "masked": {"zh": "带 mask"}}
    planned = plans(with_runs(titles=told))
    html = page(planned, PAGE.replace("en/", "zh/", 1))
    assert "“带 mask”" in between(outline(html), "16◐", "17●")
    assert "“原样运行”执行了调用所在的行" in outline(html)
    forced = page(planned, f"zh/example/1.5/{LAYER}.html")
    assert '<span data-scenario="2" lang="en">A wrong input</span>' in forced  # not translated
    assert "With a mask" not in html + forced


def test_of_several_scenarios_that_ran_a_line_the_first_is_named_and_the_others_are_counted() -> (
    None
):
    again = replace(masked(), scenario="again")
    known = {**SCENARIOS, "again": replace(SCENARIOS["masked"], stem="again", title="With another")}
    html = page(plans(with_runs(traces=[plain(), masked(), again], scenarios=known)), PAGE)
    assert "ran in other scenarios: “With another” +1" in outline(html)
