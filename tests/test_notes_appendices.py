"""Pages beside the steps as files: what is read, in which order, and what `check` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.story_example import install, srcread, write, write_tour
from test_notes_introducing import HEAD, TOUR, found, tour_in

from srcread.model import Severity
from srcread.notes.accept import accept_introducing
from srcread.notes.rules import apply_fixes, check_tour
from srcread.opening.faults import forbids_build
from srcread.opening.introducing import find_prose

ORDERED = 'pages = ["second", "first"]\n' + TOUR
CHINESE = HEAD + "# 标题\n\n见[事实](#n-one)。\n"


def test_pages_are_read_with_their_titles_in_the_order_of_the_tour(tmp_path: Path) -> None:
    files = {
        "tour.toml": ORDERED,
        "pages/first.md": "# The *first* page #\n\n\nSee [the fact](#n-one).\n",
        "pages/second.md": "# Second\nText.\n",
        "pages/also.md": "# Also\n\nText.\n",
    }
    tour, findings = found(tour_in(tmp_path, files))
    assert findings == {}
    assert list(tour.appendices) == ["second", "first", "also"]
    first = tour.appendices["first"]["en"]
    assert (first.title, first.body_line) == ("The *first* page", 4)
    assert first.body == "See [the fact](#n-one)."
    assert [step.note.stem for step in tour.steps] == ["one"]


PAGE = "# Title\n\nSee [it](#n-one).\n"


@pytest.mark.parametrize(
    ("files", "code", "place", "message"),
    [
        ({"pages/First.md": PAGE}, "TOUR027", "pages/First.md:0", "'First.md' is no page"),
        ({"pages/a.txt": PAGE}, "TOUR027", "pages/a.txt:0", "'a.txt' is no page"),
        ({"pages/con.md": PAGE}, "TOUR027", "pages/con.md:0", "'con.md' is no page"),
        ({"pages/a.md": "Text."}, "TOUR028", "pages/a.md:1", "It has no title."),
        ({"pages/a.md": "## Text\n\nText."}, "TOUR028", "pages/a.md:1", "It has no title."),
        ({"pages/a.md": "# #\n\nA."}, "TOUR028", "pages/a.md:1", "Its title has 0 characters."),
        ({"pages/a.md": f"# {'a' * 121}\n\nA."}, "TOUR028", "pages/a.md:1", "121 characters"),
        ({"pages/a.md": f"{PAGE}\n# Two\n"}, "TOUR028", "pages/a.md:5", "A second title."),
        ({"pages/a.md": f"{PAGE}\nTwo\n===\n"}, "TOUR028", "pages/a.md:5", "A second title."),
        (
            {"pages/a.md": PAGE, "pages/b.md": PAGE.replace("Title", "TITLE")},
            *("TOUR028", "pages/b.md:0", "a.md has the title 'TITLE', too."),
        ),
        ({"tour.toml": ORDERED}, "TOUR029", "tour.toml:1", "No page beside the steps is called"),
        (
            {"tour.toml": 'pages = ["a", "a"]\n' + TOUR, "pages/a.md": PAGE},
            *("TOUR029", "tour.toml:1", "'a' stands in the list of pages 2 times."),
        ),
        ({"pages/a.md": ""}, "NOTE013", "pages/a.md:1", "There is no text."),
        ({"pages/a.md": "# Title\n"}, "NOTE013", "pages/a.md:1", "There is only a title."),
        ({"pages/a.md": "# T\n\nHm.[^a]"}, "SENT012", "pages/a.md:3", "[^a] is a footnote."),
        ({"pages/a.md": "# T\n\n<b>Hm</b>"}, "NOTE022", "pages/a.md:3", "Raw HTML: '<b>'."),
        ({"pages/a.md": "# T\n\n![i](https://e.org)"}, "NOTE024", "pages/a.md:3", "An image"),
        ({"pages/a.md": "# T\n\n[j](javascript:a)"}, "NOTE023", "pages/a.md:3", "A link to"),
        ({"pages/a.md": f"# T\n\n{'a' * 24_001}"}, "NOTE025", "pages/a.md:3", "24,001 characters"),
        ({"pages/a.md": "# T\n\n[it](#n-on)"}, "NOTE034", "pages/a.md:3", "'#n-on', which is no"),
        ({"pages/a.md": "# T\n\n[it](#p-b)"}, "NOTE034", "pages/a.md:3", "'#p-b', which is no"),
        ({"pages/a.md": "# T\n\n[it](#u/n-x)"}, "NOTE034", "pages/a.md:3", "'#u/n-x', which"),
        ({"pages/a.md": "# T\n\n[it](#../n-x)"}, "NOTE034", "pages/a.md:3", "'#../n-x', which"),
        ({"introduction.md": "[it](#t/n-one)"}, "NOTE034", "introduction.md:1", "'#t/n-one'"),
        ({"pages/a.de.md": PAGE}, "TRANS003", "pages/a.de.md:0", "no language 'de'."),
        ({"pages/a.md": CHINESE}, "TRANS001", "pages/a.md:2", "Every language of it"),
        (
            {"pages/a.md": PAGE, "pages/a.zh.md": PAGE},
            *("TRANS002", "pages/a.zh.md:1", "have no source_digest."),
        ),
        (
            {"pages/a.md": PAGE, "pages/a.zh.md": CHINESE},
            *("TRANS004", "pages/a.zh.md:2", "source_digest is not filled in."),
        ),
        (
            {"pages/a.md": PAGE, "pages/a.zh.md": CHINESE.replace("#n-one", "https://e.org")},
            *("TRANS016", "pages/a.zh.md:0", "Beside a.md it lacks links to #n-one."),
        ),
        (
            {"introduction.md": "A.", "introduction.zh.md": HEAD + "[甲](#n-one)。"},
            *("TRANS016", "introduction.zh.md:0", "it alone has links to #n-one."),
        ),
        (
            {"pages/a.md": PAGE, "pages/a.zh.md": CHINESE + "\n## 节\n"},
            *("TRANS017", "pages/a.zh.md:0", "It has 1 headings, a.md has 0."),
        ),
    ],
)
def test_a_page_keeps_the_rules_of_an_introduction_and_has_a_title(
    tmp_path: Path, files: Mapping[str, str], code: str, place: str, message: str
) -> None:
    tour, findings = found(tour_in(tmp_path, files))
    one = findings[code]
    assert f"{Path(one.path).relative_to(tour.folder).as_posix()}:{one.line}" == place
    assert message in one.message


def test_a_page_may_lead_to_other_pages_and_to_steps_of_other_tours(tmp_path: Path) -> None:
    write(tmp_path / "u", {"tour.toml": TOUR, "x.md": "+++\n+++\n", "introduction.md": "A."})
    links = "[a](#n-one), [b](#p-b), [c](#u/n-x)"
    files = {"pages/a.md": f"# A\n\n{links}", "pages/b.md": "# B\n\n[a](#p-a)"}
    files["introduction.md"] = "See [a](#p-a)."
    tour, findings = found(tour_in(tmp_path, files))
    assert findings == {} and list(tour.appendices) == ["a", "b"]
    (tour.folder / "pages" / "a.md").write_text("# A\n\n[d](#u/n-introduction)")
    assert "NOTE034" in found(tour.folder)[1]


def test_a_page_without_a_title_bears_its_stem_and_the_rest_is_shown(tmp_path: Path) -> None:
    tour, findings = found(tour_in(tmp_path, {"pages/a.md": "Text."}))
    assert (tour.appendices["a"]["en"].title, tour.appendices["a"]["en"].body) == ("a", "Text.")
    assert not forbids_build(findings["TOUR028"], [tour.folder])


def test_a_link_for_a_page_or_for_their_folder_is_refused_and_publishes_nothing(
    tmp_path: Path,
) -> None:
    tour = tour_in(tmp_path, {"pages/a.md": PAGE})
    write(tmp_path, {"secret/b.md": "# A secret\n\nText."})
    (tour / "pages" / "b.md").symlink_to(tmp_path / "secret" / "b.md")
    read, findings = found(tour)
    assert list(read.appendices) == ["a"] and "TOUR011" in findings
    (tour / "pages").rename(tmp_path / "old")
    (tour / "pages").symlink_to(tmp_path / "secret")
    read, findings = found(tour)
    assert read.appendices == {} and "TOUR011" in findings


def test_a_new_title_makes_translations_stale_until_they_are_accepted(tmp_path: Path) -> None:
    tour = tour_in(tmp_path, {"pages/a.md": PAGE, "pages/a.zh.md": CHINESE})
    apply_fixes(check_tour(tour).fixes)
    assert found(tour)[1] == {}
    (tour / "pages" / "a.md").write_text(PAGE.replace("Title", "Other"))
    read, findings = found(tour)
    assert read.appendices["a"]["zh"].stale
    assert findings["TRANS005"].severity is Severity.WARNING
    assert "srcread accept pages/a" in findings["TRANS005"].hint
    assert find_prose("pages/a", tmp_path) == (tour, "pages/a")
    assert accept_introducing(tour, "pages/a") == (tour / "pages" / "a.zh.md",)
    assert found(tour)[1] == {}


def test_the_outline_lists_pages_and_check_asks_for_their_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path)
    tour = write_tour(tmp_path / "annotations")
    write(tour, {"pages/more.md": "# More\n\nSee [this](#n-layer-order).\n"})
    assert "More (pages/more: en)" in srcread("outline", "tiny-model").stdout.splitlines()
    told = json.loads(srcread("outline", "--json", "tiny-model").stdout)
    assert told["pages"] == [
        {"stem": "more", "titles": {"en": "More"}, "texts": {"en": "See [this](#n-layer-order)."}}
    ]
