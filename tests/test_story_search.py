"""Prose in the story of `build`: an index where the program is, a hint where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.story_example import NOTE, contents, install, srcread, write_tour

from srcread.support.pagefind import PACKAGE, find_program

PAGE = "site/en/tiny-model/1.0/tiny.model.Layer.run.html"
HINT = "The text of notes is not searched: pip install 'srcread[search]', build again."
FAKE = """#!/bin/sh
echo ran >> "$(dirname "$0")/runs"
mkdir -p index/index index/fragment
cd index
touch pagefind.js wasm.unknown.pagefind pagefind.x.pf_meta index/x.pf_index
cat ../pages/*.html > fragment/x.pf_fragment
echo '{}' > pagefind-entry.json
"""


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


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's package, found before an installed one; empty at first."""
    folder = tmp_path / "programs" / PACKAGE
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(folder.parent)
    return folder


def put(package: Path, text: str) -> None:
    program = package / "pagefind_extended"
    program.write_text(text)
    program.chmod(0o755)


def build(*arguments: str) -> str:
    result = srcread("build", "tiny-model", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_without_the_program_the_build_says_how_to_get_it_and_the_page_says_it_is_not_searched(
    here: Path, package: Path
) -> None:
    lines = build().splitlines()
    assert lines[1:] == [HINT]
    assert build() == "Nothing has changed: site/index.html\n"
    html = (here / PAGE).read_text()
    assert "The text of notes is not searched here" in html
    assert "wasm-unsafe-eval" not in html and "connect-src" not in html
    assert not (here / "site/search").exists()


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_a_build_without_changes_does_not_run_the_program_and_an_edited_note_does_once(
    here: Path, package: Path
) -> None:
    put(package, FAKE)
    assert HINT not in build()
    assert build() == "Nothing has changed: site/index.html\n"
    assert (package / "runs").read_text() == "ran\n"
    note = here / "annotations" / "tiny-model" / "first-layers.md"
    note.write_text(NOTE.replace("above one", "above two"))
    build()
    assert (package / "runs").read_text() == "ran\nran\n"
    assert "above two" in (here / "site/search/en/fragment/x.pf_fragment").read_text()


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_a_program_that_is_installed_or_taken_away_later_is_noticed(
    here: Path, package: Path
) -> None:
    build()
    put(package, FAKE)
    assert "written" in build()
    assert "connect-src 'self'" in (here / PAGE).read_text()
    (package / "pagefind_extended").unlink()
    assert HINT in build()
    assert "connect-src" not in (here / PAGE).read_text()
    assert not (here / "site/search").exists()


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_a_broken_program_is_one_line_and_the_old_site_is_untouched(
    here: Path, package: Path
) -> None:
    build()
    before = contents(here / "site")
    put(package, "#!/bin/sh\necho 'out of memory' >&2\nexit 101\n")
    result = srcread("build", "tiny-model")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("srcread: Pagefind failed with exit status 101: 'out of memory'.")
    assert "pip install --force-reinstall 'srcread[search]'" in line
    assert contents(here / "site") == before


@pytest.mark.skipif(find_program() is None, reason="needs pagefind_bin_extended")
def test_a_site_and_its_index_are_the_same_when_they_are_built_again(here: Path) -> None:
    build()
    one = contents(here / "site")
    build("-o", "again")
    assert contents(here / "again") == one
    assert any(name.startswith("search/en/fragment/") for name in one)


def test_an_address_makes_a_sitemap_and_a_wrong_one_is_one_line(here: Path) -> None:
    build("--address", "https://example.org/tours")
    assert "https://example.org/tours/en/tiny-model/" in (here / "site/sitemap.xml").read_text()
    build()
    assert not (here / "site/sitemap.xml").exists()
    result = srcread("build", "tiny-model", "--address", "example.org")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("srcread: 'example.org' is no address of a site.")
