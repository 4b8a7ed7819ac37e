"""The front page and what it shares with tours: titles, traps, questions, the search index."""

from __future__ import annotations

import json
from dataclasses import replace

from site_example import (
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
from site_outline import Page, outline

from srcread.model import Chapter, Device, EvidenceStatus, Standing, Step
from srcread.site import TourView

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
    head, _, rest = text.partition("h2: How a model runs")
    assert head.startswith("h1: Source code tours\np: A tour reads the code from the call")
    assert "p: Notes stand beside the lines" in head
    assert (
        rest[: rest.index("p: Begin with")]
        == """
p: pkg 1.5 · 2 chapters · 3 steps · 4 functions
p: 1 of 3 notes confirmed on CPU
li: Building 1 step
A model is a tree
li: Running 2 steps
The layer is called
h2: How to read
""".replace("step\nA", "step A").replace("steps\nThe", "steps The")
    )
    assert rest.endswith("p: https://example.org/notes")


def test_the_front_page_gathers_traps_questions_and_messages() -> None:
    html = page(plans(view(steps=(asked(), step_on_scale()))), "index.html")
    text = outline(html)
    assert (
        text[text.index("h2: Traps") : text.index("h2: Correct")]
        == """\
h2: Traps and questions
h3: Traps
li: The layer is called
h3: Questions
li: Why <twice>?
h3: Messages that you may have met
li: bad shape & type
"""
    )
    assert Page(html).links.count(FORWARD + "#n-run") == 3 + 1  # and from its chapter


def test_without_traps_and_questions_the_front_page_has_no_such_section() -> None:
    assert "Traps" not in outline(page(plans(), "index.html"))


def test_the_front_page_says_what_is_confirmed_where() -> None:
    confirmed = Standing(EvidenceStatus.CONFIRMED, "confirmed", run())
    gpu = replace(run().environment, device=Device("cuda", "NVIDIA H100"))
    on_gpu = replace(confirmed, run=replace(run(), environment=gpu))
    failed = Standing(EvidenceStatus.FAILED, "failed", run())
    shown = with_standings({"build": on_gpu, "run": confirmed, "scale": failed})
    text = outline(page(plans(shown), "index.html"))
    assert "p: 2 of 3 notes confirmed: 1 on CPU, 1 on NVIDIA H100\n" in text
    nothing = with_standings({})
    assert "p: 0 of 3 notes confirmed\n" in outline(page(plans(nothing), "index.html"))


def test_steps_before_the_first_chapter_are_on_the_front_page() -> None:
    late = view(chapters=(Chapter("Running", "run"),))
    text = outline(page(plans(late), "index.html"))
    assert "1 chapter · 3 steps" in text
    assert "li: A model is a tree\nli: Running 2 steps The layer is called" in text


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


def test_the_search_index_holds_questions_and_messages() -> None:
    script = page(plans(view(steps=(asked(),))), FOLDER + "symbols.js")
    before, _, after = script.partition("document.currentScript.src, ")
    assert before == "(window.srcread ||= []).push(["
    index = json.loads(after.removesuffix("]);\n"))
    address = "pkg.model.Model.forward.html#n-run"
    assert index["questions"] == [["Why <twice>?", address]]
    assert index["messages"] == [["bad shape & type", address]]
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
    assert "h2: 2 notes on this page\nli: Scale calls itself\nli: Again & again\n" in text


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
