"""Links made for an earlier version lead to the same statement of the present one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.earlier_example import NEW, OLD, TOUR, build_site
from support.story_example import contents, srcread


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return build_site(tmp_path)


def leads(page: str) -> dict[int, str]:
    """Return where the lines of an earlier page lead: an address, or nothing."""
    found = re.findall(r'<(?:a|span) id="L(\d+)"(?: href="([^"]*)")?>', page)
    return {int(line): address for line, address in found}


def test_every_page_of_the_earlier_version_leads_to_that_of_the_present_one(site: Path) -> None:
    earlier = {path.name for path in (site / "en/frame/1.0").iterdir()}
    assert earlier == {
        "index.html",
        "frame.model.Model.run.html",
        "frame.model.gone.html",
        "frame.model.helper.html",
        "frame.model.scale.html",
        "frame.model.start.html",
    }
    assert {path.name for path in (site / "zh/frame/1.0").iterdir()} == earlier
    assert '"../1.1/index.html"' in (site / "en/frame/1.0/index.html").read_text("utf-8")


def test_a_line_leads_to_the_same_statement_and_a_changed_one_nowhere(site: Path) -> None:
    page = (site / "en/frame/1.0/frame.model.Model.run.html").read_text("utf-8")
    old, new = OLD.splitlines(), NEW.splitlines()
    found = leads(page)
    assert {line: bool(address) for line, address in found.items()} == {
        6: True,  # def run
        7: True,  # the comment above a statement that stayed
        8: True,
        9: False,  # the test changed
        10: False,  # so its body is another case
        11: True,
    }
    for line, address in found.items():
        if address:
            name, _, now = address.partition("#L")
            assert name == "../1.1/frame.model.Model.run.html"
            assert new[int(now) - 1] == old[line - 1]
    assert '<a id="n-doubled" href="../1.1/frame.model.Model.run.html#n-doubled">' in page


def test_engines_are_led_on_and_not_to_list_an_earlier_page(site: Path) -> None:
    address = ("--annotations", "annotations", "--address", "https://a.org")
    assert srcread("build", "-o", str(site), *address).exit_code == 0
    page = (site / "en/frame/1.0/frame.model.scale.html").read_text("utf-8")
    head = page.partition("</head>")[0]
    assert head.count("noindex") == head.count('rel="canonical"') == 1
    assert '<link rel="canonical" href="../1.1/frame.model.scale.html">' in head
    assert 'content="This address is of version 1.0. The site shows version 1.1."' in head
    assert "connect-src" not in head  # it searches nothing
    assert "/1.0/" not in (site / "sitemap.xml").read_text()


def test_a_function_that_moved_as_a_whole_is_said_to_be_unchanged(site: Path) -> None:
    page = (site / "en/frame/1.0/frame.model.scale.html").read_text("utf-8")
    assert set(leads(page).values()) == {
        f"../1.1/frame.model.scale.html#L{line}" for line in (15, 16, 17)
    }
    assert "All lines stand together still" in page


def test_a_function_that_is_gone_leads_to_the_outline(site: Path) -> None:
    page = (site / "en/frame/1.0/frame.model.gone.html").read_text("utf-8")
    assert set(leads(page).values()) == {""}
    assert "Version 1.1 has no page of this function" in page
    assert 'rel="canonical"' not in page and "../1.1/index.html" in page


def test_an_earlier_version_whose_sources_cannot_be_had_is_a_warning(site: Path) -> None:
    tour = site.parent / "annotations/frame/tour.toml"
    tour.write_text(TOUR.replace('["1.0"]', '["0.9"]'), "utf-8")
    result = srcread("build", "--annotations", "annotations", "-o", "site")
    assert result.exit_code == 0, result.output
    assert re.search(r"tour\.toml:4: warning: TOUR025 .*frame 0\.9", result.stderr)
    assert not (site / "en/frame/0.9").exists() and not (site / "en/frame/1.0").exists()


def test_what_was_carried_is_the_same_from_the_cache(site: Path) -> None:
    first = contents(site)
    result = srcread("build", "--annotations", "annotations", "-o", "again")
    assert result.exit_code == 0, result.output
    assert contents(site.parent / "again") == first
