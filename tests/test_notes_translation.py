"""A step's languages: which file is the note, what a translation lacks, and when it is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcread.model import Diagnostic, Severity, Tour
from srcread.notes.format.tour import read_tour
from srcread.notes.format.translation import (
    missing_translations,
    source_digest,
    with_source_digest,
)
from srcread.notes.rules import apply_fixes, check_tour

TOUR = 'title = "T"\nentries = ["a.b"]\nlanguages = ["en", "zh"]\n[distributions]\na = "1.0"\n'
NOTE = (
    '+++\ntitle = "A fact"\nsymbol = "a.b"\n+++\nIt holds.[^a][^b]\n\n'
    '[^a]: claim "It holds."\n[^b]: claim "It is so."\n'
)
SNIPPET = 'import a\nassert a.x, "It holds."\nassert a.y, "It is so."\n'
CLAIMS = '[claims]\n"It holds." = "成立。"\n"It is so." = "如此。"\n'


def write(folder: Path, source: str = NOTE, translation: str | None = None) -> Path:
    tour = folder / "t"
    tour.mkdir(exist_ok=True)
    (tour / "tour.toml").write_text(TOUR)
    (tour / "one.md").write_text(source, encoding="utf-8")
    (tour / "one.py").write_text(SNIPPET)
    if translation is not None:
        (tour / "one.zh.md").write_text(translation, encoding="utf-8")
    return tour


def translated(digest: str, claims: str = CLAIMS, more: str = "") -> str:
    return f'+++\ntitle = "事实"\nsource_digest = "{digest}"\n{more}{claims}+++\n成立。[^a][^b]\n'


def current(folder: Path) -> str:
    """Return the digest that a translation of the note as written by default has."""
    (step,) = read_tour(write(folder))[0].steps
    assert step.snippet is not None
    return source_digest(step.note, step.snippet.claims)


def found(folder: Path) -> tuple[Tour, list[tuple[str, int]], tuple[Diagnostic, ...]]:
    tour, findings = read_tour(folder)
    return tour, [(one.code, one.line) for one in findings], findings


def test_a_current_translation_has_no_findings_and_its_words(tmp_path: Path) -> None:
    tour, codes, _ = found(write(tmp_path, NOTE, translated(current(tmp_path))))
    assert codes == []
    translation = tour.steps[0].translations["zh"]
    assert (translation.title, translation.body, translation.stale) == (
        "事实",
        "成立。[^a][^b]",
        False,
    )
    assert translation.claims == {"It holds.": "成立。", "It is so.": "如此。"}
    assert tour.steps[0].note.language == "en"


@pytest.mark.parametrize(
    "changed",
    [NOTE.replace("A fact", "Another fact"), NOTE.replace("It holds.[", "It always holds.[")],
)
def test_a_translation_is_stale_when_title_or_body_change(tmp_path: Path, changed: str) -> None:
    tour, codes, findings = found(write(tmp_path, changed, translated(current(tmp_path))))
    assert codes == [("TRANS005", 3)]
    assert findings[0].severity is Severity.WARNING
    assert "srcread accept one" in findings[0].hint
    assert tour.steps[0].translations["zh"].stale


def test_a_translation_is_stale_when_a_claim_changes(tmp_path: Path) -> None:
    folder = write(tmp_path, NOTE, translated(current(tmp_path), CLAIMS.replace("holds", "held")))
    (folder / "one.py").write_text(SNIPPET.replace("holds", "held"))
    assert found(folder)[1] == [("TRANS005", 3)]


def test_a_translation_is_current_when_only_keys_and_line_ends_change(tmp_path: Path) -> None:
    source = NOTE.replace("+++\nA", "trap = true\n+++\n\n\nA") + "\n\n"
    assert found(write(tmp_path, source, translated(current(tmp_path))))[1] == []


def test_a_note_may_exist_in_chinese_only(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "one.md").rename(folder / "one.zh.md")
    tour, codes, _ = found(folder)
    assert codes == []
    assert (tour.steps[0].note.language, tour.steps[0].translations) == ("zh", {})


def test_the_source_may_be_chinese_and_the_translation_english(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "one.md").write_text(translated(""), encoding="utf-8")
    (folder / "one.zh.md").write_text(NOTE)
    tour, codes, _ = found(folder)
    assert codes == [("TRANS004", 3)]
    assert list(tour.steps[0].translations) == ["en"]


@pytest.mark.parametrize(
    ("translation", "code", "line"),
    [
        (translated(""), "TRANS004", 3),
        (translated("").replace('source_digest = ""\n', ""), "TRANS004", 1),
        (translated("n2:abc"), "TRANS009", 3),
        (translated("", more='symbol = "a.b"\n'), "TRANS006", 4),
        (translated("", more="titel = 1\n"), "NOTE007", 4),
        (translated("", CLAIMS + '"It hold." = "x"\n'), "TRANS007", 7),
        (translated("", CLAIMS.replace('"如此。"', '" "')), "TRANS008", 4),
        (translated("", ""), "TRANS008", 1),
        (translated("", CLAIMS.replace('"成立。"', "5")), "NOTE008", 5),
        (translated("").replace("成立。[^a][^b]\n", ""), "NOTE013", 8),
        (translated("").replace("事实", ""), "NOTE009", 2),
    ],
)
def test_a_translation_is_held_to_its_format(
    tmp_path: Path, translation: str, code: str, line: int
) -> None:
    assert (code, line) in found(write(tmp_path, NOTE, translation))[1]


def test_an_unknown_claim_offers_the_nearest(tmp_path: Path) -> None:
    claims = CLAIMS.replace("It holds.", "It hold.")
    _, codes, findings = found(write(tmp_path, NOTE, translated(current(tmp_path), claims)))
    assert sorted(code for code, _ in codes) == ["TRANS007", "TRANS008"]
    assert "Did you mean 'It holds.'?" in "".join(map(str, findings))


SHOWING = SNIPPET + (
    "from srcread import lab\nfrom srcread.lab import show_grid\n"
    'show_grid("Weights", a.x, rows="query", columns="key")\n'
    'lab.show_grid("A mask", a.x, rows="query", columns="key")\n'
)


@pytest.mark.parametrize(
    ("grids", "codes"),
    [
        ('[grids]\n"Weights" = "权重"\n"A mask" = "掩码"\n', []),
        ('[grids]\n"Weights" = "权重"\n', ["TRANS015"]),
        ('[grids]\n"Weights" = "权重"\n"A mask" = " "\n', ["TRANS015"]),
        ("", ["TRANS015", "TRANS015"]),
        ('[grids]\n"Weights" = "权重"\n"A mask" = "掩码"\n"A musk" = "x"\n', ["TRANS014"]),
        ('[grids]\n"Weights" = 5\n"A mask" = "掩码"\n', ["TRANS015", "NOTE008"]),
    ],
)
def test_the_titles_of_grids_are_translated_by_the_snippets_own(
    tmp_path: Path, grids: str, codes: list[str]
) -> None:
    folder = write(tmp_path, NOTE, translated(current(tmp_path), CLAIMS + grids))
    (folder / "one.py").write_text(SHOWING)
    _, found_codes, findings = found(folder)
    assert [code for code, _ in found_codes] == codes
    by_code = {one.code: one for one in findings}
    if "TRANS014" in by_code:
        assert by_code["TRANS014"].severity is Severity.ERROR
        assert "Did you mean 'A mask'?" in by_code["TRANS014"].hint
    if "TRANS015" in by_code:
        assert by_code["TRANS015"].severity is Severity.WARNING


def test_a_step_of_translations_only_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path, translated(""))
    assert found(folder)[1] == [("TRANS001", 3)]


def test_two_notes_that_both_name_a_symbol_are_an_error(tmp_path: Path) -> None:
    assert found(write(tmp_path, NOTE, NOTE))[1][0] == ("TRANS002", 1)


def test_a_language_that_the_tour_lacks_is_an_error_that_lists_those_it_has(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "one.zn.md").write_text(translated(current(tmp_path)), encoding="utf-8")
    _, codes, findings = found(folder)
    assert codes == [("TRANS003", 0)]
    assert "en, zh" in findings[0].hint


def test_a_missing_translation_is_told_only_on_request(tmp_path: Path) -> None:
    folder = write(tmp_path)
    checked = check_tour(folder)
    assert checked.diagnostics == ()
    (one,) = missing_translations(checked.tour.steps, checked.tour.languages)
    assert (one.code, one.severity) == ("TRANS010", Severity.WARNING)
    assert "one.zh.md" in one.hint


@pytest.mark.parametrize(
    "translation", [translated(""), translated("").replace('source_digest = ""\n', "")]
)
def test_the_fix_fills_in_the_digest_and_nothing_else(tmp_path: Path, translation: str) -> None:
    folder = write(tmp_path, NOTE, translation)
    (path,) = apply_fixes(check_tour(folder).fixes)
    assert check_tour(folder).diagnostics == ()
    before, after = translation.split("\n"), path.read_text(encoding="utf-8").split("\n")
    assert [line for line in after if "source_digest" not in line] == [
        line for line in before if "source_digest" not in line
    ]


def test_the_fix_leaves_a_stale_digest_to_a_person(tmp_path: Path) -> None:
    stale = NOTE.replace("It holds.[", "It always holds.[")
    assert check_tour(write(tmp_path, stale, translated(current(tmp_path)))).fixes == ()


def test_a_digest_is_written_above_every_table() -> None:
    text = '+++\n[claims]\n"x." = "y"\n+++\nz\n'
    assert with_source_digest(Path("one.zh.md"), text, "n1:0").startswith(
        '+++\nsource_digest = "n1:0"\n[claims]\n'
    )
