"""What `check` says about sentences that stand on nothing, and what `--fix` proposes."""

from __future__ import annotations

# ruff: noqa: RUF001 - Chinese has punctuation of full width
from pathlib import Path

import pytest

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import Diagnostic, Severity
from srcread.notes.accept import accept_note
from srcread.notes.format.glossary import Word, uses
from srcread.notes.rules import CheckResult, apply_fixes, check_tour
from srcread.sources import Sources, open_path

SOURCE = """\
def add(first, second):
    total = first + second
    if total > 9:
        return 9
    return total


def other(value):
    return -value
"""
TOUR = (
    'title = "T"\nentries = ["pkg.add"]\nlanguages = ["en", "zh"]\n[distributions]\npkg = "1.2.3"\n'
)
SNIPPET = """\
import pkg
OLD = "1.1.0"
assert pkg.add(1, 2) == 3, "The sum of small numbers is returned."
assert pkg.add(5, 6) == 9, "A large total is capped at nine."
"""
BODY = """\
Small numbers are summed.[^sum]
A total is capped.[^cap]

[^sum]: claim "The sum of small numbers is returned."
[^cap]: claim "A large total is capped at nine."
"""


class Place:
    """A tour of one note and its package, checked with the sources at hand."""

    def __init__(self, folder: Path, body: str = BODY, keys: str = "") -> None:
        self.package = folder / "src" / "pkg"
        self.package.mkdir(parents=True)
        (self.package / "__init__.py").write_text(SOURCE)
        self.tour = folder / "t"
        self.tour.mkdir()
        self.note = self.tour / "one.md"
        (self.tour / "tour.toml").write_text(TOUR)
        (self.tour / "one.py").write_text(SNIPPET)
        self.write(body, keys)
        apply_fixes(fix for fix in self.check().fixes if fix.what == "lock")

    def write(self, body: str, keys: str = "") -> None:
        head = f'+++\ntitle = "A fact"\nsymbol = "pkg.add"\nat = "if total"\n{keys}+++\n'
        self.note.write_text(head + body, encoding="utf-8")

    def translate(self, body: str, more: str = "") -> Path:
        path = self.tour / "one.zh.md"
        claims = (
            '"The sum of small numbers is returned." = "小的数，返回的是和。"\n'
            '"A large total is capped at nine." = "总和过大时，以九为上限。"\n'
        )
        head = f'+++\ntitle = "事实"\nsource_digest = ""\n{more}[claims]\n{claims}+++\n'
        path.write_text(head + body, encoding="utf-8")
        return path

    def index(self) -> Index:
        return Index(Sources([open_path(self.package.parent)]))

    def check(self) -> CheckResult:
        index = self.index()
        return check_tour(self.tour, index, build_graph(index, ["pkg.add"]))

    def found(self) -> list[Diagnostic]:
        return [one for one in self.check().diagnostics if one.code != "TRANS004"]

    def codes(self) -> list[tuple[str, int]]:
        return [(one.code, one.line) for one in self.found()]


def test_a_note_whose_sentences_stand_on_claims_has_no_findings(tmp_path: Path) -> None:
    assert Place(tmp_path).codes() == []


def test_a_sentence_without_a_label_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.replace("summed.[^sum]", "summed. It is quick.[^sum]"))
    one = next(one for one in place.found() if one.code == "SENT001")
    assert (one.line, one.severity) == (6, Severity.ERROR)
    assert "'Small numbers are summed.'" in one.message


def test_a_label_without_a_definition_offers_the_nearest(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.replace("capped.[^cap]", "capped.[^caps]"))
    found = {one.code: one for one in place.found()}
    assert found["SENT002"].line == 7
    assert "'cap'" in found["SENT002"].hint
    assert found["SENT010"].line == 10


def test_a_claim_that_is_not_there_offers_the_nearest(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.replace("capped at nine", "capped at ten"))
    found = {one.code: one for one in place.found()}
    assert found["SENT004"].line == 10
    assert "capped at nine" in found["SENT004"].hint
    assert found["SENT005"].path.endswith("one.py")


def test_a_claim_that_carries_no_sentence_is_a_hint_at_its_line(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.split("A total")[0] + BODY.split("\n\n")[1].split("[^cap]")[0])
    (one,) = place.found()
    assert (one.code, one.line, one.severity) == ("SENT005", 4, Severity.HINT)


def test_no_rare_word_in_common_is_a_hint(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.replace("A total is capped.", "The weather is fine."))
    (one,) = place.found()
    assert (one.code, one.line, one.severity) == ("SENT006", 7, Severity.HINT)


def test_the_rows_of_a_table_need_no_word_of_the_claim_that_holds_them_all(tmp_path: Path) -> None:
    table = "A total is capped:\n\n| in | out |\n|---|---|\n| twelve | less[^cap] |"
    assert Place(tmp_path, BODY.replace("A total is capped.[^cap]", table)).codes() == []


def test_a_footnote_that_carries_nothing_is_a_warning(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY + "[^more]: read pkg.other\n")
    assert ("SENT010", 11) in place.codes()


def test_a_title_may_have_labels_of_its_own(tmp_path: Path) -> None:
    body = BODY.replace("A total is capped.[^cap]\n", "")
    assert ("SENT010", 9) in Place(tmp_path / "a", body).codes()
    assert Place(tmp_path / "b", body, 'title_labels = ["cap"]\n').codes() == []
    place = Place(tmp_path / "c", body, 'title_labels = ["top"]\n')
    assert ("SENT002", 5) in place.codes()


READ = """\
Small numbers are summed.[^sum]
A total is capped.[^cap]
Another function negates.[^neg]

[^sum]: claim "The sum of small numbers is returned."
[^cap]: claim "A large total is capped at nine."
[^neg]: read pkg.other:return
"""


def test_a_place_that_was_read_is_locked_like_an_anchor(tmp_path: Path) -> None:
    place = Place(tmp_path, READ)
    assert place.codes() == []
    (step,) = place.check().tour.steps
    assert [one.symbol.name for one in step.locations] == ["pkg.add"]
    assert [one.symbol.name for one in step.read] == ["pkg.other"]
    (place.package / "__init__.py").write_text(SOURCE.replace("-value", "value"))
    assert place.codes() == [("LOCK002", 12)]
    accept_note(place.tour, "one", place.index())
    assert place.codes() == []
    (place.package / "__init__.py").write_text(SOURCE.replace("other", "another"))
    assert place.codes() == [("LOCK006", 12)]


def test_a_place_read_later_is_locked_by_the_fix(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write(READ)
    assert place.codes() == [("LOCK001", 12)]
    apply_fixes(place.check().fixes)
    assert place.codes() == []


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("In 1.2.3 a total is capped.[^cap]", []),
        ("In 1.1.0 a total was not capped.[^cap]", []),  # the snippet names 1.1.0
        ("In 1.0.0 a total was not capped.[^cap]", ["SENT011"]),
        ("In 1.0.0 a total was not capped.[^old]", []),
        ("In 0.9.0 a total was not capped.[^news]", []),
        ("Since 1.2.3 a total is capped.[^cap]", ["SENT011"]),
        ("New in 1.2.3: a total is capped.[^cap]", ["SENT011"]),
        ("Since 1.2.3 a total is capped, unlike in 1.0.0.[^cap][^old]", []),
        ("It takes 10.5.3.2 totals to be capped.[^cap]", []),
    ],
)
def test_a_sentence_names_only_versions_that_it_stands_on(
    tmp_path: Path, sentence: str, codes: list[str]
) -> None:
    more = "[^old]: read pkg==1.0.0 pkg/__init__.py:add\n[^news]: source https://a.org/news\n"
    place = Place(tmp_path, BODY.replace("A total is capped.[^cap]", sentence) + more)
    assert [code for code, line in place.codes() if line == 7] == codes


def test_a_translation_has_the_labels_of_its_note(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.translate("小的数会相加，返回它们的和。[^sum]总和有上限。[^cap]\n")
    assert place.codes() == []
    path = place.translate("小的数会相加，返回它们的和。[^sum]\n总和有上限。\n")
    found = [(one.code, one.line) for one in place.found() if one.path == path.as_posix()]
    assert found == [("SENT008", 0), ("SENT001", 9)]


def test_a_translation_has_no_definitions_and_no_labels_of_its_own(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY + "[^more]: read pkg.other\n", 'title_labels = ["more"]\n')
    place.translate('返回小的数的和。[^sum][^more]\n总和有上限。[^cap]\n\n[^sum]: claim "x."\n')
    assert {code for code, _ in place.codes()} == {"SENT007", "SENT008"}


def test_the_fix_proposes_labels_by_words_and_check_refuses_them_until_read(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, "Small numbers are summed.\nThe total is capped.\nWhy so?\n")
    zh = place.translate("小的数会相加，返回它们的和。\n总和有上限。\n")
    assert {code for code, _ in place.codes()} == {"SENT001"}
    changed = apply_fixes(place.check().fixes)
    assert set(changed) == {place.note, zh}
    body = place.note.read_text().split("+++\n")[2]
    assert body == (
        "Small numbers are summed.[^returned?]\nThe total is capped.[^capped?]\nWhy so?\n\n"
        '[^returned]: claim "The sum of small numbers is returned."\n'
        '[^capped]: claim "A large total is capped at nine."\n'
    )
    assert "返回它们的和。[^returned?]\n总和有上限。[^capped?]" in zh.read_text()
    assert {code for code, _ in place.codes()} == {"SENT009"}
    for path in (place.note, zh):
        path.write_text(path.read_text().replace("?]", "]"))
    assert place.codes() == []


def test_a_proposal_leaves_what_words_do_not_tell(tmp_path: Path) -> None:
    place = Place(tmp_path, BODY.replace("A total is capped.[^cap]", "The weather is fine."))
    before = place.note.read_text()
    apply_fixes(place.check().fixes)
    assert place.note.read_text() == before


def test_a_label_does_not_make_a_translation_stale(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.translate("小的数会相加，返回它们的和。[^sum]总和有上限。[^cap]\n")
    apply_fixes(place.check().fixes)
    assert [one.code for one in place.check().diagnostics] == []
    place.write(BODY.replace("^cap]", "^most]"))
    assert "TRANS005" not in {one.code for one in place.check().diagnostics}
    place.write(BODY.replace("A total", "The total"))
    assert "TRANS005" in {one.code for one in place.check().diagnostics}


GLOSSARY = """\
[[zh]]
en = "cap"
say = "上限"
not = ["封顶", "cap"]
but = ["cap table"]
"""


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("返回小的数的和。[^sum]\n总和有上限。[^cap]\n", None),
        ("返回小的数的和。[^sum]\n总和封顶。[^cap]\n", 9),
        ("返回小的数的和。[^sum]\n总和有 cap。[^cap]\n", 9),
        ("返回小的数的和。[^sum]\n总和有 Caps。[^cap]\n", 9),
        ("返回小的数的和。[^sum]\n总和有 `cap`，见 cap table 和 my_cap。[^cap]\n", None),
        ("返回小的数的和。[^sum]\n总和有[上限](https://a.org/cap)。[^cap]\n", None),
    ],
)
def test_a_translation_calls_a_thing_what_the_glossary_calls_it(
    tmp_path: Path, body: str, line: int | None
) -> None:
    place = Place(tmp_path)
    place.translate(body)
    (tmp_path / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    found = [one for one in place.found() if one.code == "TERM002"]
    assert [one.line for one in found] == ([line] if line else [])
    (tmp_path / "glossary.toml").unlink()
    (place.tour / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    assert len([one for one in place.found() if one.code == "TERM002"]) == len(found)
    assert "TOUR009" not in {code for code, _ in place.codes()}


def test_titles_questions_and_claims_are_held_to_the_glossary_too(tmp_path: Path) -> None:
    (tmp_path / "glossary.toml").write_text(
        '[[zh]]\nen = "fact"\nsay = "真相"\nnot = ["事实", "哪里", "过大"]\n', encoding="utf-8"
    )
    place = Place(tmp_path)
    place.translate("返回小的数的和。[^sum]\n总和有上限。[^cap]\n", 'questions = ["在哪里？"]\n')
    assert [one.line for one in place.found() if one.code == "TERM002"] == [2, 4, 7]


@pytest.mark.parametrize(
    "text",
    [
        "zh = 1\n",
        '[[zh]]\nen = "a"\n',
        '[[zh]]\nen = "a"\nsay = "b"\nno = ["c"]\n',
        "[[",
        "zh = []",
    ],
)
def test_a_glossary_is_held_to_its_format(tmp_path: Path, text: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "glossary.toml").write_text(text)
    assert {code for code, _ in place.codes()} == {"TERM001"}


def test_a_word_is_found_whole() -> None:
    term = Word("head", "头", ("head",))
    said = "head、heads、Head；head_dim、header、`head`、multi-head、a.head"
    assert [found[0] for found in uses(term, said)] == ["head", "heads", "Head"]
