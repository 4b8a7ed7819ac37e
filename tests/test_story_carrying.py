"""Evidence that travels: packed on one machine, taken in on another, and what is not taken in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.site_outline import outline
from support.story_example import SNIPPET, contents, install, process, srcread, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tour `tiny-model`, and its evidence in home.zip alone."""
    here = tmp_path_factory.mktemp("recorded")
    site = install(here / "installed")
    write_tour(here / "annotations")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here / "venv"], check=True)
    packages = next((here / "venv" / "lib").glob("python*")) / "site-packages"
    packages.joinpath("tiny.pth").write_text(str(site))
    assert process("check", "tiny-model", "--fix", cwd=here, site=site).returncode == 0
    words = ("confirm", "tiny-model", "--python", "venv", "--out", "home.zip")
    done = process(*words, cwd=here, site=site)
    assert done.returncode == 0, done.stderr
    assert "2 notes packed into home.zip." in done.stdout
    return here


@pytest.fixture
def here(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, as on the machine where the notes are."""
    for name in ("annotations", "installed"):
        shutil.copytree(recorded / name, tmp_path / name)
    shutil.copy(recorded / "home.zip", tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evidence(here: Path) -> dict[str, bytes]:
    folder = here / "annotations" / "tiny-model" / "evidence"
    return contents(folder) if folder.exists() else {}


def packed(here: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(here / "home.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(here: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(here / "home.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_what_is_packed_elsewhere_and_taken_in_confirms_the_notes_here(here: Path) -> None:
    assert evidence(here) == {}
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "2 runs taken in."
    assert "2 steps, 1 confirmed" in srcread("outline", "tiny-model").stdout
    assert evidence(here).keys() == {Path(name).name for name in packed(here)}
    for name, data in packed(here).items():
        (run,) = json.loads(evidence(here)[Path(name).name])["runs"]
        assert run.pop("imported") == TODAY
        assert [run] == json.loads(data)["runs"]
    again = srcread("evidence", "import", "home.zip")
    assert again.stdout.count("(as recorded)") == 2


def test_a_run_of_another_snippet_is_not_taken_in_and_the_rest_is(here: Path) -> None:
    (here / "annotations" / "tiny-model" / "first-layers.py").write_text(SNIPPET + "\n# new\n")
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 1
    assert "first-layers.json: error: EVID009 run 1 is about another snippet." in done.stderr
    assert list(evidence(here)) == ["layer-order.json"]


def altered(data: bytes, **changes: Any) -> bytes:
    content = json.loads(data)
    content["runs"][0].update(changes)
    return json.dumps(content).encode()


ABOUT = {"tiny.model.Layer.run": "d1:00"}
FIRST, SECOND = (f"tiny-model/evidence/{stem}.json" for stem in ("first-layers", "layer-order"))


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        (FIRST, lambda data: b"no JSON", "EVID002"),
        (FIRST, lambda data: b"\xff\xfe", "EVID001"),
        (FIRST, lambda data: data.replace(b'"format": 2', b'"format": 3'), "EVID003"),
        (FIRST, lambda data: altered(data, date=5), "EVID004"),
        (FIRST, lambda data: altered(data, claims=[]), "EVID005"),
        (FIRST, lambda data: altered(data, digests={"snippet": "", "symbols": ABOUT}), "EVID009"),
        (FIRST, lambda data: data.replace(b'"sentence": "', b'"sentence": "Not that '), "EVID014"),
        (SECOND.replace("layer", "lawyer"), lambda data: data, "EVID008"),
        (FIRST.replace("tiny-model", "tiny-modle"), lambda data: data, "EVID008"),
        ("README.md", lambda data: data, "EVID008"),
        ("tiny-model/first-layers.py", lambda data: b"import os", "EVID008"),
    ],
)
def test_what_is_corrupt_or_foreign_is_a_finding_and_changes_nothing(
    here: Path, name: str, change: Any, code: str
) -> None:
    files = packed(here)
    before = contents(here / "annotations")
    repack(here, {name: change(files[FIRST])})
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 1, done.stderr
    assert f"error: {code} " in done.stderr
    assert done.stdout == "0 runs taken in.\n"
    assert contents(here / "annotations") == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../annotations/tiny-model/tour.toml", "is not safe to unpack"),
        ("/tmp/evidence.json", "is not safe to unpack"),
        ("tiny-model/evidence/a\\b.json", "is not safe to unpack"),
    ],
)
def test_an_archive_that_reaches_elsewhere_is_refused_whole(
    here: Path, name: str, words: str
) -> None:
    repack(here, {**packed(here), name: b"{}"})
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert evidence(here) == {}


TODAY = datetime.now(UTC).date().isoformat()


def test_what_was_imported_says_so_on_its_page_in_its_file_and_for_programs(here: Path) -> None:
    files = {name: altered(data, by="Ada Example") for name, data in packed(here).items()}
    repack(here, files)
    date = json.loads(files[FIRST])["runs"][0]["date"]
    words = f"imported on {TODAY}; by its own word recorded on {date} by Ada Example"
    taken = srcread("evidence", "import", "home.zip")
    assert taken.stdout.count(f"               {words}\n") == 2
    (run,) = json.loads(evidence(here)["first-layers.json"])["runs"]
    assert (run["by"], run["imported"]) == ("Ada Example", TODAY)
    assert srcread("outline", "tiny-model").stdout.count(words) == 2
    told = json.loads(srcread("outline", "tiny-model", "--json").stdout)["steps"][1]
    assert told["said"] == ["confirmed on CPU only", words]
    assert (told["run"]["by"], told["run"]["imported"]) == ("Ada Example", TODAY)
    assert (told["run"]["date"], told["status"]) == (date, "confirmed")
    settings = here / "annotations" / "tiny-model" / "tour.toml"
    settings.write_text(
        settings.read_text().replace("entries", 'languages = ["en", "zh"]\nentries')
    )
    assert srcread("build", "tiny-model").exit_code == 0
    name = "tiny-model/1.0/tiny.model.Layer.run.html"
    assert f"confirmed on CPU only · {words}" in outline(Path("site/en", name).read_text("utf-8"))
    chinese = f"于 {TODAY} 导入\uff1b据其自述由 Ada Example 于 {date} 记录"
    assert f"仅在 CPU 上验证 · {chinese}" in outline(Path("site/zh", name).read_text("utf-8"))


def test_what_names_nobody_says_that(here: Path) -> None:
    words = f"imported on {TODAY}; by its own word recorded on "
    assert f"{words}{TODAY[:4]}" in srcread("evidence", "import", "home.zip").stdout
    assert ", it names nobody" in srcread("outline", "tiny-model").stdout


def test_what_an_archive_says_of_its_import_is_not_believed(here: Path) -> None:
    files = packed(here)
    repack(here, {FIRST: altered(files[FIRST], imported="2020-01-01")})
    assert srcread("evidence", "import", "home.zip").exit_code == 0
    (run,) = json.loads(evidence(here)["first-layers.json"])["runs"]
    assert run["imported"] == TODAY


def reached(**changes: Any) -> list[dict[str, Any]]:
    whole = {"symbol": "tiny.model.Layer.run", "entered": True, "unreached": [], "reason": None}
    return [{**whole, "reached": [1], **changes}]


FALSE = {"code": "claim-false", "claim": 1, "sentence": "Of three layers only the last one scales."}
UNHELD = {"sentence": FALSE["sentence"], "evaluations": 1, "held": False}
NEEDS = {"code": "cannot-run", "why": {"code": "needs", "name": "tiny"}}
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a day to come": ({"date": "2999-01-01"}, "EVID024", "is of 2999-01-01, a day that is still"),
    "too long an output": ({"output": "x" * 70_000}, "EVID025", "printed 70,000 characters"),
    "a line that is not there": (
        {"reach": reached(reached=[40])}, "EVID005",
        "tells of line 41 of tiny.model.Layer.run, which has 4",
    ),
    "a function that is not there": (
        {"replaced": ["os.system"], "executed": {"os.system": "d1:00"}}, "EVID005",
        "replaced os.system, which the tour does not know",
    ),
    "a run that could not be": (
        {"confirmed": False, "reasons": [NEEDS], "claims": [UNHELD]}, "EVID027",
        "is no evidence: cannot run here: needs tiny",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_run_here_can_have_been_is_not_taken_in(here: Path, case: str) -> None:
    changes, code, words = REFUSED[case]
    repack(here, {FIRST: altered(packed(here)[FIRST], **changes)})
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stdout) == (1, "0 runs taken in.\n")
    assert f"error: {code} run 1 {words}" in done.stderr
    assert evidence(here) == {}


@pytest.mark.parametrize("case", ["a line that is not there", "a function that is not there"])
def test_nor_is_it_weighed_where_it_lies_in_a_tour(here: Path, case: str) -> None:
    changes, code, words = REFUSED[case]
    folder = here / "annotations" / "tiny-model" / "evidence"
    folder.mkdir()
    (folder / "first-layers.json").write_bytes(altered(packed(here)[FIRST], **changes))
    checked = srcread("check", "tiny-model")
    assert checked.exit_code == 1
    assert f"evidence/first-layers.json: error: {code} The run of " in checked.stderr
    assert words in checked.stderr
    assert "first-layers.md: warning: EVID020 The page says 'not confirmed: never run'" in (
        checked.stderr
    )


def test_an_imported_run_does_not_belie_one_that_was_recorded_here(here: Path) -> None:
    data = packed(here)[FIRST]
    folder = here / "annotations" / "tiny-model" / "evidence"
    folder.mkdir()
    (folder / "first-layers.json").write_bytes(data)
    before = evidence(here)
    repack(
        here,
        {FIRST: altered(data, confirmed=False, reasons=[FALSE], claims=[UNHELD], reach=[])},
    )
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 1
    assert "error: EVID026 run 1 belies the one of " in done.stderr
    assert evidence(here) == before


def test_who_recorded_goes_with_an_archive_alone(here: Path) -> None:
    for words, said in (
        (("--by", "Ada"), "--by goes with --out: what is recorded here names nobody."),
        (("--by", "A\nB", "--out", "x.zip"), "is no name: one line of at most 100 characters."),
    ):
        done = srcread("confirm", "tiny-model", *words)
        assert done.exit_code == 2 and said in done.stderr


def test_an_empty_archive_is_wrong_usage(here: Path) -> None:
    repack(here, {})
    done = srcread("evidence", "import", "home.zip")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "srcread: 'home.zip' is empty: no run was packed into it.\n"


def test_where_nothing_ran_no_archive_is_written_and_none_is_told_of(here: Path) -> None:
    words = ("confirm", "tiny-model", "--out", "no.zip", "--python", str(shutil.which("true")))
    done = srcread(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert not (here / "no.zip").exists()


@pytest.mark.parametrize("command", ["confirm", "trace"])
def test_an_archive_that_is_there_is_named_before_anything_runs(here: Path, command: str) -> None:
    before = (here / "home.zip").read_bytes()
    done = srcread(command, "no-such-tour", "--out", "home.zip")
    assert (done.exit_code, done.stdout) == (2, "")
    words = "'home.zip' is there already. Name another file, or use --force."
    assert done.stderr == f"srcread: {words}\n"
    assert (here / "home.zip").read_bytes() == before


def test_what_is_no_plain_file_is_not_replaced_even_by_force(here: Path) -> None:
    os.mkfifo(here / "pipe")
    (here / "link").symlink_to("nowhere/home.zip")
    for name in ("pipe", "link"):
        done = srcread("confirm", "tiny-model", "--out", name, "--force")
        words = f"'{name}' cannot be written: it is no plain file. Name another."
        assert (done.exit_code, done.stderr) == (2, f"srcread: {words}\n")
    alone = srcread("confirm", "tiny-model", "--force")
    assert (alone.exit_code, alone.stderr.count("\n")) == (2, 1)
    assert "--force replaces the FILE of --out, and there is none." in alone.stderr


def test_by_force_an_archive_is_replaced_and_a_link_to_it_stays(recorded: Path, here: Path) -> None:
    (here / "home.zip").rename(here / "old.zip")
    (here / "home.zip").symlink_to("old.zip")
    words = ("confirm", "first-layers", "--python", str(recorded / "venv"), "--out", "home.zip")
    done = srcread(*words, "--force", "--trust")
    assert done.exit_code == 0, done.output
    assert list(packed(here)) == ["tiny-model/evidence/first-layers.json"]
    assert os.readlink(here / "home.zip") == "old.zip"


def test_an_archive_that_came_into_being_during_the_run_stays(recorded: Path, here: Path) -> None:
    snippet = here / "annotations" / "tiny-model" / "first-layers.py"
    snippet.write_text(f"open({str(here / 'new.zip')!r}, 'w').write('mine')\n" + SNIPPET)
    words = ["--python", str(recorded / "venv"), "--out", "new.zip", "--trust"]
    done = srcread("confirm", "first-layers", *words, "--sandbox", "limits")
    assert done.exit_code == 0, done.output
    assert "1 note packed into new.2.zip." in done.stdout
    assert (here / "new.zip").read_text() == "mine"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_archive_is_said_in_one_line(here: Path, data: bytes) -> None:
    (here / "home.zip").write_bytes(data)
    done = srcread("evidence", "import", "home.zip")
    assert done.exit_code == 2
    assert "'home.zip' is no archive of evidence" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_named_with_the_nearest(here: Path) -> None:
    done = srcread("evidence", "import", "hoem.zip")
    assert done.exit_code == 2
    assert "There is no file 'hoem.zip'. Did you mean 'home.zip'?" in done.stderr
