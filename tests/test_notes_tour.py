"""A tour's folder is read whole: every value, and every finding of every file at once."""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from srcread.model import Anchor, Basis, BasisKind, Chapter, Diagnostic, Exercise, Severity, Tour
from srcread.notes.format.note import NOTE_KEYS
from srcread.notes.format.tour import read_tour
from srcread.notes.format.tourfile import read_tour_file

TOUR = """\
title = "A tour"
entries = ["torch.nn.Transformer"]
languages = ["en", "zh"]

[distributions]
torch = "2.13.0"
"""
NOTE = """\
+++
title = "A fact"
symbol = "torch.nn.Linear"
+++
A body.
"""
SNIPPET = 'import torch\nassert torch.ones(1) == 1, "One is one."\n'


def tour_of(folder: Path, **files: str | bytes) -> Path:
    """Write a tour named a-tour; `one_md` is the file one.md, and tour.toml is there by default."""
    tour = folder / "a-tour"
    tour.mkdir(parents=True, exist_ok=True)
    for name, content in {"tour_toml": TOUR, **files}.items():
        path = tour / name.replace("__", "-").replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return tour


def read(folder: Path, **files: str | bytes) -> tuple[Tour, tuple[Diagnostic, ...]]:
    return read_tour(tour_of(folder, **files))


def codes(findings: tuple[Diagnostic, ...]) -> list[str]:
    return [finding.code for finding in findings]


def of_note(folder: Path, keys: str, body: str = "A body.\n") -> tuple[Diagnostic, ...]:
    _, findings = read(folder, one_md=f"+++\n{keys}\n+++\n{body}", one_py=SNIPPET)
    return findings


def of_tour(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    _, findings = read(folder, tour_toml=text, one_md=NOTE, one_py=SNIPPET)
    return findings


def test_a_good_tour_has_no_findings_and_every_value(tmp_path: Path) -> None:
    text = 'path = ["one"]\nstart = true\n' + TOUR.replace(
        "[distributions]",
        '[[chapter]]\ntitle = "First"\nfirst = "one"\n[site]\nurl = "https://a.org/x"\n'
        'repository = "https://b.org"\n[methods]\n"torch.nn.Transformer" = ["fit"]\n'
        '[snippets]\nimports = ["numpy"]\n[distributions]',
    )
    tour, findings = read(tmp_path, tour_toml=text, one_md=NOTE, one_py=SNIPPET)
    assert findings == ()
    assert (tour.name, tour.title) == ("a-tour", "A tour")
    assert tour.distributions == {"torch": "2.13.0"}
    assert tour.entries == ("torch.nn.Transformer",)
    assert tour.languages == ("en", "zh")
    assert tour.chapters == (Chapter("First", "one"),)
    assert (tour.path, tour.start) == (("one",), True)
    assert (tour.site_url, tour.repository) == ("https://a.org/x", "https://b.org")
    file = read_tour_file(tour.folder)
    assert file.methods == {"torch.nn.Transformer": ("fit",)}
    assert file.imports == ("numpy",)


def test_every_key_of_a_note_is_read(tmp_path: Path) -> None:
    keys = """\
title = "A fact"
title_labels = ["one"]
symbol = "torch.nn.Linear.forward"
at = "return"
reach = false
reach_reason = "Only on a GPU."
native = "aten/src/ATen/native/Linear.cpp:linear"
after = "one"
versions = ">=2.5"
trap = true
scenario = "eval"
questions = ["Why?"]
messages = ["Need attn_mask"]
authors = ["A. Author"]
see = ["arXiv:1706.03762", "https://arxiv.org/abs/1706.03762"]
[[also]]
symbol = "torch.nn.Linear"
at = "def reset_parameters"
[[exercise]]
claim = "One is one."
ask = "What will one be if it is two?"
[survivors]
"drop-not@0+1:0-1:4" = "It is asked for twice."
"""
    assert set(tomllib.loads(keys)) == set(NOTE_KEYS)
    body = 'A body.[^one]\n\nMore.\n\n[^one]: claim "One is one."\n'
    (tmp_path / "a-tour" / "scenarios").mkdir(parents=True)
    (tmp_path / "a-tour" / "scenarios" / "eval.py").write_text("import torch\n")
    tour, findings = read(tmp_path, one_md=f"+++\n{keys}+++\n\n{body}", one_py=SNIPPET)
    assert findings == ()
    note = tour.steps[0].note
    assert note.anchors == (
        Anchor("torch.nn.Linear.forward", "return"),
        Anchor("torch.nn.Linear", "def reset_parameters"),
    )
    assert (note.body, note.body_line) == ("A body.[^one]\n\nMore.", 27)
    assert note.bases == (Basis("one", BasisKind.CLAIM, "One is one."),)
    assert note.title_labels == ("one",)
    assert (note.reach, note.reach_reason) == (False, "Only on a GPU.")
    assert note.native == "aten/src/ATen/native/Linear.cpp:linear"
    assert (note.after, note.versions, note.trap) == ("one", ">=2.5", True)
    assert note.scenario == "eval"
    assert (note.questions, note.messages) == (("Why?",), ("Need attn_mask",))
    assert (note.authors, len(note.see), note.language) == (("A. Author",), 2, "en")
    assert note.exercises == (Exercise("One is one.", "What will one be if it is two?"),)
    assert note.survivors == {"drop-not@0+1:0-1:4": "It is asked for twice."}
    plain, _ = read(tmp_path / "plain", one_md=f"+++\n{GOOD}+++\n\nA body.\n", one_py=SNIPPET)
    without = plain.steps[0].note
    alike = {
        key.name for key in fields(note) if getattr(note, key.name) == getattr(without, key.name)
    }
    assert alike == {"stem", "language", "title"}


def test_the_findings_of_all_files_come_at_once(tmp_path: Path) -> None:
    _, findings = read(
        tmp_path,
        tour_toml=TOUR + "tittle = 1\n",
        one_md=NOTE.replace("title", "titel"),
        two_md="no keys",
        three_py="assert (",
    )
    assert set(codes(findings)) == {
        *("TOUR004", "NOTE007", "NOTE009", "CLAIM016"),
        *("NOTE004", "CLAIM001", "TOUR010"),
    }
    assert codes(findings) == [one.code for one in sorted(findings)]


def test_a_folder_without_a_tour_file_is_no_tour(tmp_path: Path) -> None:
    _, findings = read_tour(tmp_path / "nowhere")
    assert codes(findings) == ["TOUR001"]


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("title = \n", "TOUR002", 1, "Not TOML"),
        (TOUR.replace("title", "titel"), "TOUR003", 1, "Did you mean 'title'?"),
        (TOUR + '[site]\nadress = "x"\n', "TOUR003", 8, "'adress'"),
        (TOUR + "[[chapter]]\nfist = 1\n", "TOUR003", 8, "Did you mean 'first'?"),
        (
            TOUR + "[[chapter]]\n[[chapter]]\n[chapter.titles]\nzh = 1\n",
            "TOUR004",
            10,
            "zh must be",
        ),
        (TOUR + "[snippets]\nimport = []\n", "TOUR003", 8, "Did you mean 'imports'?"),
        (TOUR + "[snippets]\nlanguages = []\n", "TOUR003", 8, "above the first"),
        (TOUR.replace('"A tour"', "5"), "TOUR004", 1, "a text in quotes, not a number"),
        (TOUR.replace('"2.13.0"', "2.13"), "TOUR004", 6, "torch must be a text in quotes"),
        (TOUR.replace('["en", "zh"]', '["en", 5]'), "TOUR004", 3, "a mixed list"),
        (TOUR.replace('["en", "zh"]', "1979-05-27"), "TOUR004", 3, "a date"),
        (TOUR + '[methods]\n"torch.nn.Transformer" = "fit"\n', "TOUR004", 8, "a list of texts"),
        (TOUR.replace('"A tour"', '" "'), "TOUR005", 1, "title is missing or empty"),
        (TOUR.replace('entries = ["torch.nn.Transformer"]', ""), "TOUR005", 1, "entries"),
        (TOUR.replace('torch = "2.13.0"', ""), "TOUR005", 5, "distributions"),
        (TOUR + '[[chapter]]\ntitle = "x"\n', "TOUR005", 7, "lacks title or first"),
        (TOUR + '[[chapter]]\ntitle = "x"\nfirst = "onne"\n', "TOUR006", 9, "'one'?"),
        (TOUR + '[[chapter]]\ntitle = "x"\nfirst = "one"\n' * 2, "TOUR006", 12, "Two chapters"),
        (TOUR.replace('"zh"', '"Chinese"'), "TOUR007", 3, "'Chinese'"),
        (TOUR.replace('"zh"', '"en"'), "TOUR007", 3, "2 times"),
        (TOUR.replace('"en", "zh"', ""), "TOUR007", 3, "languages is empty"),
        (TOUR.replace("2.13.0", ">=2.13"), "TOUR008", 6, "'>=2.13'"),
        (TOUR.replace("2.13.0", "2.13.0+cpu"), "TOUR008", 6, "'2.13.0+cpu'"),
        (TOUR.replace("torch =", '"-torch" ='), "TOUR008", 6, "'-torch'"),
        (TOUR + '[site]\nurl = "javascript:x"\n', "TOUR013", 8, "https://"),
        (TOUR + '[sources]\n"my-model" = "."\n', "TOUR030", 8, "'my-model' is no package's name"),
        (TOUR + '[sources]\nmine = "/home/me"\n', "TOUR030", 8, "'/home/me' is no path from"),
        (TOUR + '[sources]\nmine = "C:/me"\n', "TOUR030", 8, "'C:/me' is no path from"),
        (TOUR + '[sources]\nmine = ""\n', "TOUR030", 8, "'' is no path from"),
        (TOUR + '[sources]\nTorch = "."\n', "TOUR030", 8, "and 'torch' among the distributions"),
        (TOUR + "[sources]\nmine = 1\n", "TOUR004", 8, "mine must be a text in quotes"),
        (TOUR.replace("torch.nn.Tr", "torch nn Tr"), "TOUR014", 2, "is no entry"),
        (TOUR.replace('former"', 'former", "torch.nn.Transformer"'), "TOUR014", 2, "2 times"),
        (TOUR + '[methods]\n"torch.X" = ["fit"]\n', "TOUR015", 8, "'torch.X'"),
        (TOUR + '[methods]\n"torch.nn.Transformer" = ["a.b"]\n', "TOUR015", 8, "'a.b'"),
        (TOUR + '[snippets]\nimports = ["numpy.random"]\n', "TOUR017", 8, "'numpy.random'"),
        ('idioms = ["../own.toml"]\n' + TOUR, "TOUR022", 1, "'../own.toml' is no file of idioms"),
        ('idioms = ["tour.toml"]\n' + TOUR, "TOUR022", 1, "'tour.toml' is no file of idioms"),
        ('idioms = ["own.toml"]\n' + TOUR, "TOUR022", 1, "no file 'own.toml' beside it"),
        ('earlier = ["newest"]\n' + TOUR, "TOUR024", 1, "'newest' is no version"),
        ('earlier = ["2.13.0"]\n' + TOUR, "TOUR024", 1, "the version that the tour is of"),
        ('earlier = ["2.9.0", "2.9.0"]\n' + TOUR, "TOUR024", 1, "'2.9.0' stands there 2 times"),
        ('path = ["onne"]\n' + TOUR, "TOUR023", 1, "Did you mean 'one'?"),
        ('path = ["one", "one"]\n' + TOUR, "TOUR023", 1, "'one' stands in the path 2 times"),
        (f"path = {list('abcdefghi')}\n" + TOUR, "TOUR023", 1, "The path has 9 steps"),
        ('path = "one"\n' + TOUR, "TOUR004", 1, "path must be a list of texts"),
        ('start = "yes"\n' + TOUR, "TOUR004", 1, "start must be true or false"),
        ('idioms = "own.toml"\n' + TOUR, "TOUR004", 1, "idioms must be a list of texts"),
    ],
)
def test_a_tour_file_is_held_to_its_format(
    tmp_path: Path, text: str, code: str, line: int, said: str
) -> None:
    findings = of_tour(tmp_path, text)
    assert (code, line) in [(one.code, one.line) for one in findings]
    assert any(said in str(one) for one in findings if one.code == code)


@pytest.mark.parametrize("entry", ["a.b:C.run", "examples/run.py", "run.py:main", "torch.nn.LSTM"])
def test_an_entry_may_be_a_name_a_module_and_name_or_a_file(tmp_path: Path, entry: str) -> None:
    assert of_tour(tmp_path, TOUR.replace("torch.nn.Transformer", entry)) == ()


def test_a_tour_without_notes_is_a_warning(tmp_path: Path) -> None:
    _, findings = read(tmp_path)
    assert [(one.code, one.severity) for one in findings] == [("TOUR012", Severity.WARNING)]


def test_a_stray_file_is_a_warning_and_hidden_ones_are_not(tmp_path: Path) -> None:
    folder = tour_of(tmp_path, one_md=NOTE, one_py=SNIPPET, notes_txt="x", _DS="x")
    (folder / "drafts").mkdir()
    for known in ("evidence", "lock", "traces", "scenarios", "__pycache__"):
        (folder / known).mkdir()
    _, findings = read_tour(folder)
    assert [(one.code, Path(one.path).name) for one in findings] == [
        ("TOUR009", "drafts"),
        ("TOUR009", "notes.txt"),
    ]


def test_a_snippet_without_a_note_is_an_error(tmp_path: Path) -> None:
    _, findings = read(tmp_path, one_md=NOTE, one_py=SNIPPET, two_py=SNIPPET)
    assert codes(findings) == ["TOUR010"]
    assert "two.md" in findings[0].hint


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_is_an_error_and_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(NOTE.replace("A body.", "A secret."))
    folder = tour_of(tmp_path, one_md=NOTE, one_py=SNIPPET)
    os.symlink(tmp_path / "secret", folder / "two.md")
    tour, findings = read_tour(folder)
    assert codes(findings) == ["TOUR011"]
    assert len(tour.steps) == 1


def test_a_tours_folder_has_a_name_for_every_system(tmp_path: Path) -> None:
    folder = tour_of(tmp_path, one_md=NOTE, one_py=SNIPPET).rename(tmp_path / "A Tour")
    assert codes(read_tour(folder)[1]) == ["TOUR016"]


@pytest.mark.parametrize("name", ["In-Projection.md", "a b.md", "a.b.c.md", "con.md", "a_b.md"])
def test_a_stem_has_a_name_for_every_system(tmp_path: Path, name: str) -> None:
    folder = tour_of(tmp_path, one_md=NOTE, one_py=SNIPPET)
    (folder / name).write_text(NOTE)
    assert codes(read_tour(folder)[1]) == ["NOTE014"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"+++\n\xff\n+++\n", "NOTE001", 2),
        (b"x" * 100_001, "NOTE001", 0),
        ("\ufeff" + NOTE, "NOTE002", 1),
        (NOTE.replace("\n", "\r\n"), "NOTE003", 1),
        (NOTE.replace("A body", "A\u202e body"), "NOTE028", 5),
        (NOTE.replace("A body", "A\x1b[31m body"), "NOTE028", 5),
        (NOTE.replace('"A fact"', '"A \\u202e fact"'), "NOTE028", 2),
        (NOTE.replace("+++\nA", 'see = ["x", "\\u2066"]\n+++\nA'), "NOTE028", 4),
        ("# A fact\n", "NOTE004", 1),
        ("", "NOTE004", 1),
        (NOTE.replace("+++\nA", "A"), "NOTE005", 1),
        (NOTE.replace('"A fact"', '"A'), "NOTE006", 2),
        (NOTE.replace('"A fact"', "= 1"), "NOTE006", 2),
        (NOTE.replace('"A fact"', "9" * 5_000), "NOTE006", 0),
        (NOTE.replace("A body.", " "), "NOTE013", 5),
    ],
)
def test_a_broken_note_is_one_finding(
    tmp_path: Path, content: str | bytes, code: str, line: int
) -> None:
    _, findings = read(tmp_path, one_md=content, one_py=SNIPPET)
    assert [(one.code, one.line) for one in findings] == [(code, line)]


def test_a_note_with_a_mark_and_crlf_is_read_nevertheless(tmp_path: Path) -> None:
    tour, _ = read(tmp_path, one_md="\ufeff" + NOTE.replace("\n", "\r\n"), one_py=SNIPPET)
    assert (tour.steps[0].note.title, tour.steps[0].note.body) == ("A fact", "A body.")


GOOD = 'title = "A fact"\nsymbol = "a.b"\n'


@pytest.mark.parametrize(
    ("keys", "code", "line", "said"),
    [
        (GOOD + 'question = ["x"]', "NOTE007", 4, "Did you mean 'questions'?"),
        (GOOD + "line = 7", "NOTE007", 4, "use at"),
        (GOOD + "order = 7", "NOTE007", 4, "after"),
        (GOOD + '[[also]]\nsymbol = "a"\ntrap = true', "NOTE007", 6, "above the first [[also]]"),
        (GOOD + "trap = 1", "NOTE008", 4, "true or false, not a number"),
        (GOOD + 'see = "x"', "NOTE008", 4, 'a list of texts: ["…", "…"], not a text'),
        (GOOD + "also = 1", "NOTE008", 4, "double brackets"),
        ('symbol = "a.b"', "NOTE009", 1, "missing or empty"),
        ('title = ""\nsymbol = "a.b"', "NOTE009", 2, "missing or empty"),
        (f'title = "{"x" * 121}"\nsymbol = "a.b"', "NOTE009", 2, "121 characters"),
        ('title = "A fact"', "NOTE010", 1, "names no symbol"),
        (GOOD + '[[also]]\nat = "return"', "NOTE010", 4, "An [[also]] names no symbol"),
        ('title = "x"\nsymbol = "a b"', "NOTE011", 3, "'a b' is no dotted name"),
        (GOOD + "reach = false", "NOTE012", 4, "without reach_reason"),
        (GOOD + 'reach_reason = "x"', "NOTE012", 4, "without reach = false"),
        (GOOD + 'reach = false\nreach_reason = "."', "NOTE012", 5, "reach_reason is '.'"),
        (GOOD + 'reach = false\nreach_reason = "It is C++"', "NOTE012", 5, "at least three words"),
        (GOOD + 'reach = false\nreach_reason = "C++, sorry."', "NOTE012", 5, "'C++, sorry.'"),
        (GOOD + 'native = "linear"', "NOTE016", 4, "'linear'"),
        (GOOD + 'versions = "2.5 or later"', "NOTE017", 4, "'2.5 or later'"),
        (GOOD + 'see = ["ftp://x"]', "NOTE023", 4, "'ftp://x'"),
        (GOOD + 'see = ["javascript:x"]', "NOTE023", 4, "'javascript:x'"),
    ],
)
def test_a_note_is_held_to_its_format(
    tmp_path: Path, keys: str, code: str, line: int, said: str
) -> None:
    findings = of_note(tmp_path, keys)
    assert [(one.code, one.line) for one in findings] == [(code, line)]
    assert said in str(findings[0])


@pytest.mark.parametrize(
    "symbol", ["f", "a.f.<locals>.g", "a.B.x@setter", "a.B.f~2", "examples/bloom/build.py:main"]
)
def test_a_symbol_may_be_any_defining_name(tmp_path: Path, symbol: str) -> None:
    assert of_note(tmp_path, f'title = "x"\nsymbol = "{symbol}"') == ()


def test_a_line_is_found_behind_values_of_several_lines(tmp_path: Path) -> None:
    keys = GOOD + 'questions = [\n  "title = 1",\n]\nmessages = ["""\ntrap = 2\n"""]\ntrap = 3'
    assert [(one.code, one.line) for one in of_note(tmp_path, keys)] == [("NOTE008", 10)]


def test_a_note_without_a_snippet_is_a_warning(tmp_path: Path) -> None:
    _, findings = read(tmp_path, one_md=NOTE)
    assert [(one.code, one.severity) for one in findings] == [("CLAIM016", Severity.WARNING)]


def test_two_files_in_one_language_are_an_error_at_both(tmp_path: Path) -> None:
    _, findings = read(tmp_path, one_md=NOTE, one_en_md=NOTE, one_py=SNIPPET)
    assert codes(findings) == ["NOTE015", "NOTE015"]


@pytest.mark.parametrize(
    ("reason", "good"),
    [
        ("It saves time.", True),
        ("这样更快。", True),
        (" ", False),
        (".", False),
        ("x", False),
        ("No.", False),
        ("a.b.c", False),
        ("It saves time", False),
        ("It saves\\ntime.", False),
    ],
)
def test_a_survivors_reason_is_a_sentence_of_one_line(
    tmp_path: Path, reason: str, good: bool
) -> None:
    keys = 'title = "A fact"\nsymbol = "torch.nn.Linear"\n[survivors]\n'
    found = of_note(tmp_path, keys + f'"negate@0+0:3-0:9" = "{reason}"')
    assert codes(found) == ([] if good else ["NOTE029"])
    assert good or "at least three words, ending with a full stop" in str(found[0])


def test_a_survivors_reason_is_a_text(tmp_path: Path) -> None:
    keys = 'title = "A fact"\nsymbol = "torch.nn.Linear"\n[survivors]\n'
    assert codes(of_note(tmp_path, keys + '"negate@0+0:3-0:9" = 1')) == ["NOTE008"]


def test_a_scenario_that_a_note_names_is_one_of_its_tours(tmp_path: Path) -> None:
    (tmp_path / "a-tour" / "scenarios").mkdir(parents=True)
    (tmp_path / "a-tour" / "scenarios" / "eval-fast.py").write_text("import torch\n")
    assert codes(of_note(tmp_path, GOOD + 'scenario = "eval-fast"')) == []
    (found,) = of_note(tmp_path, GOOD + 'scenario = "eval-fats"')
    assert (found.code, found.line) == ("NOTE035", 4)
    assert "no scenario 'eval-fats'. Did you mean 'eval-fast'?" in found.message
    assert codes(of_note(tmp_path, GOOD + 'scenario = "../one"')) == ["NOTE035"]
