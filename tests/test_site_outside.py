"""The site as others meet it: sitemap, canonical addresses, previews of links, lost addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.site_example import page, plans, step_on_call, view
from support.site_runs import with_runs

from srcread.errors import SrcreadError
from srcread.site import SiteAddress
from srcread.site.web import place_of

WEB = SiteAddress("https://example.org/tours/", "/tours/")
FORWARD = "en/example/1.5/pkg.model.Model.forward.html"
LAYER = "en/example/1.5/pkg.model.Layer.forward.html"
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def meta(html: str, name: str) -> str | None:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', html)
    return found[1] if found else None


def links(html: str, relation: str) -> list[str]:
    return re.findall(rf'<link rel="{relation}"[^>]* href="([^"]*)">', html)


def test_the_sitemap_lists_the_pages_worth_finding_in_every_language() -> None:
    root = ElementTree.fromstring(page(plans(place=WEB), "sitemap.xml"))
    found = [(one.text or "").removeprefix(WEB.address) for one in root.findall("s:url/s:loc", XML)]
    inner = [
        "example/1.5/index.html",
        "example/1.5/pkg.model.Model.__init__.html",
        "example/1.5/pkg.model.Model.forward.html",
        "example/1.5/pkg.model.scale.html",
    ]
    both = [f"{language}/{address}" for language in ("en", "zh") for address in inner]
    assert sorted(found) == sorted(["", "zh/index.html", *both])
    first = root.findall("s:url", XML)[0]
    assert [(one.get("hreflang"), one.get("href")) for one in first.findall("x:link", XML)] == [
        ("en", WEB.address),
        ("zh", WEB.address + "zh/index.html"),
        ("x-default", WEB.address),
    ]


def test_every_address_of_the_sitemap_is_a_page_and_its_own_canonical_one() -> None:
    pages = plans(with_runs(), place=WEB)
    root = ElementTree.fromstring(page(pages, "sitemap.xml"))
    for location in root.findall("s:url/s:loc", XML):
        address = (location.text or "").removeprefix(WEB.address) or "index.html"
        html = page(pages, address)
        assert links(html, "canonical") == [location.text]
        assert meta(html, "robots") is None


def test_without_an_address_there_is_no_sitemap_and_no_address_in_any_page() -> None:
    pages = plans()
    names = {plan.address for plan in pages}
    assert not names & {"sitemap.xml", "robots.txt", "card.png"}
    html = page(pages, FORWARD)
    assert links(html, "canonical") == links(html, "alternate") == []
    assert meta(html, "og:url") is meta(html, "og:image") is None
    assert meta(html, "og:title") == "Model.forward · How a model runs"


def test_only_a_site_at_the_root_of_its_host_has_a_robots_file() -> None:
    root = SiteAddress("https://example.org/", "/")
    assert "Sitemap: https://example.org/sitemap.xml\n" in page(plans(place=root), "robots.txt")
    assert not [plan for plan in plans(place=WEB) if plan.address == "robots.txt"]


def test_a_scenarios_page_stands_behind_its_functions() -> None:
    pages = plans(with_runs(), place=WEB)
    (other,) = [plan.address for plan in pages if plan.address == FORWARD[:-5] + "~masked.html"]
    assert links(page(pages, other), "canonical") == [WEB.address + FORWARD]
    assert links(page(pages, FORWARD), "alternate") == [
        WEB.address + FORWARD,
        WEB.address + FORWARD.replace("en/", "zh/", 1),
        WEB.address + FORWARD,
    ]


def test_the_first_page_stands_for_the_list_of_tours_in_the_first_language() -> None:
    pages = plans(place=WEB)
    for address in ("index.html", "en/index.html"):
        assert links(page(pages, address), "canonical") == [WEB.address]
    assert links(page(pages, "zh/index.html"), "canonical") == [WEB.address + "zh/index.html"]


def test_a_function_without_notes_is_not_listed_unless_its_tour_has_none() -> None:
    assert meta(page(plans(), LAYER), "robots") == "noindex, follow"
    assert meta(page(plans(), "en/example/1.5/licences.html"), "robots") == "noindex, follow"
    bare = plans(view(steps=(), chapters=()))
    assert meta(page(bare, LAYER), "robots") is None


def test_a_preview_says_the_notes_first_sentence_and_shows_the_card() -> None:
    pages = plans(place=WEB)
    html = page(pages, FORWARD)
    said = "The layer is called, not its forward: see the docs."
    assert meta(html, "description") == meta(html, "og:description") == said
    assert meta(html, "og:type") == "article"
    assert meta(html, "og:url") == WEB.address + FORWARD
    assert meta(html, "og:image") == WEB.address + "card.png"
    assert meta(html, "twitter:card") == "summary_large_image"
    (card,) = [plan for plan in pages if plan.address == "card.png"]
    data = card.render()
    assert data.startswith(b"\x89PNG") and data[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


def test_every_page_has_a_description_of_its_own_kind() -> None:
    said = {}
    for plan in plans():
        if plan.address.endswith(".html"):
            description = meta(plan.render().decode(), "description")
            assert description, plan.address
            said[plan.address] = description
    assert len({said[name] for name in said if name.startswith("zh/example")}) >= 6
    assert "pkg" in said["zh/example/1.5/index.html"]


def test_hostile_titles_and_bodies_stay_text_in_a_preview() -> None:
    evil = '"><script>alert(1)</script>\u202e & "'
    step = step_on_call()
    note = replace(step.note, title=evil, body=evil)
    shown = view(title=evil, steps=(replace(step, note=note),), chapters=())
    pages = plans(shown, place=WEB)
    for address in (FORWARD, LAYER, "en/example/1.5/index.html", "404.html"):
        html = page(pages, address)
        assert "<script>" not in html and "\u202e" not in html, address
    description = meta(page(pages, FORWARD), "og:description") or ""
    assert description.startswith("&#34;&gt;&lt;script&gt;alert(1)")
    assert "⟨U+202E⟩ &amp; &#34;" in description
    assert (meta(page(pages, FORWARD), "og:title") or "").count("&lt;script&gt;") == 1


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("https://a.org", SiteAddress("https://a.org/", "/")),
        ("http://a.org:8000/x/y", SiteAddress("http://a.org:8000/x/y/", "/x/y/")),
        ("https://a.org/x/", SiteAddress("https://a.org/x/", "/x/")),
    ],
)
def test_an_address_is_brought_into_one_form(asked: str, place: SiteAddress) -> None:
    assert place_of(asked, []) == place


@pytest.mark.parametrize(
    "asked",
    [
        "a.org",
        "ftp://a.org",
        "https://",
        "https://a.org/?x",
        'https://a.org/"x',
        "https://u:p@a.org",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(asked: str) -> None:
    with pytest.raises(SrcreadError, match=r"is no address of a site\. Write it as https://"):
        place_of(asked, [])


def test_an_address_that_tours_agree_on_need_not_be_given() -> None:
    one, other = view(site_url="https://a.org/x"), view(site_url="https://b.org")
    assert place_of(None, [one, view()]) == SiteAddress("https://a.org/x/", "/x/")
    assert place_of(None, [one, other]) == place_of(None, [view()]) == SiteAddress()
    assert place_of("https://c.org", [one]).address == "https://c.org/"


def test_the_page_for_lost_addresses_leads_to_every_tour_from_below_the_sites_path() -> None:
    html = page(plans(view(), view(name="second", title="Another tour"), place=WEB), "404.html")
    assert re.findall(r'data-folder="[^"]*" href="([^"]*)">([^<]*)', html) == [
        ("/tours/en/example/1.5/index.html", "How a model runs"),
        ("/tours/en/second/1.5/index.html", "Another tour"),
        ("/tours/zh/example/1.5/index.html", ""),
        ("/tours/zh/second/1.5/index.html", ""),
    ]
    assert '<link rel="stylesheet" href="/tours/style.css">' in html
    assert meta(html, "robots") == "noindex, follow"


def test_where_the_sites_path_is_unknown_the_lost_page_looks_for_it_upwards() -> None:
    html = page(plans(), "404.html")
    for up in ("", "../", "../../", "../../../"):
        assert f'<script src="{up}lost.js" defer></script>' in html
        assert f'<link rel="stylesheet" href="{up}style.css">' in html
    assert 'href="/en/example/1.5/index.html"' in html


def test_a_users_card_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "card.png").write_bytes(b"theirs")
    pages = plans(folders=(tmp_path,), place=WEB)
    assert next(one for one in pages if one.address == "card.png").render() == b"theirs"
