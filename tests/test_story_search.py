"""The words of notes in the story of `build`, and the address that a site will have."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.story_example import NOTE, contents, install, srcread, write_tour

PAGE = "site/en/tiny-model/1.0/tiny.model.Layer.run.html"
WORDS = "site/en/tiny-model/1.0/words.js"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tour in ./annotations, the package installed, and a cache of its own."""
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    work = tmp_path / "work"
    write_tour(work / "annotations")
    monkeypatch.chdir(work)
    assert srcread("check", "tiny-model", "--fix").exit_code == 0
    return work


def build(*arguments: str) -> str:
    result = srcread("build", "tiny-model", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_page_may_connect_to_nothing_and_an_edited_note_is_found_by_its_new_words(
    here: Path,
) -> None:
    build()
    html = (here / PAGE).read_text()
    assert "default-src 'none'; style-src 'self'; script-src 'self'; img-src" in html
    assert "above one" in (here / WORDS).read_text()
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(NOTE.replace("above one", "above two"))
    build()
    assert "above two" in (here / WORDS).read_text()


def test_a_site_and_its_words_are_the_same_when_they_are_built_again(here: Path) -> None:
    build()
    one = contents(here / "site")
    build("-o", "again")
    assert contents(here / "again") == one


def test_an_address_makes_a_sitemap_and_a_wrong_one_is_one_line(here: Path) -> None:
    build("--address", "https://example.org/tours")
    assert "https://example.org/tours/en/tiny-model/" in (here / "site/sitemap.xml").read_text()
    build()
    assert not (here / "site/sitemap.xml").exists()
    result = srcread("build", "tiny-model", "--address", "example.org")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("srcread: 'example.org' is no address of a site.")
