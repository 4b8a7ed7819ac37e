"""Pages beside the steps on a site: what is shown, where it is found, where its links lead."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.hostile_cases import ALL
from support.site_example import page, plans, view
from test_site_introducing import HEAD, Tags, links_of, prose

from srcread.model import Prose
from srcread.site import SiteAddress
from srcread.site.data.introducing import Introduced
from srcread.site.rendering.prose import appendix, sections_of
from srcread.site.rendering.terms import Terms

EN, ZH = "en/example/1.5/", "zh/example/1.5/"
BODY = "A head: [the call](#n-run), [more](#p-more).\n\n## The layer\n\nOne.\n\n## 层\n\nTwo.\n"
TABLE = "| case | said | shape |\n|---|---|---|\n| a | b | c |\n"


def titled(title: str, body: str, language: str = "en", stale: bool = False) -> Prose:
    return replace(prose(body, language, stale), title=title, path=Path(f"{language}.md"))


PAGES = {
    "first": {"en": titled("The `first` page", BODY), "zh": titled("第一页", "见。", "zh")},
    "more": {"en": titled("More", TABLE)},
}


def test_a_page_has_its_title_and_sections_and_leads_to_notes_and_pages() -> None:
    html = page(plans(view(appendices=PAGES)), EN + "p-first.html")
    assert "<h1>The <code>first</code> page</h1>" in html
    assert re.findall(r'<li><a href="#(s-[^"]+)">([^<]+)', html) == [
        ("s-the-layer", "The layer"),
        ("s--2", "层"),
    ]
    assert '<h2 id="s-the-layer">The layer</h2>' in html and '<h2 id="s--2">层</h2>' in html
    assert '<a href="pkg.model.Model.forward.html#n-run" rel="noopener noreferrer">' in html
    assert '<a href="p-more.html" rel="noopener noreferrer">more</a>' in html
    assert "<title>The `first` page · How a model runs</title>" in html
    assert "It proves nothing by itself" in html


def test_the_outline_lists_pages_in_their_order_and_each_the_others() -> None:
    pages = plans(view(appendices=PAGES))
    html = page(pages, EN + "index.html")
    listed = html.partition('<h2 id="appendices">Beside the steps</h2>')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', listed) == ["p-first.html", "p-more.html"]
    further = page(pages, EN + "p-first.html").partition('id="further"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', further) == ["p-more.html"]
    assert "步骤之外" in page(pages, ZH + "index.html")


def test_a_tour_without_pages_has_no_heading_for_them() -> None:
    pages = plans()
    assert 'id="appendices"' not in page(pages, EN + "index.html")
    assert [plan.address for plan in pages if "/p-" in plan.address] == []


def test_a_page_that_is_not_translated_or_stale_says_so() -> None:
    stale = {"zh": titled("旧", "旧。", "zh", stale=True), "en": titled("New", "New.")}
    pages = plans(view(appendices={**PAGES, "stale": stale}))
    missing = page(pages, ZH + "p-more.html")
    assert '<h1><span lang="en">More</span></h1>' in missing
    assert (
        "这段文字还没有译文。" in missing and '<div class="introduced whole" lang="en">' in missing
    )
    assert "原文在翻译之后有改动。" in page(pages, ZH + "p-stale.html")
    assert 'class="banner"' not in page(pages, EN + "p-stale.html")


def test_sections_have_one_address_in_all_languages() -> None:
    chinese = Introduced("## 层\n\n一。\n\n> ## 引\n\n## 完\n", "zh", False, False, ())
    assert sections_of(chinese, BODY) == (("s-the-layer", "层"), ("s--2", "完"))
    twice = Introduced("## It\n\n## It\n", "en", False, False, ())
    assert sections_of(twice, twice.body) == (("s-it", "It"), ("s-it-2", "It"))


def test_cells_of_a_wide_table_say_their_column_and_short_columns_are_kept_whole() -> None:
    def shown(body: str) -> str:
        return str(appendix(Introduced(body, "en", False, False, ()), body, Terms()))

    html = shown(TABLE)
    assert '<table class="stacked">' in html
    assert '<td class="short" data-of="said">b</td>' in html
    long = shown(TABLE.replace("| b |", f"| {'多' * 11} |"))
    assert f'<td data-of="said">{"多" * 11}</td>' in long
    assert "stacked" not in shown("| case | said |\n|---|---|\n| a | b |\n")
    assert '<td class="short" data-of="&quot;&gt;&lt;b&gt;">' in shown(
        TABLE.replace("said", '">&lt;b&gt;')
    )


def test_a_broken_table_is_shown_as_far_as_it_goes() -> None:
    body = "| a | b | c |\n|---|---|---|\n| one |\n| one | two | three | four |\n"
    html = str(appendix(Introduced(body, "en", False, False, ()), body, Terms()))
    assert html.count("<td") == 6 and "four" not in html


def test_the_glossary_explains_words_of_pages() -> None:
    html = page(plans(view(appendices=PAGES, terms=(HEAD,))), EN + "p-first.html")
    assert links_of(html) == [("glossary.html#t-head", "head")]


def test_links_lead_into_other_tours_of_the_site_and_elsewhere_only_the_words_stay() -> None:
    away = {"away": {"en": titled("Away", "See [the *call*](#other/n-run), please.")}}
    other = view(name="other", title="Another")
    html = page(plans(view(appendices=away), other), EN + "p-away.html")
    assert 'href="../../other/1.5/pkg.model.Model.forward.html#n-run"' in html
    alone = page(plans(view(appendices=away)), EN + "p-away.html")
    assert "<p>See the <em>call</em>, please.</p>" in alone


def test_the_search_finds_pages_by_title_and_headings() -> None:
    pages = plans(view(appendices=PAGES))
    words = page(pages, EN + "words.js")
    assert '["p-first.html","The first page",[],[],["The layer","层"],"",[],[]]' in words
    assert '"p-more.html"' in page(pages, ZH + "words.js")
    assert '"kind_pages":"page"' in page(pages, EN + "symbols.js").replace('": "', '":"')


def test_the_sitemap_has_pages_in_all_languages_and_engines_may_list_them() -> None:
    pages = plans(view(appendices=PAGES), place=SiteAddress("https://example.org/", "/"))
    assert f"<loc>https://example.org/{ZH}p-first.html</loc>" in page(pages, "sitemap.xml")
    html = page(pages, EN + "p-first.html")
    assert "noindex" not in html and f'hreflang="zh" href="https://example.org/{ZH}' in html


def test_another_text_writes_its_page_alone_and_another_title_the_lists_too() -> None:
    def keys(title: str, body: str) -> dict[str, str]:
        shown = {**PAGES, "more": {"en": titled(title, body)}}
        return {plan.address: plan.key for plan in plans(view(appendices=shown))}

    def changed(title: str, body: str) -> set[str]:
        before, after = keys("More", "This."), keys(title, body)
        return {address for address in after if after[address] != before[address]}

    assert changed("More", "That.") == {EN + "p-more.html", ZH + "p-more.html"}
    lists = {"index.html", "p-first.html", "p-more.html", "words.js"}
    assert changed("Less", "This.") == {folder + one for folder in (EN, ZH) for one in lists}


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_hostile_texts_and_titles_stay_text(text: str) -> None:
    line = " ".join(text.split()) or "x"
    shown = {"a": {"en": titled(line, f"{text}\n\n## {line}\n\n| {line} | b | c |\n|-|-|-|\n")}}
    pages = plans(view(appendices=shown))
    known = Tags()
    known.feed(page(plans(view(appendices=PAGES)), EN + "p-more.html"))
    found = Tags()
    for address in (EN + "p-a.html", ZH + "p-a.html"):
        found.feed(page(pages, address))
    extra = {"br", "pre", "em", "strong", "h3", "blockquote", "ol", "td", "tbody", "main"}
    assert found.tags <= known.tags | extra
    assert found.names <= known.names | {"class", "data-of", "tabindex", "start", "title", "id"}
    assert "</script" not in page(pages, EN + "words.js").lower().replace("</script>\n", "")
