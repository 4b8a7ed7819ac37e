"""`check`, its fixes and `accept`, over a small package that is really indexed and walked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from srcread.errors import FindingsError, NotFoundError, SrcreadError
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import AnchorStatus, Severity
from srcread.notes.accept import accept_note
from srcread.notes.rules import CheckResult, apply_fixes, check_tour
from srcread.notes.scaffold import new_note, suggest_stem
from srcread.sources import Sources, open_path

SOURCE = """\
def add(x, y):
    total = x + y
    if total > 9:
        total = x + y
    return total


class Model:
    def run(self, x):
        if x:
            return add(x, x)
        return None
"""
TOUR = (
    'title = "T"\nentries = ["pkg.Model"]\nlanguages = ["en", "zh"]\n[distributions]\npkg = "1"\n'
)
NOTE = (
    '+++\ntitle = "A fact"\nsymbol = "pkg.add"\nat = "return total"\n+++\n'
    'It adds.[^adds]\n\n[^adds]: claim "It adds."\n'
)
SNIPPET = 'import pkg\nassert pkg.add(1, 2) == 3, "It adds."\n'
TRANSLATION = (
    '+++\ntitle = "x"\nsource_digest = ""\n[claims]\n"It adds." = "它相加。"\n'
    "+++\n它相加。[^adds]\n"
)


class Place:
    """A tour of one note and the package that it reads."""

    def __init__(self, folder: Path, note: str = NOTE, source: str = SOURCE) -> None:
        self.package = folder / "src" / "pkg"
        self.package.mkdir(parents=True)
        self.tour = folder / "t"
        self.tour.mkdir()
        self.write(note=note, source=source)
        (self.tour / "tour.toml").write_text(TOUR)
        (self.tour / "one.py").write_text(SNIPPET)

    def write(self, note: str | None = None, source: str | None = None) -> None:
        if note is not None:
            (self.tour / "one.md").write_text(note, encoding="utf-8")
        if source is not None:
            (self.package / "__init__.py").write_text(source)

    def index(self) -> Index:
        return Index(Sources([open_path(self.package.parent)]))

    def check(self) -> CheckResult:
        index = self.index()
        return check_tour(self.tour, index, build_graph(index, ["pkg.Model"]))

    def codes(self) -> list[tuple[str, str, int]]:
        return [(one.code, Path(one.path).name, one.line) for one in self.check().diagnostics]

    def locked(self) -> Place:
        apply_fixes(self.check().fixes)
        return self


def test_a_note_without_a_lock_is_an_error_that_the_fix_mends(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.codes() == [("LOCK001", "one.md", 3)]
    (written,) = apply_fixes(place.check().fixes)
    assert written == place.tour / "lock" / "one.json"
    assert place.codes() == []
    assert place.check().fixes == ()


def test_a_checked_tour_has_its_places_in_order(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.tour / "two.md").write_text(
        NOTE.replace("pkg.add", "pkg.Model.run").replace("return total", "call add")
    )
    (place.tour / "two.py").write_text(SNIPPET)
    steps = place.locked().check().tour.steps
    assert [step.note.stem for step in steps] == ["two", "one"]
    assert [step.locations[0].range.first_line for step in steps] == [11, 5]
    assert steps[0].locations[0].status is AnchorStatus.FOUND


def test_an_anchor_added_to_a_locked_note_is_locked_by_the_fix(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    also = '[[also]]\nsymbol = "pkg.add"\nat = "if total"\n+++\nI'
    place.write(note=NOTE.replace("+++\nI", also))
    assert place.codes() == [("LOCK001", "one.md", 7)]
    assert place.locked().codes() == []


def test_an_anchor_taken_from_a_locked_note_leaves_its_lock_by_the_fix(tmp_path: Path) -> None:
    also = '[[also]]\nsymbol = "pkg.add"\nat = "if total"\n+++\nI'
    place = Place(tmp_path, NOTE.replace("+++\nI", also)).locked()
    place.write(note=NOTE)
    assert place.codes() == [("LOCK001", "one.json", 0)]
    assert place.locked().codes() == []


def test_an_anchor_without_at_is_the_whole_symbol(tmp_path: Path) -> None:
    place = Place(tmp_path, NOTE.replace('at = "return total"\n', "")).locked()
    assert place.codes() == []
    assert place.check().tour.steps[0].locations[0].range.last_line == 5


@pytest.mark.parametrize(
    ("note", "source", "code", "line", "said"),
    [
        (NOTE, SOURCE.replace("return total", "return total + 1"), "LOCK002", 4, "differs"),
        (
            NOTE.replace("return total", "if total"),
            SOURCE.replace("    if total > 9:", "    if total > 8:\n        x = 1\n    if x > 9:"),
            "LOCK002",
            4,
            "differs",
        ),
        (
            NOTE.replace("return total", "if total > assign total"),
            SOURCE.replace("        total = x + y", "        total = x - y"),
            "LOCK003",
            4,
            "stands at lines 2-2 now",
        ),
        (NOTE, SOURCE.replace("return total", "yield total"), "LOCK004", 4, "names no place"),
        (
            NOTE,
            SOURCE.replace("total > 9:", "total > 9:\n        return total"),
            "LOCK005",
            4,
            "line 4",
        ),
        (NOTE, SOURCE.replace("def add", "def added"), "LOCK006", 3, "'pkg.add"),
    ],
)
def test_what_upstream_changed_is_an_error_that_no_fix_touches(
    tmp_path: Path, note: str, source: str, code: str, line: int, said: str
) -> None:
    place = Place(tmp_path, note).locked()
    place.write(source=source)
    result = place.check()
    findings = [one for one in result.diagnostics if one.code.startswith("LOCK")]
    assert [(one.code, one.line, one.severity) for one in findings] == [
        (code, line, Severity.ERROR)
    ]
    assert said in str(findings[0])
    assert result.fixes == ()


def test_a_changed_place_stays_in_the_tour_with_its_status(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    place.write(source=SOURCE.replace("return total", "return total + 1"))
    assert place.check().tour.steps[0].locations[0].status is AnchorStatus.CHANGED


def test_lines_added_above_change_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    place.write(source="import math\n\n" + SOURCE)
    assert place.codes() == []


def test_accept_takes_a_changed_place_and_a_stale_translation(tmp_path: Path) -> None:
    place = Place(tmp_path)
    translation = place.tour / "one.zh.md"
    translation.write_text(TRANSLATION)
    place.locked().write(
        NOTE.replace("It adds.[", "It always adds.["), SOURCE.replace("> 9", "> 8")
    )
    place.write(source=SOURCE.replace("return total", "return total + 1"))
    assert [code for code, _, _ in place.codes()] == ["LOCK002", "TRANS005"]
    assert accept_note(place.tour, "one", place.index()) == (
        place.tour / "lock" / "one.json",
        translation,
    )
    assert place.codes() == []
    assert accept_note(place.tour, "one", place.index()) == ()


def test_accept_refuses_an_anchor_without_a_place(tmp_path: Path) -> None:
    place = Place(tmp_path, NOTE.replace("return total", "return nothing"))
    with pytest.raises(FindingsError, match="LOCK004"):
        accept_note(place.tour, "one", place.index())
    place.write(NOTE.replace("return total", "retrun total"))
    with pytest.raises(FindingsError, match="LOCK010"):
        accept_note(place.tour, "one", place.index())
    assert not (place.tour / "lock").exists()


def test_accept_names_the_nearest_step(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with pytest.raises(NotFoundError, match="Did you mean 'one'"):
        accept_note(place.tour, "ones", place.index())
    place.write("no keys")
    with pytest.raises(FindingsError, match="NOTE004"):
        accept_note(place.tour, "one", place.index())


def test_an_avoidable_count_is_a_warning_with_the_better_selector(tmp_path: Path) -> None:
    place = Place(tmp_path, NOTE.replace("return total", "return total #1")).locked()
    (one,) = place.check().diagnostics
    assert (one.code, one.line, one.severity) == ("LOCK007", 4, Severity.WARNING)
    assert 'at = "return' in one.hint


@pytest.mark.parametrize("content", ["{}", "[1", '{"format": 2}', "\0"])
def test_a_lock_that_nobody_wrote_is_an_error(tmp_path: Path, content: str) -> None:
    place = Place(tmp_path).locked()
    (place.tour / "lock" / "one.json").write_text(content)
    (one,) = place.check().diagnostics
    assert one.code == "LOCK008"
    assert "srcread accept one" in str(one)


def test_a_lock_or_evidence_without_a_note_is_a_warning(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    for folder in ("lock", "evidence"):
        (place.tour / folder).mkdir(exist_ok=True)
        (place.tour / folder / "gone.json").write_text("{}")
    assert place.codes() == [("LOCK009", "gone.json", 0)] * 2


def test_a_lock_of_another_rule_is_unknown_and_not_changed(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    path = place.tour / "lock" / "one.json"
    path.write_text(path.read_text().replace("d1:", "d9:"))
    (one,) = place.check().diagnostics
    assert (one.code, one.severity) == ("LOCK011", Severity.WARNING)
    assert place.check().tour.steps[0].locations[0].status is AnchorStatus.FOUND


def test_a_selector_outside_the_grammar_is_found_without_sources(tmp_path: Path) -> None:
    place = Place(tmp_path, NOTE.replace("return total", "retrun total"))
    (one,) = check_tour(place.tour).diagnostics
    assert (one.code, one.line) == ("LOCK010", 4)
    assert "Did you mean 'return'?" in one.message
    assert place.codes() == [("LOCK010", "one.md", 4)]


def test_the_fix_of_line_ends_and_of_a_digest_is_one_file(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    path = place.tour / "one.zh.md"
    path.write_bytes(b"\xef\xbb\xbf" + TRANSLATION.replace("\n", "\r\n").encode())
    assert [code for code, _, _ in place.codes()] == ["NOTE002", "NOTE003", "TRANS004"]
    assert apply_fixes(place.check().fixes) == (path,)
    assert place.codes() == []
    assert b"\r" not in path.read_bytes()


BODIES = [
    ("<b>x</b>", "NOTE022", 6),
    ("a\nb <br> c", "NOTE022", 7),
    ("a\n\n<div>\nx\n</div>", "NOTE022", 8),
    ("<!-- x -->", "NOTE022", 6),
    ("a &#x202e; b", "NOTE028", 6),
    ("a\n\n[b](#c 'd&#8238;')", "NOTE028", 8),
    ("[x](javascript:alert)", "NOTE023", 6),
    ("[x](data:text/html;x)", "NOTE023", 6),
    ("[x](../other.md)", "NOTE023", 6),
    ("[x](//evil.org)", "NOTE023", 6),
    ("a\nb\n[x](file:///etc)", "NOTE023", 8),
    ("![x](https://a.org/x.png)", "NOTE024", 6),
    ("x" * 8001, "NOTE025", 6),
    ("a\n\n|a|\n|-|\n" + "|b|\n" * 51, "NOTE026", 8),
    ("a\n\n" + ">" * 40 + " b", "NOTE030", 8),
    ("- " * 7 + "b", "NOTE030", 6),
    ("a &shy; b", "NOTE028", 6),
    ("a &#xE0041; b", "NOTE028", 6),
    ("TODO: write", "NOTE027", 6),
    ("a\nTODO", "NOTE027", 7),
]


@pytest.mark.parametrize(("body", "code", "line"), BODIES)
def test_a_body_is_held_to_its_format(tmp_path: Path, body: str, code: str, line: int) -> None:
    place = Place(tmp_path, NOTE.replace("It adds.[^adds]", body))
    found = {(one.code, one.line) for one in check_tour(place.tour).diagnostics}
    assert {one for one in found if not one[0].startswith("SENT")} == {(code, line)}


@pytest.mark.parametrize(
    "body",
    [
        "`<b>` and a < b > c, `![x](y)`",
        "[x](https://a.org), <https://a.org>, [y](#here)",
        "```\n<div>\n```",
        "|a|\n|-|\n" + "|b|\n" * 50,
        "*stress*, **more**\n\n- a\n- b",
        "- " * 6 + "a",
    ],
)
def test_plain_markdown_has_no_findings(tmp_path: Path, body: str) -> None:
    place = Place(tmp_path, NOTE.replace("It adds.[^adds]", body))
    codes = {one.code for one in check_tour(place.tour).diagnostics}
    assert {code for code in codes if not code.startswith("SENT")} == set()


def test_a_new_note_is_flagged_until_it_is_written(tmp_path: Path) -> None:
    place = Place(tmp_path).locked()
    files = new_note(place.tour, "two", "pkg.Model.run", 'call add("x")')
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    assert [path.name for path in files] == ["two.md", "two.py"]
    found = {(code, name) for code, name, _ in place.codes()}
    assert {("NOTE027", "two.md"), ("NOTE027", "two.py")} <= found
    note = (place.tour / "two.md").read_text()
    assert 'at = "call add(\\"x\\")"' in note


def test_a_new_note_never_overwrites_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with pytest.raises(SrcreadError, match="is there already"):
        new_note(place.tour, "one", "pkg.add")
    with pytest.raises(SrcreadError, match="'a-stem'"):
        new_note(place.tour, "A Stem", "pkg.add")


def test_a_stem_is_suggested_from_a_symbol() -> None:
    assert suggest_stem("torch.nn.MultiheadAttention") == "torch-nn-multihead-attention"
    assert suggest_stem("注意力") == "note"


def test_a_lock_quotes_no_source(tmp_path: Path) -> None:
    place = Place(tmp_path, NOTE.replace("return total", "if total")).locked()
    data = json.loads((place.tour / "lock" / "one.json").read_text())
    assert "total > 9" not in json.dumps(data)
    assert data["distribution"] == "pkg"
