"""The front page and what it shares with tours: titles, traps, questions, the search index."""

from __future__ import annotations

import json
from dataclasses import replace

from support.reasons import in_words
from support.site_example import (
    SOURCE,
    distribution,
    page,
    plans,
    run,
    source_file,
    step_on_call,
    step_on_scale,
    view,
    with_standings,
)
from support.site_outline import Page, outline

from srcread.model import (
    Chapter,
    Device,
    EvidenceStatus,
    Position,
    Reason,
    ReasonCode,
    Standing,
    Step,
)
from srcread.site import TourView
from srcread.site.data.front import minutes

FOLDER = "en/example/1.5/"
FORWARD = FOLDER + "pkg.model.Model.forward.html"


def asked() -> Step:
    """Return the step on the call as a trap that answers a question and explains a message."""
    step = step_on_call()
    note = replace(
        step.note, trap=True, questions=("Why <twice>?",), messages=("bad shape & type",)
    )
    return replace(step, note=note)


def bare(**changes: object) -> TourView:
    """Return what `srcread read` shows: one function of a file, without notes or version."""
    local = replace(distribution(), version=None, commit=None, licences=(), repository=None)
    shown = view(steps=(), chapters=(), languages=("en",))
    graph = replace(shown.graph, order=("pkg.model.scale",), edges=(shown.graph.edges[-1],))
    return replace(shown, distributions=(local,), graph=graph)


def test_the_front_page_reads_as_this_outline() -> None:
    text = outline(page(plans(view(repository="https://example.org/notes")), "index.html"))
    head, _, rest = text.partition("h2: What is proven")
    assert head.startswith("h1: Source code tours\np: Read a framework from the call")
    assert (
        rest[: rest.index("p: Notes stand beside")]
        == """, and by what
p: 1 of 3 notes confirmed on CPU
p: ● 0 of 4 sentences checked by a run · 4 say nothing of what they stand on
h2: How a model runs
p: pkg 1.5 · 3 steps · 4 functions
li: Building 1 step
li: Running 2 steps
h2: How to read
"""
    )
    assert rest.endswith("p: https://example.org/notes")


def test_the_front_page_gathers_traps_questions_and_messages() -> None:
    html = page(plans(view(steps=(asked(), step_on_scale()))), "index.html")
    text = outline(html)
    assert (
        text[text.index("h2: Traps") : text.index("h2: Correct")]
        == """\
h2: Traps and questions
p: Look here when something went wrong, or type a few words of it into the search box.
h3: Traps
li: The layer is called
h3: Questions
li: Why <twice>?
h3: Messages that you may have met
li: bad shape & type
"""
    )
    assert Page(html).links.count(FORWARD + "#n-run") == 3 + 1  # and from its chapter


def test_the_pointers_of_several_tours_fold_by_tour() -> None:
    first = view(steps=(asked(), step_on_scale()))
    second = view(name="second", title="Another", steps=(asked(),), chapters=())
    html = page(plans(first, second), "index.html")
    text = outline(html)
    assert (
        text[text.index("h3: Questions") : text.index("h3: Messages")]
        == """\
h3: Questions
summary: How a model runs 1
li: Why <twice>?
summary: Another 1
li: Why <twice>?
"""
    )
    assert html.count("<details open>") == 1  # the first tour's traps


def test_the_front_page_shows_the_first_tours_path_in_the_order_of_reading() -> None:
    first = view(path=("scale", "build"))
    second = view(name="second", title="Another", path=("run",))
    html = page(plans(first, second), "zh/index.html")
    text = outline(html)
    assert (
        text[text.index("h2: 用") : text.index("h2: 证明")]
        == """\
h2: 用一分钟读完这几步
p: 最短的一条路，选自 How a model runs
li: A model is a tree
li: Scale calls itself
"""  # noqa: RUF001 - as the page has it
    )
    links = Page(html).links
    assert "../zh/" not in "".join(links)
    assert links.index("example/1.5/pkg.model.scale.html#n-scale") < links.index(
        "second/1.5/index.html#path"
    )
    outline_page = outline(page(plans(first), "en/example/1.5/index.html"))
    assert "h2: Read these in a minute" in outline_page
    assert "li: A model is a tree Model.__init__\n" in outline_page


def test_without_a_path_there_is_no_such_section() -> None:
    pages = plans()
    for address in ("index.html", "en/example/1.5/index.html"):
        assert "Read these" not in page(pages, address)


def test_a_tour_to_start_with_stands_first_on_the_front_page() -> None:
    begin = view(name="second", title="Begin here", start=True, path=("run",))
    text = outline(page(plans(view(path=("scale",)), begin), "index.html"))
    assert text.index("h2: Begin here") < text.index("h2: How a model runs")
    assert "p: The shortest way through Begin here\nli: The layer is called" in text


def lines(count: int) -> Step:
    """Return a step that stands at so many lines; it has eight words."""
    step = step_on_scale()
    place = replace(step.locations[0].range, end=Position(24 + count, 0))
    return replace(step, locations=(replace(step.locations[0], range=place),))


def test_the_time_of_a_path_is_counted_from_its_words_and_lines() -> None:
    step = lines(20)
    assert step.locations[0].range.first_line == 25
    assert minutes([step], "en") == 2  # 20 lines are a minute, and seven words some seconds
    long = replace(step, note=replace(step.note, title="", body="word " * 400))
    assert minutes([long], "en") == 1 + 2
    assert minutes([long, long], "en") == 2 * (1 + 2)
    chinese = replace(long, note=replace(long.note, body="字" * 510))
    assert minutes([chinese], "en") == 1 + 2
    further = replace(step, locations=(*step.locations, *lines(900).locations))
    assert minutes([further], "en") == 2


def test_claims_are_read_in_the_language_of_the_page() -> None:
    step = step_on_call()
    assert step.snippet is not None
    claim = replace(step.snippet.claims[0], sentence="word " * 200)
    step = replace(step, snippet=replace(step.snippet, claims=(claim,)))
    translated = replace(step.translations["zh"], claims={claim.sentence: "字" * 1020})
    step = replace(step, translations={"zh": translated})
    assert (minutes([step], "en"), minutes([step], "zh")) == (2, 5)


def test_without_traps_and_questions_the_front_page_has_no_such_section() -> None:
    assert "Traps" not in outline(page(plans(), "index.html"))


def test_the_front_page_says_what_is_confirmed_where() -> None:
    confirmed = Standing(EvidenceStatus.CONFIRMED, Reason(ReasonCode.CONFIRMED), run())
    gpu = replace(run().environment, device=Device("cuda", "NVIDIA H100"))
    on_gpu = replace(confirmed, run=replace(run(), environment=gpu))
    failed = Standing(EvidenceStatus.FAILED, in_words("failed"), run())
    shown = with_standings({"build": on_gpu, "run": confirmed, "scale": failed})
    text = outline(page(plans(shown), "index.html"))
    assert "p: 2 of 3 notes confirmed: 1 on CPU, 1 on NVIDIA H100\n" in text
    nothing = with_standings({})
    assert "p: 0 of 3 notes confirmed\n" in outline(page(plans(nothing), "index.html"))


def test_what_is_proven_is_summed_up_over_tours_and_said_of_each() -> None:
    text = outline(page(plans(view(), view(name="second", title="Another")), "index.html"))
    first, _, rest = text.partition("h2: How a model runs")
    assert "p: 2 of 6 notes confirmed on CPU\np: ● 0 of 8 sentences checked by a run" in first
    assert rest.count("p: 1 of 3 notes confirmed on CPU\np: ● 0 of 4 sentences checked") == 2


def test_the_first_screen_has_the_search_box_under_one_sentence() -> None:
    for shown, asked in [(view(), "An error, a question?"), (bare(), "Looking for a function?")]:
        html = page(plans(shown), "index.html")
        bar, _, content = html.partition("<main")
        assert 'id="search"' not in bar
        between = content[content.index("<h1>") : content.index('id="search"')]
        assert between.count("<p") == 1 and asked in between


def test_steps_before_the_first_chapter_are_on_the_front_page() -> None:
    late = view(chapters=(Chapter("Running", "run"),))
    text = outline(page(plans(late), "index.html"))
    assert "li: A model is a tree 1 step\nli: Running 2 steps\n" in text


def test_a_site_without_notes_says_nothing_of_notes() -> None:
    html = page(plans(bare()), "index.html")
    assert "p: local files · 1 function\n" in outline(html)
    assert "note" not in outline(html).lower()
    assert 'placeholder="Names"' in html


def test_without_notes_the_code_has_the_whole_page() -> None:
    html = page(plans(bare()), "en/example/local/pkg.model.scale.html")
    assert '<body class="function bare">' in html
    assert 'class="outline"' not in html
    assert 'class="notes"' not in html
    assert 'class="place"><code>pkg:pkg/model.py</code></p>' in html
    assert "upstream" not in html


def test_titles_stand_in_the_language_of_the_page() -> None:
    chapters = (
        Chapter("Building", "build", {"zh": "构造"}),
        Chapter("Running", "run"),
    )
    pages = plans(view(titles={"zh": "模型怎样运行"}, chapters=chapters))
    text = page(pages, "zh/example/1.5/index.html")
    assert "<h1>模型怎样运行</h1>" in text
    assert "<h3>构造</h3>" in text
    assert '<h3><span lang="en">Running</span></h3>' in text
    assert '<span lang="en">Scale calls itself</span>' in text
    assert "<h1>How a model runs</h1>" in page(pages, FOLDER + "index.html")
    assert ">模型怎样运行</a></h2>" in page(pages, "zh/index.html")
    assert ">模型怎样运行</a></li>" in page(pages, FORWARD.replace("en/", "zh/"))


def test_two_tours_show_each_its_own_version_of_one_distribution() -> None:
    newer = replace(distribution(), version="2.0")
    other = source_file(SOURCE.replace("2.0", "9.0"))
    second = replace(view(name="newer"), distributions=(newer,), read=lambda *_: other)
    pages = plans(view(), second)
    assert '<span class="m">2.0</span>' in page(pages, FORWARD)
    assert '<span class="m">9.0</span>' in page(pages, FORWARD.replace("example/1.5", "newer/2.0"))


def test_a_card_shows_the_questions_and_messages_of_its_note() -> None:
    html = page(plans(view(steps=(asked(),))), FORWARD)
    assert '<li lang="en">Why &lt;twice&gt;?</li>' in html
    assert "<samp>bad shape &amp; type</samp>" in html


def test_the_search_index_holds_names_and_where_the_words_of_notes_are() -> None:
    script = page(plans(view(steps=(asked(),))), FOLDER + "symbols.js")
    before, _, after = script.partition("document.currentScript.src, ")
    assert before == "(window.srcread ||= []).push(["
    index = json.loads(after.removesuffix("]);\n"))
    assert index["prose"] == ["words.js"]
    assert index["tour"] == "How a model runs"
    assert index["symbols"] == [
        ["pkg.model.Model", "__init__", "forward"],
        ["pkg.model.Layer", "forward"],
        ["pkg.model", "scale"],
    ]


def test_several_notes_are_listed_at_the_top_of_their_page() -> None:
    scale = step_on_scale()
    twice = replace(scale, note=replace(scale.note, stem="again", title="Again & again"))
    text = outline(page(plans(view(steps=(scale, twice))), FOLDER + "pkg.model.scale.html"))
    assert "in the order of reading\nli: Scale calls itself\nli: Again & again\n" in text


def test_a_single_note_is_listed_only_where_it_stands_far_down() -> None:
    step = step_on_call()
    lead = step.locations[0]
    far = replace(lead.range, start=replace(lead.range.start, line=6 + 26))
    near = replace(lead.range, start=replace(lead.range.start, line=6 + 25))
    texts = [
        outline(
            page(
                plans(view(steps=(replace(step, locations=(replace(lead, range=place),)),))),
                FORWARD,
            )
        )
        for place in (far, near)
    ]
    assert "h2: The note on this page\nli: The layer is called line 32\n" in texts[0]
    assert "on this page" not in texts[1]
