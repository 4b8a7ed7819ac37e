"""Hostile notes, sources, evidence and names: on the pages they stay text."""

from __future__ import annotations

from dataclasses import replace

from support.reasons import LIMITS, in_words
from support.site_example import (
    SOURCE,
    graph,
    note,
    page,
    plans,
    run,
    step_on_scale,
    view,
    with_standings,
)
from support.site_outline import Page

from srcread.model import (
    Depends,
    Device,
    Edge,
    EdgeKind,
    EvidenceStatus,
    Reach,
    Standing,
)
from srcread.site import TourView

FOLDER = "en/example/1.5/"
FORWARD = FOLDER + "pkg.model.Model.forward.html"
HOSTILE = "</code><script>alert(1)</script>]]>\u202e\x00\"'&"


def test_hostile_notes_stay_text() -> None:
    evil = note("run", HOSTILE, HOSTILE + "\n\n[x](javascript:alert(1)) ![y](https://e.org/y.png)")
    step = replace(step_on_scale(), note=replace(evil, authors=(HOSTILE,), see=("javascript:x",)))
    html = page(plans(view(steps=(step,), title=HOSTILE)), FOLDER + "pkg.model.scale.html")
    assert "<script>alert" not in html
    assert not {"img", "iframe"} & set(Page(html).tags)
    assert not [link for link in Page(html).links if link.startswith("javascript:")]
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "⟨U+202E⟩" in html


def test_hostile_source_names_and_reasons_stay_text() -> None:
    source = SOURCE.replace("# the only layer", "# " + HOSTILE.replace("\n", " "))
    target = HOSTILE.replace("/", "")
    edges = [replace(edge, reason=HOSTILE) if edge.reason else edge for edge in graph().edges]
    edges.append(Edge(edges[2].site, target, EdgeKind.EXTERNAL))
    hostile: TourView = replace(view(), graph=replace(graph(), edges=tuple(edges)))
    html = page(plans(hostile, source=source), FORWARD)
    assert "<script>alert" not in html
    assert Page(html).problems == []
    assert "\u202e" not in html
    assert 'title="&lt;/code&gt;&lt;script&gt;' in html


def test_what_entities_of_markdown_hide_is_shown() -> None:
    step = step_on_scale()
    evil = replace(step, note=replace(step.note, body="a&#x202e;b [c](#d 'e&#x2066;f')"))
    html = page(plans(view(steps=(evil,))), FOLDER + "pkg.model.scale.html")
    assert "a⟨U+202E⟩b" in html and "e⟨U+2066⟩f" in html
    assert not {"\u202e", "\u2066"} & set(html)


def test_hostile_evidence_stays_text() -> None:
    one = run()
    environment = replace(
        one.environment,
        device=Device("cpu", HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        distributions={HOSTILE: HOSTILE},
        platform=HOSTILE,
        python=HOSTILE,
        sandbox=LIMITS,
    )
    claim = replace(one.claims[0], observed=HOSTILE, expected=HOSTILE)
    evil = replace(
        one,
        environment=environment,
        date=HOSTILE,
        depends=Depends(HOSTILE, {HOSTILE: HOSTILE}),
        reasons=(in_words(HOSTILE),),
        claims=(claim,),
        output=HOSTILE,
        reach=(Reach("pkg.model.Model.forward", False, reason=in_words(HOSTILE)),),
    )
    failed = Standing(EvidenceStatus.FAILED, in_words(f"failed: {HOSTILE}"), evil)
    for language in ("en", "zh"):
        html = page(plans(with_standings({"run": failed})), FORWARD.replace("en/", f"{language}/"))
        assert html.count("&lt;script&gt;alert") >= 12
        assert "<script>alert" not in html
        assert Page(html).problems == []
        assert not {"\u202e", "\x00"} & set(html)


def test_the_search_index_cannot_leave_its_script() -> None:
    step = step_on_scale()
    evil = replace(step, note=replace(step.note, title='</script>]]>\u2028\u202e";alert(1)//'))
    script = page(plans(view(steps=(evil,))), FOLDER + "symbols.js")
    assert script.isascii()
    assert script.count("\n") == 1
    assert not {"<", "&"} & set(script)
    assert "\\u003c/script\\u003e]]\\u003e" in script and '\\";alert(1)//' in script
    assert "u202e" not in script and "u27e8U+202E" in script
    words = page(plans(view(steps=(evil,))), FOLDER + "words.js")
    assert words.count("\n") == 1 and not {"<", "\u2028", "\u202e"} & set(words)
    assert "\\u003c/script\\u003e" in words and '\\";alert(1)//' in words and "⟨U+202E⟩" in words
