"""All pages of the tours that come with srcread: within the budgets, and no internal link dead.

The W3C's checker sees one page of each kind, where `SRCREAD_VNU` names it.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from support.html_checker import VNU, errors
from support.whole_site import HAS_TREE, Survey, whole_site, zipped

KIBIBYTE = 1024
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_site(tmp_path_factory)


@pytest.fixture(scope="module", params=LANGUAGES)
def surveys(request: pytest.FixtureRequest, site: Path) -> Mapping[str, Survey]:
    """Every page of one language by its address, and the site's first page with the first."""
    pages = sorted((site / request.param).rglob("*.html"))
    pages += [site / "index.html"] if request.param == LANGUAGES[0] else []
    return {page.relative_to(site).as_posix(): Survey(page) for page in pages}


def test_no_internal_link_is_dead(site: Path, surveys: Mapping[str, Survey]) -> None:
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    found = [
        (address, link)
        for address, survey in surveys.items()
        for link in sorted(survey.links)
        if _is_dead(address, link, files, surveys)
    ]
    assert found == []
    assert sum(len(survey.links) for survey in surveys.values()) > 20_000


def test_a_link_is_dead_where_its_page_or_its_place_is_not_there(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text('<p id="here"><a href="a.html#here">x</a>')
    known = {"a.html": Survey(page)}
    dead = ["#gone", "b.html", "a.html#gone", "../a.html", "A.html", "a.html?q#gone", ""]
    assert [link for link in dead if not _is_dead("a.html", link, {"a.html"}, known)] == []
    alive = ["#here", "a.html", "a.html?run=x#here", "https://example.org/", "data:,", "a%2Ehtml"]
    assert [link for link in alive if _is_dead("a.html", link, {"a.html"}, known)] == []


def test_every_page_is_within_the_budgets(surveys: Mapping[str, Survey]) -> None:
    sizes = sorted((survey.zipped, address) for address, survey in surveys.items())
    size, at = sizes[len(sizes) * 95 // 100]
    assert size <= 40 * KIBIBYTE, at
    largest, at = sizes[-1]
    assert largest <= 64 * KIBIBYTE, at
    elements, at = max((survey.elements, address) for address, survey in surveys.items())
    assert elements <= 8_000, at


def test_style_and_scripts_are_within_the_budgets(site: Path) -> None:
    assert zipped((site / "style.css").read_bytes()) <= 6 * KIBIBYTE
    page = next(iter((site / "en").glob("torch-transformer/*/torch.nn*forward.html")))
    code = {script for script in Survey(page).scripts if script != "symbols.js"}  # an index
    assert code == {"../../../script.js"}
    assert sum(zipped((page.parent / script).read_bytes()) for script in code) <= 15 * KIBIBYTE


def test_a_page_of_a_tour_loads_four_files_at_most(surveys: Mapping[str, Survey]) -> None:
    for address, survey in surveys.items():
        style = sum(link.endswith(".css") for link in survey.links)
        if address.count("/") > 1:
            assert 1 + style + len(survey.scripts) <= 4, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_searched_is_within_the_budgets(site: Path, language: str) -> None:
    names = sorted((site / language).glob("*/*/symbols.js"))
    words = sorted((site / language).glob("*/*/words.js"))
    assert len(names) == len(words) == 7
    assert max(squeezed(script) for script in names) <= 22_000
    notes = sum(1 for one in site.glob(f"{language}/*/*/e-*.html"))
    most = {"en": 640, "zh": 740}  # a note; a Chinese character is three bytes
    assert notes > 100 and sum(map(squeezed, words)) <= most[language] * notes
    assert squeezed(site / "search.js") <= 7.5 * KIBIBYTE


def squeezed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


@pytest.mark.skipif(not HAS_TREE, reason="the store lacks tensorrt-llm==0.7.1")
def test_with_its_sources_a_tour_of_tensorrt_llm_shows_code(site: Path) -> None:
    pages = list((site / "en").glob("tensorrt-llm-*/*/*.html"))
    assert not any("srcread fetch tensorrt-llm" in page.read_text() for page in pages)


@pytest.mark.skipif(not VNU.is_file(), reason="needs vnu: SRCREAD_VNU=path/to/vnu.jar")
@pytest.mark.skipif(shutil.which("java") is None, reason="needs java")
def test_a_page_of_each_kind_of_the_real_tours_has_no_error(site: Path) -> None:
    pages = [site / "index.html", *_one_of_each_kind(site)]
    assert len(pages) > 12
    assert errors(*pages) == []


def test_a_survey_sees_what_a_parser_sees(site: Path) -> None:
    for page in [site / "index.html", site / "404.html", *_one_of_each_kind(site)]:
        parsed, seen = Parsed(page.read_text("utf-8")), Survey(page)
        assert (seen.elements, seen.scripts) == (parsed.elements, parsed.scripts), page
        assert (seen.ids, seen.links) == (parsed.ids, parsed.links), page


class Parsed(HTMLParser):
    """A page by Python's own parser: its elements counted, ids, addresses and scripts."""

    _ADDRESSES = frozenset({"href", "src", "srcset", "data-script", "action", "data", "poster"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements = 0
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name in self._ADDRESSES:
                self.links.add(value or "")
                if tag == "script":
                    self.scripts.append(value or "")


def _one_of_each_kind(site: Path) -> Iterator[Path]:
    """Yield a page of every kind of each language: the largest of its kind."""
    for language in LANGUAGES:
        yield site / language / "index.html"
        for tour in ("torch-transformer", "tensorrt-llm-layers"):
            (folder,) = (site / language / tour).iterdir()
            yield folder / "index.html"
            yield folder / "licences.html"
            yield from folder.glob("p-*.html")
            functions = [page for page in folder.glob("*.html") if "." in page.stem]
            scenarios = [page for page in functions if "~" in page.name]
            noted = [page for page in functions if b'<article class="note' in page.read_bytes()]
            for kind in (functions, scenarios, noted, [*set(functions) - set(noted)]):
                yield from sorted(kind, key=lambda page: page.stat().st_size)[-1:]


def _is_dead(address: str, link: str, files: set[str], surveys: Mapping[str, Survey]) -> bool:
    """Tell whether a link of a page leads to nothing; places in another language are not known."""
    parts = urlsplit(link)
    if parts.scheme in ("https", "http") or link == "data:,":
        return False
    here = address.rpartition("/")[0]
    target = normpath(f"{here}/{unquote(parts.path)}".lstrip("/")) if parts.path else address
    if target not in files or not link:
        return True
    place = unquote(parts.fragment)
    return bool(place) and target in surveys and place not in surveys[target].ids
