"""Introductions, leads, glossaries and exercises as files: what is read, and what `check` says."""

# ruff: noqa: RUF001 - full-width punctuation belongs to Chinese

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.story_example import NOTE as TINY_NOTE
from support.story_example import TOUR as TINY
from support.story_example import install, srcread, write, write_tour

from srcread.errors import SrcreadError
from srcread.model import Claim, Diagnostic, Severity, Tour
from srcread.notes.accept import accept_introducing
from srcread.notes.controls import declared_controls
from srcread.notes.format.prose import prose_digest
from srcread.notes.rules import apply_fixes, check_tour
from srcread.notes.scaffold import new_note
from srcread.notes.terms import found_in, uses_of

TOUR = (
    'title = "T"\nentries = ["a.b"]\nlanguages = ["en", "zh"]\n[distributions]\na = "1.0"\n'
    '[[chapter]]\ntitle = "One"\nfirst = "one"\n'
)
NOTE = (
    '+++\ntitle = "A fact"\nsymbol = "a.b"\n{more}+++\nIt holds.[^a]\n\n[^a]: claim "It holds."\n'
)
SNIPPET = """\
import a
from srcread.lab import must_fail

x = a.x
if must_fail("It holds."):
    x = 0
    x += a.y  # of all things
assert x, "It holds."
"""
CHINESE = (
    '+++\ntitle = "事实"\nsource_digest = ""\n[claims]\n"It holds." = "成立。"\n{more}+++\n'
    "成立。[^a]\n"
)
TERM = '[[term]]\n{more}[term.en]\nname = "{name}"\nmeans = "It is that."\n'
IN_CHINESE = '[term.zh]\nname = "{name}"\nmeans = "就是那个。"\n'


def tour_in(folder: Path, files: Mapping[str, str], more: str = "", chinese: str = "") -> Path:
    tour = folder / "t"
    note, translation = NOTE.replace("{more}", more), CHINESE.replace("{more}", chinese)
    own = {"tour.toml": TOUR, "one.md": note, "one.zh.md": translation, "one.py": SNIPPET}
    write(tour, {**own, **files})
    return tour


def found(tour: Path) -> tuple[Tour, dict[str, Diagnostic]]:
    """Return a tour, and its findings by their codes but for those that all examples have."""
    checked = check_tour(tour)
    noted = (tour / "one.zh.md").as_posix()
    ours = {one.code: one for one in checked.diagnostics if one.path != noted}
    return checked.tour, ours


def test_an_introduction_and_leads_are_read_by_language(tmp_path: Path) -> None:
    body = "What this is.\n\nSee [the fact](#n-one)."
    digest = prose_digest(body)
    files = {
        "introduction.md": f"\n{body}\n",
        "introduction.zh.md": f'+++\nsource_digest = "{digest}"\n+++\n[这](#n-one)是什么。\n',
        "chapters/one.md": "What is coming.\n",
    }
    tour, findings = found(tour_in(tmp_path, files))
    assert findings == {}
    english, chinese = tour.introduction["en"], tour.introduction["zh"]
    assert (english.body, english.body_line, english.source_digest) == (body, 2, None)
    assert (chinese.body, chinese.body_line, chinese.stale) == ("[这](#n-one)是什么。", 4, False)
    assert tour.leads["one"]["en"].body == "What is coming."
    assert [step.note.stem for step in tour.steps] == ["one"]


HEAD = '+++\nsource_digest = ""\n+++\n'


@pytest.mark.parametrize(
    ("files", "code", "place", "message"),
    [
        ({"chapters/two.md": "Hm."}, "TOUR026", "chapters/two.md:0", "No chapter begins at 'two'."),
        ({"chapters/note.txt": "Hm."}, "TOUR026", "chapters/note.txt:0", "'note.txt' is no lead."),
        ({"introduction.md": "\n"}, "NOTE013", "introduction.md:1", "There is no text."),
        ({"introduction.md": "Hm.[^a]"}, "SENT012", "introduction.md:1", "[^a] is a footnote."),
        ({"introduction.md": "<b>Hm</b>"}, "NOTE022", "introduction.md:1", "Raw HTML: '<b>'."),
        ({"introduction.md": "A TODO."}, "NOTE027", "introduction.md:1", "The text still says"),
        (
            {"introduction.md": "A.\n\nSee [it](#n-on)."},
            *("NOTE034", "introduction.md:3", "A link to '#n-on', which is no step."),
        ),
        (
            {"introduction.md": f"+++\ntitle = {'1'}\n+++\nA."},
            *("NOTE007", "introduction.md:2", "'title' stands in what introduces."),
        ),
        ({"introduction.md": "+++\nno\n+++\nA."}, "NOTE006", "introduction.md:2", "Not TOML"),
        ({"introduction.md": "+++\nA."}, "NOTE005", "introduction.md:1", "No second line"),
        ({"introduction.de.md": "A."}, "TRANS003", "introduction.de.md:0", "no language 'de'."),
        ({"introduction.md": HEAD + "A."}, "TRANS001", "introduction.md:2", "Every language of it"),
        (
            {"introduction.md": "A.", "introduction.zh.md": "甲。"},
            *("TRANS002", "introduction.zh.md:1", "have no source_digest."),
        ),
        (
            {"introduction.md": "A.", "introduction.zh.md": HEAD + "甲。"},
            *("TRANS004", "introduction.zh.md:2", "source_digest is not filled in."),
        ),
        (
            {"introduction.md": "A.", "introduction.zh.md": HEAD.replace('""', '"x"') + "甲。"},
            *("TRANS009", "introduction.zh.md:2", "source_digest 'x' is unknown."),
        ),
        (
            {
                "introduction.md": "A.",
                "introduction.zh.md": HEAD.replace('""', f'"{prose_digest("B.")}"') + "甲。",
            },
            *("TRANS005", "introduction.zh.md:2", "introduction.md has changed since"),
        ),
        (
            {"introduction.md": "```equation\ny = (\n```"},
            *("NOTE031", "introduction.md:2", "Column"),
        ),
        (
            {
                "introduction.md": "```equation\ny = x\n```",
                "introduction.zh.md": HEAD + "```equation\ny = z\n```",
            },
            *("TRANS011", "introduction.zh.md:5", "introduction.md has 'y = x'"),
        ),
        (
            {
                "glossary.toml": '[[zh]]\nen = "head"\nsay = "头"\nnot = ["head"]\n',
                "introduction.md": "A head.",
                "introduction.zh.md": HEAD + "一个 head。",
            },
            *("TERM002", "introduction.zh.md:4", "'head' is '头' here"),
        ),
    ],
)
def test_what_introduces_keeps_the_rules_of_a_note(
    tmp_path: Path, files: Mapping[str, str], code: str, place: str, message: str
) -> None:
    tour, findings = found(tour_in(tmp_path, files))
    one = findings[code]
    assert f"{Path(one.path).relative_to(tour.folder).as_posix()}:{one.line}" == place
    assert message in one.message


def test_a_link_for_a_lead_is_refused_and_publishes_nothing(tmp_path: Path) -> None:
    tour = tour_in(tmp_path, {})
    (tour / "chapters").mkdir()
    (tmp_path / "secret.md").write_text("A secret.")
    (tour / "chapters" / "one.md").symlink_to(tmp_path / "secret.md")
    read, findings = found(tour)
    assert read.leads == {} and "TOUR011" in findings


def test_an_edit_makes_translations_stale_until_they_are_accepted(tmp_path: Path) -> None:
    files = {"chapters/one.md": "A.", "chapters/one.zh.md": HEAD + "甲。"}
    tour = tour_in(tmp_path, files)
    apply_fixes(check_tour(tour).fixes)
    assert found(tour)[1] == {}
    (tour / "chapters" / "one.md").write_text("B.\n")
    read, findings = found(tour)
    assert read.leads["one"]["zh"].stale and findings["TRANS005"].severity is Severity.WARNING
    assert accept_introducing(tour, "chapters/one") == (tour / "chapters" / "one.zh.md",)
    assert accept_introducing(tour, "chapters/one") == ()
    assert found(tour)[1] == {}


def test_no_note_may_be_called_an_introduction(tmp_path: Path) -> None:
    _, findings = found(tour_in(tmp_path, {"introduction.py": SNIPPET}))
    assert "'introduction.py' is no stem." in findings["NOTE014"].message


def test_terms_are_read_by_language_and_a_tours_own_count(tmp_path: Path) -> None:
    around = TERM.format(more="", name="fact") + IN_CHINESE.format(name="事实")
    around += TERM.format(more='note = "elsewhere"\n', name="it") + IN_CHINESE.format(name="它")
    around += TERM.format(more="", name="unused") + IN_CHINESE.format(name="不用")
    own = TERM.format(more='note = "one"\n', name="Fact").replace("It is that.", "Ours.")
    write(tmp_path, {"glossary.toml": around})
    files = {"glossary.toml": own + IN_CHINESE.format(name="事实"), "introduction.md": "A fact."}
    tour, findings = found(tour_in(tmp_path, files))
    assert findings == {}
    assert [one.meanings["en"].means for one in tour.terms] == ["Ours.", "It is that."]
    assert [(one.note, one.shared) for one in tour.terms] == [("one", False), (None, True)]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("term = 1\n", "TERM001", "'term' is no list of terms."),
        ("[[term]]\n", "TERM001", "The term says nothing."),
        ('[[term]]\nen = "it"\n', "TERM001", "en must be a table, not a text."),
        ('[[term]]\n[term.en]\nname = "it"\n', "TERM001", "no name or no meaning in 'en'"),
        ('[[term]]\n[term.en]\nnames = "it"\n', "TERM001", "Unknown key 'names'."),
        (TERM.format(more="", name="it") * 2, "TERM003", "'it' is explained twice."),
        (TERM.format(more="", name="it"), "TERM004", "'it' is not explained in 'zh'."),
        (TERM.format(more="", name="moon"), "TERM005", "No text of the tour says 'moon'."),
        (TERM.format(more='note = "on"\n', name="it"), "TERM006", "No step is called 'on'."),
    ],
)
def test_a_glossary_is_held_to_its_form_and_its_tour(
    tmp_path: Path, text: str, code: str, message: str
) -> None:
    findings = found(tour_in(tmp_path, {"glossary.toml": text}))[1]
    assert message in findings[code].message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two heads, one Head.", ["heads", "Head"]),
        ("A headline, sub-head, head_dim, head.weight and ahead.", []),
        ("The attention head and a head-on.", ["attention head"]),
        ("The head of state, and a head.", ["head"]),
        ("各个头和头部。", ["头", "头"]),
        ("先 head，后 head。", ["head", "head"]),
    ],
)
def test_terms_are_found_whole_and_the_longest_first(text: str, words: list[str]) -> None:
    terms = [(("head", "头"), ("head of state",)), (("attention head",), ())]
    assert [text[first:last] for first, last, _ in found_in(text, terms)] == words


def test_terms_are_not_looked_for_in_code_links_and_headings() -> None:
    head = [(("head",), ())]
    hidden = "# A head\n\n`head`, [a head](#n-one), [^head]\n\n```python\nhead = 1\n```\n"
    assert uses_of(hidden, head) == frozenset()
    assert uses_of(hidden + "A head.", head) == {0}


EXERCISE = '[[exercise]]\nclaim = "{claim}"\nask = "{ask}"\n'
ASKED = EXERCISE.format(claim="It holds.", ask="What if?")


def test_a_control_brings_the_lines_that_it_changes() -> None:
    (one,) = declared_controls(SNIPPET, [Claim("It holds.", 8, "x")])
    assert (one.id, one.change) == ("declared@0#1", "x = 0\nx += a.y  # of all things")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (EXERCISE.format(claim="It hold.", ask="What?"), "no further control for 'It hold.'."),
        (ASKED * 2, "no further control for 'It holds.'."),
        (EXERCISE.format(claim="It holds.", ask=""), "The exercise asks ''."),
        (EXERCISE.format(claim="It holds.", ask="a" * 241), "The exercise asks 'aaa"),
    ],
)
def test_an_exercise_asks_about_a_declared_control(tmp_path: Path, more: str, message: str) -> None:
    findings = found(tour_in(tmp_path, {}, more))[1]
    assert message in findings["CLAIM019"].message


def test_a_translation_asks_what_its_note_asks(tmp_path: Path) -> None:
    said = '[exercises]\n"What if?" = "会怎样？"\n'
    for chinese, expected in ((said, set()), ("", {"TRANS013"})):
        tour = tour_in(tmp_path, {}, ASKED, chinese)
        assert {one.code for one in check_tour(tour).diagnostics} - {"TRANS004"} == expected
    tour = tour_in(tmp_path, {}, ASKED, said + '"What then?" = "然后呢？"\n')
    assert "TRANS012" in {one.code for one in check_tour(tour).diagnostics}


def test_the_command_accepts_what_introduces_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"introduction.md": "B.", "introduction.zh.md": HEAD + "甲。"}
    tour = tour_in(tmp_path / "annotations", files)
    monkeypatch.chdir(tmp_path)
    accepted = srcread("accept", "introduction")
    assert accepted.stdout == "wrote annotations/t/introduction.zh.md\n", accepted.output
    assert prose_digest("B.") in (tour / "introduction.zh.md").read_text("utf-8")
    assert srcread("accept", "t/introduction").stdout == "t/introduction: nothing had changed\n"
    missing = srcread("accept", "chapters/one")
    assert missing.exit_code == 2 or "No tour has a file chapters/one.md." in missing.output


def test_no_note_is_begun_under_the_name_of_an_introduction(tmp_path: Path) -> None:
    with pytest.raises(SrcreadError, match=r"introduction.md introduces a tour"):
        new_note(tmp_path, "introduction", "a.b")


def test_the_outline_says_what_introduces_and_what_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path)
    tour = write_tour(tmp_path / "annotations")
    write(tour, {"introduction.md": "A tour of *layers*.\n\n- See [this](#n-layer-order).\n"})
    write(tour, {"tour.toml": TINY + '[[chapter]]\ntitle = "One"\nfirst = "first-layers"\n'})
    write(tour, {"chapters/first-layers.md": "What is coming."})
    asked = EXERCISE.format(claim="Of three layers only the last one scales.", ask="What if?")
    asked += "+++\nA"
    write(tour, {"first-layers.md": TINY_NOTE.replace("+++\nA", asked)})
    lines = srcread("outline", "tiny-model").stdout.splitlines()
    assert lines[1:3] == ["  A tour of layers.", "  See this."]
    assert lines[lines.index("One") + 1] == "  What is coming."
    assert "       exercise: What if?" in lines
    told = json.loads(srcread("outline", "--json", "tiny-model").stdout)
    assert told["leads"] == {"first-layers": {"en": "What is coming."}}
    assert told["introduction"]["en"].startswith("A tour of")
    assert {step["stem"]: step["exercises"] for step in told["steps"]} == {
        "first-layers": ["What if?"],
        "layer-order": [],
    }
