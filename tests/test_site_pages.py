"""What the pages say: text outlines, live links, and languages."""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from support.site_example import (
    METHODS,
    SOURCE,
    between,
    distribution,
    graph,
    note,
    page,
    plans,
    step_on_call,
    step_on_class,
    view,
)
from support.site_outline import Page, outline

from srcread.index.uses import Use, UseKind
from srcread.model import (
    Anchor,
    AnchorStatus,
    Certainty,
    EdgeKind,
)

FOLDER = "en/example/1.5/"
FORWARD = FOLDER + "pkg.model.Model.forward.html"


def test_a_function_page_reads_as_this_outline() -> None:
    assert (
        outline(page(plans(), FORWARD))
        == """\
h1: Model.forward
p: pkg.model.Model.forward
p: pkg:pkg/model.py · these lines upstream
pre: 6    def forward(self, x, mask=None):
summary: Docstring, 7 lines
pre: 7        \"""Run the model.
8
9        Args:
10            x: the input,
11                of any shape.
12
13        \"""
p: Step 2 line 14
h2: The layer is called
p: confirmed on CPU only
p: The layer is called, not its forward: see the docs.
th: case
th: result
td: none
td: x
summary: ✓ 1 claim holds · confirmed on CPU only
li: The result is doubled.
summary: Evidence
figcaption: The result is doubled.
pre: pkg.Model(2).forward(1) == 2
dt: observed
dd: 2
dt: expected
dd: 2
dt: device
dd: cpu
dt: versions
dd: Python 3.11.7, pkg 1.5, linux x86_64
dt: date
dd: 2026-01-02
dt: isolation
dd: limits
dt: digest
summary: 1
li: snippet ab12
p: It printed:
pre: 2
p: Run it again: srcread confirm run
p: Take it with you: run.py, as a notebook
summary: The whole snippet
pre: import pkg

assert pkg.Model(2).forward(1) == 2, "The result is doubled."
pre: 14 2         hidden = self.layer(x)  # the only layer
15        if mask is not None:
16            hidden = self.pick(hidden)(mask)
17        return scale(hidden.relu(), 2.0)
h2: Calls
li: Layer.forward forward, through the call of a module line 14
li: One of 2 line 16
li: Layer.forward method
li: scale method
li: scale function line 17
h2: Calls that are not resolved
li: a value line 16
h2: Called by
p: This is an entry: nothing that is read here calls it.
summary: Its neighbours as a picture
p: Left: what calls it. Right: what it calls. Dashed: one of several that a call may go to. \
Dotted box: native."""
    )


def test_a_native_call_shows_its_operator_and_dispatch_keys() -> None:
    text = outline(page(plans(), FOLDER + "pkg.model.Layer.forward.html"))
    assert (
        text[text.index("h2: Native") : text.index("h2: Called by")]
        == """\
h2: Native calls
li: pkg._C.linear line 22
li: linear(Tensor x) -> Tensor one of 2 overloads
li: linear_cpu CPU, MPS · native/linear.cpp
li: linear_cuda CUDA · generated from native/loops/linear.h
summary: Functions of other keys: 1
li: linear_sparse SparseCPU
li: Backward calls: linear_backward, reduce_to · autograd/formulas.cpp; transpose
h2: Calls outside the code that is read
p: builtins.len
"""
    )


def test_the_outline_page_lists_steps_and_the_call_tree() -> None:
    assert (
        outline(page(plans(), FOLDER + "index.html"))
        == """\
h1: How a model runs
p: pkg 1.5
h2: Steps
p: ● 0 of 4 sentences checked by a run · 4 say nothing of what they stand on
h3: Building
li: A model is a tree not confirmed
h3: Running
li: The layer is called confirmed on CPU only
li: Scale calls itself not confirmed
h2: Call tree
p: Every function at its first reach, in the order of reading.
li: Model.forward · Step 2 · 1 unresolved
li: Layer.forward
li: native: linear
li: scale · Step 3
summary: Constructors, and what only they call: one function
p: They made the objects that are called above, in the order in which these are met.
li: Model.__init__ · Step 1"""
    )


def test_the_licences_page_shows_the_whole_text_escaped() -> None:
    html = page(plans(), FOLDER + "licences.html")
    assert "Free &lt;for&gt; all." in html
    assert "MIT" in html


def test_every_internal_link_and_anchor_lives() -> None:
    pages = {plan.address: plan.render().decode() for plan in plans()}
    parsed = {name: Page(html) for name, html in pages.items() if name.endswith(".html")}
    dead = []
    for address, one in parsed.items():
        for link in one.links:
            if link.startswith(("https:", "data:")):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = normpath(join("/", dirname(address), path))[1:] if path else address
            if target not in pages or (anchor and anchor not in parsed[target].ids):
                dead.append((address, link))
    assert dead == []
    assert sum(len(one.links) for one in parsed.values()) > 200


def test_every_page_nests_its_tags_and_has_no_id_twice() -> None:
    for plan in plans():
        if plan.address.endswith(".html"):
            parsed = Page(plan.render().decode())
            assert parsed.problems == [], plan.address
            assert sorted(parsed.ids) == sorted(set(parsed.ids)), plan.address


def test_no_page_has_inline_script_or_style() -> None:
    for plan in plans():
        if plan.address.endswith(".html"):
            html = plan.render().decode()
            assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", html)


def test_a_call_links_to_the_page_of_its_callee() -> None:
    html = page(plans(), FORWARD)
    assert '<a class="forward" href="pkg.model.Layer.forward.html"' in html
    assert re.search(r'<a class="call( long)?" href="pkg\.model\.scale\.html"[^>]*>scale</a>', html)


def test_rivals_of_one_call_lead_to_their_list() -> None:
    html = page(plans(), FORWARD)
    anchor = re.search(r'<a class="rivals" href="#([^"]+)"[^>]*>self\.pick</a>', html)
    assert anchor is not None
    assert f'<li id="{anchor[1]}">One of 2' in html


def test_an_unresolved_call_is_marked_with_its_reason() -> None:
    assert '<span class="unresolved" title="a value">(</span>' in page(plans(), FORWARD)


def test_a_function_that_calls_itself_is_among_its_callers() -> None:
    text = outline(page(plans(), FOLDER + "pkg.model.scale.html"))
    assert text.endswith("li: Model.forward lines 16, 17\nli: scale line 26")


def test_calls_from_elsewhere_are_listed_nearest_first_where_they_are_given() -> None:
    def use(path: str, line: int) -> Use:
        inside = f"{path.removesuffix('.py').replace('/', '.')}.run"
        return Use(path, line, 4, UseKind.CALL, Certainty.RESOLVED, inside, "scale(x)")

    paths = ["other/far.py", *(f"pkg/sub/part{number}.py" for number in range(8)), "pkg/near.py"]
    uses = (*(use(path, 7) for path in paths), use("pkg/near.py", 9))
    pages = plans(replace(view(), elsewhere={"pkg.model.scale": uses}))
    html = page(pages, FOLDER + "pkg.model.scale.html")
    listed = re.findall(r">([^<>]*\.py:\d+)<", html)
    assert listed == [
        "pkg/near.py:7",
        "pkg/near.py:9",
        *(f"pkg/sub/part{number}.py:7" for number in range(6)),
    ]
    assert "Further calls: 3. All of them: <code>srcread callers pkg.model.scale</code>" in html
    assert "Called from elsewhere" not in page(plans(), FOLDER + "pkg.model.scale.html")


def test_a_note_on_a_whole_class_leads_the_page_of_its_init() -> None:
    html = page(plans(), FOLDER + "pkg.model.Model.__init__.html")
    assert html.index("A model is a tree") < html.index('id="L2"')
    assert '<span class="l noted"' not in html


def test_a_further_place_of_a_note_is_marked_and_leads_to_the_note() -> None:
    html = page(plans(), FOLDER + "pkg.model.Layer.forward.html")
    assert '<a href="pkg.model.Model.forward.html#n-run">The layer is called</a>' in html
    assert '<span class="l noted" id="L22">' in html


def test_a_note_in_a_docstring_leaves_it_unfolded() -> None:
    step = step_on_call()
    lead = replace(
        step.locations[0],
        range=replace(
            step.locations[0].range, start=replace(step.locations[0].range.start, line=8)
        ),
    )
    html = page(plans(view(steps=(replace(step, locations=(lead,)),))), FORWARD)
    assert "<details open>" in html


def test_a_note_that_is_not_found_again_says_so() -> None:
    step = step_on_call()
    lead = replace(step.locations[0], status=AnchorStatus.CHANGED)
    html = page(plans(view(steps=(replace(step, locations=(lead,)),))), FORWARD)
    assert "The lines have changed since this note was written." in html


def test_a_tour_without_notes_has_a_page_for_every_function() -> None:
    bare = view(steps=(), chapters=(), languages=("en",))
    addresses = [plan.address for plan in plans(bare)]
    assert [FOLDER + name + ".html" in addresses for name in METHODS] == [True] * 4
    html = page(plans(bare), FORWARD)
    assert 'id="next" rel="next" href="pkg.model.Layer.forward.html"' in html


def test_line_ends_of_windows_leave_no_trace() -> None:
    windows = page(plans(source=SOURCE.replace("\n", "\r\n")), FORWARD)
    assert windows == page(plans(), FORWARD)


def test_a_folder_without_version_stands_under_local() -> None:
    local = replace(view(), distributions=(replace(distribution(), version=None, commit=None),))
    html = page(plans(local), "en/example/local/pkg.model.scale.html")
    assert "upstream" not in html


def test_names_that_differ_only_in_case_get_a_digest() -> None:
    twin = replace(graph().symbols["pkg.model.scale"], name="pkg.model.Scale")
    walked = replace(
        graph(),
        order=(*METHODS, twin.name),
        symbols={**graph().symbols, twin.name: twin},
    )
    addresses = [plan.address for plan in plans(replace(view(), graph=walked))]
    twins = [one for one in addresses if one.lower().startswith("en/example/1.5/pkg.model.scale")]
    assert len(twins) == 2
    assert all(re.search(r"\.[Ss]cale-[0-9a-f]{8}\.html$", one) for one in twins)


def test_a_translation_is_shown_in_its_language_and_says_when_it_is_stale() -> None:
    html = page(plans(), FORWARD.replace("en/", "zh/"))
    assert '<html lang="zh">' in html
    assert "层被<em>调用</em>" in html
    assert "结果加倍。" in html
    assert "原批注在翻译之后有改动。" in html
    assert "仅在 CPU 上验证" in html


def test_a_note_without_translation_falls_back_and_is_labelled() -> None:
    html = page(plans(), "zh/example/1.5/pkg.model.scale.html")
    assert 'aria-labelledby="n-scale-title" lang="en"' in html
    assert "这条批注还没有译文。" in html
    assert "<p>Until <code>factor</code> is 0.</p>" in html


def test_every_language_has_all_the_words() -> None:
    import tomllib

    from srcread.evidence.sentences import TABLES
    from srcread.support.resources import resources

    folder = resources("templates")
    english, chinese = (
        tomllib.loads((folder / f"words.{language}.toml").read_text("utf-8"))
        for language in ("en", "zh")
    )
    assert set(english) == set(chinese)
    for key in english.keys() - set(TABLES):
        words = english[key]
        gaps = [sorted(re.findall(r"{\w+}", text)) for text in (words, chinese[key])]
        assert gaps[0] == gaps[1], key


def test_an_anchor_outside_the_page_still_shows_its_note() -> None:
    step = step_on_call()
    far = replace(step.locations[0].range, start=replace(step.locations[0].range.start, line=999))
    lead = replace(step.locations[0], range=far, anchor=Anchor("pkg.model.Model.forward", "x"))
    html = page(plans(view(steps=(replace(step, locations=(lead,)),))), FORWARD)
    assert "The layer is called</h2>" in html


def test_a_call_that_may_reach_more_than_is_known_leads_where_it_is_known_to() -> None:
    (forward,) = [edge for edge in graph().edges if edge.kind is EdgeKind.FORWARD]
    sure = [edge for edge in graph().edges if edge is not forward]
    known = replace(forward, certainty=Certainty.POSSIBLE)
    beside = replace(known, callee=None, kind=EdgeKind.UNRESOLVED, reason="there may be more")
    walked = replace(graph(), edges=(*sure, known, beside))
    html = page(plans(replace(view(), graph=walked)), FORWARD)
    assert re.search(
        r'href="pkg.model.Layer.forward.html" title="[^"]*forward \| there may be more"', html
    )
    assert "None" not in re.findall(r'title="([^"]*)"', html)


def test_what_is_there_for_its_note_alone_is_called_no_entry() -> None:
    order = tuple(name for name in graph().order if name != "pkg.model.scale")
    edges = tuple(edge for edge in graph().edges if edge.callee != "pkg.model.scale")
    apart = replace(graph(), order=order, edges=edges)
    planned = plans(replace(view(), graph=apart))
    noted = outline(page(planned, FORWARD.replace("Model.forward", "scale")))
    assert (
        "p: Nothing that is read here calls it: it has a page because a note is about it." in noted
    )
    assert "entry" not in noted
    assert "This is an entry" in outline(page(planned, FORWARD))


def test_a_page_counts_its_steps_where_they_do_not_follow_each_other() -> None:
    steps = (step_on_call(), step_on_class(), replace(step_on_call(), note=note("b", "B", "B.")))
    tour = replace(view().tour, steps=steps)
    html = page(plans(replace(view(), tour=tour)), FORWARD)
    assert "2 of 3 steps" in html
    assert "of 3 ·" not in html
    follow = replace(tour, steps=(steps[1], steps[0], steps[2]))
    assert "3 of 3 ·" in page(plans(replace(view(), tour=follow)), FORWARD)


def test_the_list_of_notes_is_in_the_order_of_the_tour_with_its_numbers_and_its_path() -> None:
    above = replace(step_on_call(), note=note("above", "Above", "Above."))
    place = replace(above.locations[0], range=between("if mask is not None", "None"))
    below = replace(above, note=note("below", "Below", "Below."), locations=(place,))
    tour = replace(view().tour, steps=(below, above), path=("above",))
    planned = plans(replace(view(), tour=tour))
    html = page(planned, FORWARD)
    assert "2 notes on this page, in the order of reading" in html
    listed = re.findall(r'<li value="(\d)"><a href="#n-(\w+)"', html)
    assert listed == [("1", "below"), ("2", "above")]
    assert re.search(r'"#n-above">.*<strong>one to read first</strong>', html)
    assert html.count("one to read first") == 1
    chinese = page(planned, FORWARD.replace("en/", "zh/", 1))
    assert "按阅读顺序排列" in chinese and chinese.count("<strong>建议先读</strong>") == 1
