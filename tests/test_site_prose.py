"""Prose that is searched: what stands in it, the same bytes twice, and programs that misbehave."""

# ruff: noqa: RUF001 - full-width punctuation is what is tested

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from support.site_example import page, plans, step_on_call, view
from support.story_example import contents as tree

from srcread.errors import SrcreadError
from srcread.site import BundlePlan, PagePlan, TourView, plan_prose, publish
from srcread.site.data.layout import lay_out
from srcread.site.rendering.prose import paragraphs, summary
from srcread.site.search.records import records
from srcread.support.pagefind import Program, find_program

PROGRAM = find_program()
needs_program = pytest.mark.skipif(PROGRAM is None, reason="needs pagefind_bin_extended")


def noted(body: str) -> TourView:
    """Return the example with its second note alone, which says this."""
    step = step_on_call()
    return view(steps=(replace(step, note=replace(step.note, body=body)),), chapters=())


def test_each_note_and_chapter_is_found_at_its_own_anchor() -> None:
    found = records([lay_out(view())], "zh")
    folder = "example/1.5/"
    assert [(one.address.removeprefix(folder), one.title) for one in found] == [
        ("index.html", "How a model runs"),
        ("pkg.model.Model.__init__.html#n-build", "Building"),
        ("pkg.model.Model.forward.html#n-run", "Running"),
        ("pkg.model.Model.__init__.html#n-build", "A model is a tree"),
        ("pkg.model.Model.forward.html#n-run", "层被调用"),
        ("pkg.model.scale.html#n-scale", "Scale calls itself"),
    ]
    assert found[4].body == "层被*调用*。" and found[4].more == ("结果加倍。",)


def test_a_tour_without_notes_has_no_prose() -> None:
    assert records([lay_out(view(steps=(), chapters=()))], "en") == ()


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("One `x` and\n[two](https://a.org).", ["One x and two."]),
        ("矩阵\n乘法", ["矩阵乘法"]),
        ("Before\n\n```\nx = 1\n```\n\nafter", ["Before", "after"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["a", "b", "1", "2"]),
        ("<b>raw</b> \u202e", ["<b>raw</b> ⟨U+202E⟩"]),
    ],
)
def test_prose_is_what_a_note_says_without_its_blocks_of_code(text: str, prose: list[str]) -> None:
    assert list(paragraphs(text)) == prose


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("In 2.13 it is e.g. slow. Then not.", "In 2.13 it is e.g. slow."),
        ("第一句。第二句。", "第一句。"),
        ("no end", "no end"),
        ("", ""),
        ("word " * 60 + "end.", "word " * 38 + "word…"),
        ("字" * 300, "字" * 199 + "…"),
    ],
)
def test_a_summary_is_the_first_sentence_and_at_most_200_characters(text: str, first: str) -> None:
    assert summary(text) == first and len(first) <= 200


def made(shown: TourView) -> dict[str, Mapping[str, bytes]]:
    assert PROGRAM is not None
    return {bundle.address: bundle.render() for bundle in plan_prose([shown], PROGRAM)}


@needs_program
def test_an_index_has_the_same_bytes_twice_and_only_what_the_page_loads() -> None:
    one, two = made(view()), made(view())
    assert one == two and list(one) == ["search/en/", "search/zh/"]
    for files in one.values():
        kinds = sorted({name.partition("/")[0].rpartition(".")[2] for name in files})
        assert kinds == ["fragment", "index", "js", "json", "pagefind", "pf_meta"]
        assert [name for name in files if name.endswith(".js")] == ["pagefind.js"]


@needs_program
def test_chinese_is_indexed_by_character_and_latin_beside_it_by_word() -> None:
    files = made(noted("位掩码用 mask表示，这里是四维。"))["search/en/"]
    assert b'"en"' in files["pagefind-entry.json"]
    chinese = made(view())["search/zh/"]
    texts = [gzip.decompress(data).decode() for name, data in chinese.items() if "frag" in name]
    assert any("层 被 调 用。" in text and '"title":"层被调用"' in text for text in texts)
    assert list(json.loads(chinese["pagefind-entry.json"])["languages"]) == ["unknown"]


@needs_program
def test_hostile_words_of_a_note_stay_words() -> None:
    evil = '<script>alert(1)</script> " data-pagefind-meta="title:x" <!-- </p></body>'
    step = step_on_call()
    note = replace(step.note, title=evil, body=evil)
    (files,) = made(
        view(steps=(replace(step, note=note),), chapters=(), languages=("en",))
    ).values()
    texts = [gzip.decompress(data).decode() for name, data in files.items() if "frag" in name]
    (shown,) = (json.loads(text[text.index("{") :]) for text in texts if "alert" in text)
    assert shown["meta"]["title"] == evil
    assert shown["content"].startswith(evil)


def test_an_edited_note_renews_the_index_of_its_language_alone() -> None:
    program = Program(Path("nowhere"), "1")
    before = {one.language: one.key for one in plan_prose([view()], program)}
    step = step_on_call()
    other = replace(step, note=replace(step.note, body="Otherwise."))
    steps = (view().tour.steps[0], other, view().tour.steps[2])
    after = {one.language: one.key for one in plan_prose([view(steps=steps)], program)}
    assert before["zh"] == after["zh"] and before["en"] != after["en"]
    newer = plan_prose([view()], Program(Path("nowhere"), "2"))
    assert not {one.key for one in newer} & set(before.values())


MISBEHAVIOUR = {
    "it fails": ("echo 'thread panicked'; exit 3", "exit status 3: 'thread panicked'"),
    "it never ends": ("sleep 60 & sleep 60", "took longer than 0.5 s"),
    "it writes nothing": ("exit 0", "wrote no 'pagefind"),
    "it writes an entry that is none": (
        "mkdir -p index/index index/fragment; cd index; touch pagefind.js wasm.x.pagefind "
        "pagefind.x.pf_meta index/x.pf_index fragment/x.pf_fragment; "
        "echo '{' > pagefind-entry.json",
        "no readable 'pagefind-entry.json'",
    ),
    "it writes links": ("mkdir index; ln -s /etc/passwd index/pagefind.js", "wrote no 'pagefind"),
}


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "program"
    path.touch(0o755)
    yield path


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
@pytest.mark.parametrize("case", MISBEHAVIOUR)
def test_a_program_that_misbehaves_is_one_line_and_the_old_site_stays(
    tmp_path: Path, script: Path, case: str
) -> None:
    commands, words = MISBEHAVIOUR[case]
    script.write_text(f"#!/bin/sh\n{commands}\n")
    site = tmp_path / "site"
    publish(site, plans())
    before = tree(site)
    bundles = plan_prose([view()], Program(script, "9.9", seconds=0.5))
    with pytest.raises(SrcreadError) as raised:
        publish(site, plans(view(title="Another")), bundles)
    message = str(raised.value)
    assert message.startswith("Pagefind 9.9 ") and words in message and "\n" not in message
    assert "pip install" in message
    assert tree(site) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["program", "site"]


@pytest.mark.parametrize("data", [b"", b"#!/no/such/interpreter\n"])
def test_a_program_that_is_none_is_one_line(script: Path, data: bytes) -> None:
    script.write_bytes(data)
    script.chmod(0o755 if data else 0o644)
    with pytest.raises(SrcreadError, match="cannot be started"):
        plan_prose([view()], Program(script, "9.9"))[0].render()


def bundle(key: str, *names: str) -> BundlePlan:
    return BundlePlan("search/en/", "en", key, lambda: {name: name.encode() for name in names})


def never() -> Mapping[str, bytes]:
    raise AssertionError("made though its key is unchanged")


def test_a_bundle_is_published_whole_kept_while_it_is_the_same_and_made_again_where_not(
    tmp_path: Path,
) -> None:
    site, pages = tmp_path / "site", [PagePlan("a", "1", lambda: b"a")]
    first = publish(site, pages, [bundle("1", "x.js", "index/old")])
    assert first.written == ("a", "search/en/")
    assert (site / "search/en/index/old").read_bytes() == b"index/old"
    same = replace(bundle("1"), render=never)
    assert publish(site, pages, [same]).kept == ("a", "search/en/")
    assert publish(site, [*pages, PagePlan("b", "1", lambda: b"b")], [same]).written == ("b",)
    renewed = publish(site, pages, [bundle("2", "x.js", "index/new")])
    assert (renewed.written, renewed.removed) == (("search/en/",), ("b",))
    assert {name for name in tree(site) if "search" in name} == {
        "search/en/x.js",
        "search/en/index/new",
    }
    (site / "search/en/index/new").unlink()
    assert publish(site, pages, [bundle("2", "x.js", "index/new")]).written == ("search/en/",)
    assert publish(site, pages).removed == ("search/en/index/new", "search/en/x.js")
    assert {name for name in tree(site) if "search" in name} == set()


def test_only_where_there_is_an_index_may_a_page_connect() -> None:
    address = "en/example/1.5/pkg.model.scale.html"
    closed = page(plans(), address)
    assert "default-src 'none'; style-src 'self'; script-src 'self'; img-src" in closed
    assert "data-without=" in closed and "data-prose=" not in closed
    open_page = page(plans(prose=["en"]), address)
    assert (
        "connect-src 'self'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval';" in open_page
    )
    assert 'data-prose="../../../prose.js"' in open_page and "data-without=" not in open_page
    assert page(plans(prose=["zh"]), address) == closed
