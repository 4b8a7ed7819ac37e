"""Scenarios of a tour, from the command line: recorded, kept, refused, merged into the graph."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.site_outline import outline
from support.story_example import contents, install, process, srcread, write, write_tour

pytestmark = pytest.mark.skipif(os.name != "posix", reason="scenarios run on Linux and macOS only")

RUN = '''"""Three layers, of which one scales."""

from tiny import Model

GROUP = "reading"
output = Model(3).run(5)
'''
FAILS = '''"""A value that cannot be scaled."""

from tiny import Model

GROUP = "errors"
try:
    Model(3).run(None)
except TypeError as error:
    output = error
'''
TOURS = ("--annotations", "annotations")
ITSELF_AGAIN = '''

import importlib.util
import sys


def __getattr__(name):
    """Give what is made when it is asked for, from a module that then takes this one's place."""
    if name != "made":
        raise AttributeError(name)
    sys.modules["tiny"] = again = importlib.util.module_from_spec(__spec__)
    __spec__.loader.exec_module(again)
    again.made = 7
    return again.made
'''
LINES = """\
functions = ["tiny.model.Layer.run", "tiny.model.Model.run"]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a tour of an installed package, and an interpreter that has both."""
    site = install(tmp_path / "site")
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    folder = write_tour(tmp_path / "annotations")
    write(folder / "scenarios", {"run.py": RUN, "fails.py": FAILS, "lines.toml": LINES})
    venv.create(tmp_path / "venv", symlinks=True)
    (packages,) = (tmp_path / "venv").glob("lib/*/site-packages")
    (packages / "site.pth").write_text(f"{site}\n")
    return tmp_path


def trace(*arguments: str) -> tuple[int, str]:
    result = srcread("trace", *arguments, *TOURS, "--python", "venv/bin/python")
    return result.exit_code, result.output


def test_scenarios_are_recorded_and_a_second_run_changes_nothing(here: Path) -> None:
    status, output = trace()
    assert status == 0, output
    lines = output.splitlines()
    assert lines[0].split()[:7] == ["tiny-model/fails", "9", "cases", "5", "of", "6", "lines"]
    assert "recorded" in lines[0] and "tiny-model/run" in lines[1]
    assert lines[2].startswith("2 of 2 scenarios recorded, 6 of 6 lines")
    before = contents(here / "annotations")
    assert {name for name in before if "traces" in name} == {
        "tiny-model/traces/fails.cpu.json",
        "tiny-model/traces/run.cpu.json",
    }
    status, output = trace("run", "tiny-model/fails")
    assert output.count("as recorded") == 2
    assert contents(here / "annotations") == before
    assert str(here) not in "".join(data.decode() for data in before.values())


def test_a_trace_holds_branches_calls_and_the_error(here: Path) -> None:
    assert trace()[0] == 0
    folder = here / "annotations" / "tiny-model" / "traces"
    content = json.loads((folder / "fails.cpu.json").read_text())
    assert "TypeError: unsupported operand" in json.dumps(content["cases"])
    assert [row[0] for row in content["symbols"]] == [
        "tiny.model.Layer.__init__",
        "tiny.model.Model.__init__",
        "tiny.model.Layer.run",
        "tiny.ops.scale",
        "tiny.model.Model.run",
    ]
    assert content["environment"]["device"]["kind"] == "cpu"


def test_the_graph_shows_what_was_observed(here: Path) -> None:
    assert trace()[0] == 0
    plain = json.loads(srcread("graph", "tiny.Model", "--json").stdout)
    merged = json.loads(srcread("graph", "tiny.Model", "--json", "--observed").stdout)
    assert {edge["certainty"] for edge in plain["edges"]} == {"resolved"}
    observed = [edge["callee"] for edge in merged["edges"] if edge["certainty"] == "observed"]
    assert sorted(observed) == [
        "tiny.model.Layer.__init__", "tiny.model.Layer.run", "tiny.ops.scale"
    ]  # fmt: skip
    assert len(merged["edges"]) == len(plain["edges"])
    assert "tiny.ops.scale (observed)" in srcread("graph", "tiny.Model", "--observed").output


def test_a_trace_of_another_source_is_left_out_of_the_graph(here: Path) -> None:
    assert trace()[0] == 0
    model = here / "site" / "tiny" / "model.py"
    model.write_text(model.read_text().replace("self.size > 1", "self.size > 0"))
    result = srcread("graph", "tiny.Model", "--observed")
    assert "(observed)" not in result.stdout
    assert "TRAC006 It was recorded of another 'tiny.model.Layer.run'" in result.stderr


def test_a_trace_that_cannot_be_used_is_named_and_the_graph_is_of_the_others(here: Path) -> None:
    assert trace()[0] == 0
    write(here / "annotations/tiny-model/traces", {"fails.cpu.json": "[]"})
    for more in ((), ("--json",)):
        result = srcread("graph", "tiny.Model", "--observed", *more)
        assert result.exit_code == 1
        assert "error: TRAC004 fails.cpu.json is no trace" in result.stderr
        assert "observed" in result.stdout
    assert srcread("graph", "tiny.Model").exit_code == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\udc80"])
def test_no_build_passes_over_a_trace_that_cannot_be_used(here: Path, text: str) -> None:
    path = here / "annotations/tiny-model/traces/run.cpu.json"
    path.parent.mkdir()
    path.write_text(text, "utf-8", "surrogateescape")
    for _ in range(2):  # the second time out of the cache
        result = srcread("build", *TOURS, "-o", "out")
        assert result.exit_code == 1
        assert "run.cpu.json:" in result.stderr and ": error: TRAC00" in result.stderr


PAGE = Path("out/en/tiny-model/1.0/tiny.model.Layer.run.html")


def build() -> str:
    srcread("check", "--fix", *TOURS)  # locks the notes
    result = srcread("build", *TOURS, "-o", "out")
    assert result.exit_code == 0, result.output
    return result.output


def test_the_site_shows_what_was_recorded(here: Path) -> None:
    trace()
    assert "TRAC" not in build()
    text = outline(PAGE.read_text("utf-8"))
    assert "p: Three layers, of which one scales Python 3." in text
    assert "if self.size > 1: ran not taken: self.size > 1 → 0" in text
    assert "x = scale(x, self.size) ran on another path of this scenario" in text
    assert "li: scale function line 12 seen in a run" in text


def test_an_edited_note_does_not_read_the_traces_again(here: Path) -> None:
    trace()
    build()
    note = here / "annotations/tiny-model/first-layers.md"
    note.write_text(note.read_text("utf-8") + "\nMore.\n", "utf-8")
    code = (
        "import sys; from pathlib import Path; from srcread.stories.build import build; "
        "print(build([], Path('out'), annotations=Path('annotations')).written > 0, "
        "'srcread.evidence.traces.content' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert ran.stdout == "True False\n"


def test_a_trace_of_another_source_or_script_is_left_out_of_the_site(here: Path) -> None:
    trace()
    script = here / "annotations/tiny-model/scenarios/run.py"
    script.write_text(RUN.replace("run(5)", "run(6)"), "utf-8")
    (here / "annotations/tiny-model/scenarios/fails.py").unlink()
    output = build()
    assert "TRAC007 Its scenario 'run' has changed since, and it is left out." in output
    assert "TRAC007 Its scenario 'fails' cannot be read or is gone, and it is left out." in output
    assert "What a run did" not in PAGE.read_text("utf-8")
    script.write_text(RUN, "utf-8")
    source = here / "site/tiny/ops.py"
    source.write_text(source.read_text("utf-8").replace("x * by", "by * x"), "utf-8")
    assert "TRAC006 It was recorded of another 'tiny.ops.scale', and is left out." in build()


def test_a_trace_that_is_no_trace_stops_the_build_with_a_finding(here: Path) -> None:
    write(here / "annotations/tiny-model/traces", {"run.cpu.json": "[]"})
    result = srcread("build", *TOURS, "-o", "out")
    assert result.exit_code == 1
    assert "TRAC004 run.cpu.json is no trace: it has no key 'format'." in result.output


@pytest.mark.parametrize("name", ["traces/run.cpu.json", "scenarios/fails.py"])
def test_a_pipe_among_traces_or_scenarios_does_not_hang_a_build(here: Path, name: str) -> None:
    path = here / "annotations/tiny-model" / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    write(here / "annotations/tiny-model/traces", {"gone.cpu.json": "[]"})
    done = process("build", *TOURS, "-o", "out", cwd=here, site=here / "site")
    assert "TRAC004 gone.cpu.json is no trace" in done.stderr


def test_a_scenario_that_cannot_be_recorded_says_why_and_keeps_its_old_trace(here: Path) -> None:
    assert trace()[0] == 0
    folder = here / "annotations" / "tiny-model"
    before = contents(folder / "traces")
    write(folder / "scenarios", {"run.py": RUN.replace("run(5)", "run()")})
    status, output = trace("run")
    assert status == 1
    assert "tiny-model/run" in output and "NOT RECORDED on cpu" in output
    assert "a plain run failed: raised TypeError at line 6" in output
    assert "1 scenario not recorded." in output
    assert contents(folder / "traces") == before


def test_a_package_that_takes_its_own_place_when_a_name_is_asked_of_it_is_traced(
    here: Path,
) -> None:
    init = here / "site" / "tiny" / "__init__.py"
    init.write_text(init.read_text("utf-8") + ITSELF_AGAIN, "utf-8")
    asks = RUN.replace("from tiny import Model", "from tiny import Model, made")
    asks = asks.replace("run(5)", "run(made)")
    write(here / "annotations" / "tiny-model" / "scenarios", {"run.py": asks})
    status, output = trace("run")
    assert status == 0, output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs"], "There is no scenario 'runs'. Did you mean 'run'?"),
        (["tiny-modle/run"], "There is no tour 'tiny-modle'. Did you mean 'tiny-model'?"),
        (["--device", "gpu"], "Unknown device 'gpu'; known are cpu, cuda."),
        (["--device", "cpu,cudaa"], "Did you mean 'cuda'?"),
    ],
)
def test_what_cannot_be_traced_is_one_line(here: Path, arguments: list[str], words: str) -> None:
    status, output = trace(*arguments)
    assert status == 2
    assert words in output and output.count("\n") == 1


def test_a_device_named_twice_is_one(here: Path) -> None:
    status, output = trace("run", "--device", "cpu, cpu,cpu")
    assert status == 0
    assert output.count("tiny-model/run") == 1 and "1 of 1 scenario recorded" in output


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are of Linux")
def test_a_chosen_sandbox_is_the_one_that_is_recorded(here: Path) -> None:
    assert trace("run", "--sandbox", "limits")[0] == 2
    for level in ("limits", "namespaces"):
        assert trace("run", "--sandbox", level, "--trust")[0] == 0
        content = json.loads((here / "annotations/tiny-model/traces/run.cpu.json").read_text())
        assert content["environment"]["sandbox"][0] == level


def test_traces_travel_in_an_archive_and_are_the_same_at_home(here: Path) -> None:
    tour = here / "annotations" / "tiny-model"
    status, output = trace("--out", "home.zip")
    assert status == 0 and "2 traces packed into home.zip." in output
    assert not (tour / "traces").exists()
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    assert (taken.exit_code, taken.stderr) == (0, "")
    assert taken.stdout.count("(recorded)") == 2
    assert taken.stdout.splitlines()[-1] == "0 runs and 2 traces taken in."
    home = contents(tour / "traces")
    assert srcread("evidence", "import", "home.zip", *TOURS).stdout.count("(as recorded)") == 2
    assert all(b'"imported": "20' in data for data in home.values())
    assert trace()[0] == 0  # one's own takes the place of what was imported, and stays
    own = contents(tour / "traces")
    assert not any(b"imported" in data for data in own.values())
    assert srcread("evidence", "import", "home.zip", *TOURS).exit_code == 0
    assert contents(tour / "traces") == own


def test_an_imported_trace_says_so_on_its_page(here: Path) -> None:
    assert trace("--out", "home.zip", "--by", "Ada Example")[0] == 0
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    today = datetime.now(UTC).date().isoformat()
    words = f"imported on {today}; by its own word recorded on {today} by Ada Example"
    assert taken.stdout.count(words) == 2
    build()
    assert words in outline(PAGE.read_text("utf-8"))


def test_a_trace_of_a_day_to_come_is_not_read(here: Path) -> None:
    assert trace()[0] == 0
    path = here / "annotations/tiny-model/traces/run.cpu.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "date": "2999-01-01"}))
    result = srcread("build", *TOURS, "-o", "out")
    assert result.exit_code == 1
    assert "error: TRAC004 run.cpu.json is of 2999-01-01, a day that is still" in result.stderr


def test_a_trace_of_another_scenario_or_source_or_none_at_all_is_not_taken_in(here: Path) -> None:
    tour = here / "annotations" / "tiny-model"
    assert trace("--out", "home.zip")[0] == 0
    (tour / "scenarios" / "run.py").write_text(RUN + "\n# new\n")
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    assert taken.exit_code == 1
    assert "run.cpu.json: error: TRAC007 Its scenario 'run' has changed since" in taken.stderr
    assert list(contents(tour / "traces")) == ["fails.cpu.json"]
    source = here / "site" / "tiny" / "ops.py"
    source.write_text(source.read_text().replace("x * by", "by * x"))
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    assert "error: TRAC006 It was recorded of another 'tiny.ops.scale'" in taken.stderr
    assert "0 runs taken in." in taken.stdout
    with zipfile.ZipFile("home.zip", "w") as archive:
        archive.writestr("tiny-model/traces/run.cpu.json", "[]")
        archive.writestr("tiny-modle/traces/run.cpu.json", "[]")
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    assert "home.zip/tiny-model/traces/run.cpu.json: error: TRAC004" in taken.stderr
    assert "EVID008 is of a tour that is not here. Did you mean 'tiny-model'?" in taken.stderr
    assert list(contents(tour / "traces")) == ["fails.cpu.json"]


def test_an_archive_that_cannot_be_written_is_told_before_anything_runs(here: Path) -> None:
    status, output = trace("--out", "none/home.zip")
    assert status == 2
    assert output == "srcread: 'none/home.zip' cannot be written: there is no 'none'.\n"


def test_a_broken_scenario_is_a_finding_of_trace_and_of_check(here: Path) -> None:
    folder = here / "annotations" / "tiny-model"
    write(folder / "scenarios", {"run.py": RUN.replace('"reading"', '"raeding"')})
    status, output = trace()
    assert status == 1
    assert "run.py:5: error: SCEN003" in output and "Did you mean 'reading'?" in output
    assert not (folder / "traces").exists()
    assert "SCEN003" in srcread("check", *TOURS).output


def test_check_tells_which_lines_no_scenario_runs_and_which_excuses_are_wrong(here: Path) -> None:
    assert trace()[0] == 0
    scenarios = here / "annotations" / "tiny-model" / "scenarios"
    assert "LINE" not in srcread("check", *TOURS).output
    row = '[[unreached]]\nsymbol = "tiny.model.Layer.run"\nat = "assign x"\n'
    row += 'reason = "not reached"\nwhy = "No scenario scales."\n'
    write(scenarios, {"lines.toml": LINES + row})
    assert (
        "LINE004 unreached 1: line 12 of tiny.model.Layer.run is run."
        in srcread("check", *TOURS).output
    )
    write(scenarios, {"lines.toml": LINES.replace("Model.run", "Layer.__init__")})
    assert "LINE" not in srcread("check", *TOURS).output
    write(scenarios, {"lines.toml": LINES + row})
    for path in (scenarios.parent / "traces").iterdir():
        path.unlink()
    output = srcread("check", *TOURS).output
    assert "LINE005 No scenario runs these lines of tiny.model.Layer.run" in output
    assert "counted from its first: 1, 3." in output


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("functions = [", "LINE001", "It cannot be read"),
        ("function = []", "LINE002", "Unknown key 'function'. Did you mean 'functions'?"),
        ("functions = [1]", "LINE002", "'functions' must be a list of texts."),
        ("functions = []\nunreached = 1", "LINE002", "'unreached' must be tables"),
        ("functions = []\n[[unreached]]\nsymbol = 1", "LINE002", "'symbol' must be a text."),
        (
            'functions = []\n[[unreached]]\nsymbol = "tiny.model.Layer.run"\nline = 3\n'
            'reason = "ded"\nwhy = "x"',
            "LINE002",
            "reason 'ded' is none.",
        ),
        (
            'functions = []\n[[unreached]]\nsymbol = "tiny.model.Layer.run"\nreason = "dead"\n'
            'why = "x"\nwhys = ["x"]',
            "LINE002",
            "unreached 1: 'whys' must be texts by language.",
        ),
        (
            'functions = []\n[[unreached]]\nsymbol = "tiny.model.Layer.run"\nat = "for y"\n'
            'reason = "dead"\nwhy = "x"',
            "LINE003",
            "unreached 1: selector 'for y' names no place",
        ),
    ],
)
def test_what_is_wrong_with_the_excuses_is_said(
    here: Path, text: str, code: str, words: str
) -> None:
    scenarios = here / "annotations" / "tiny-model" / "scenarios"
    write(scenarios, {"lines.toml": text})
    output = srcread("check", *TOURS).output
    assert code in output and words in output


def rename(site: Path, old: str, new: str) -> None:
    """Let the installed package be another version, its code as it was."""
    info = site / f"tiny-{old}.dist-info"
    metadata = info / "METADATA"
    metadata.write_text(metadata.read_text().replace(old, new))
    info.rename(site / f"tiny-{new}.dist-info")


def test_a_trace_of_another_version_is_never_shown_as_one_of_the_pinned(here: Path) -> None:
    assert trace()[0] == 0
    rename(here / "site", "1.0", "1.1")
    settings = here / "annotations/tiny-model/tour.toml"
    settings.write_text(settings.read_text().replace('"1.0"', '"1.1"'))
    words = "TRAC008 It ran on tiny 1.0, and the tour reads tiny 1.1, so it is left out."
    assert build().count(words) == 2
    page = Path("out/en/tiny-model/1.1/tiny.model.Layer.run.html").read_text("utf-8")
    assert "What a run did" not in page
    checked = srcread("check", *TOURS)
    assert checked.exit_code == 0
    assert checked.stderr.count(f"warning: {words} Run `srcread trace ") == 2
    assert "LINE005" in checked.stderr  # it counts no line as run, either
    assert srcread("check", "--strict", *TOURS).exit_code == 1
    assert words in srcread("graph", "tiny.Model", "--observed").stderr


def test_a_trace_on_another_version_is_not_recorded_and_not_taken_in(here: Path) -> None:
    assert trace()[0] == 0
    tour = here / "annotations/tiny-model"
    before = contents(tour / "traces")
    settings = tour / "tour.toml"
    install(here / "other", "0.9")
    (packages,) = (here / "venv").glob("lib/*/site-packages")
    (packages / "site.pth").write_text(f"{here / 'other'}\n")
    status, output = trace("run")
    assert status == 1
    assert "it ran on tiny 0.9, and the tour reads tiny 1.0" in output
    assert contents(tour / "traces") == before
    settings.write_text(settings.read_text().replace('"1.0"', '"0.9"'))
    rename(here / "site", "1.0", "0.9")
    assert trace("--out", "home.zip")[0] == 0
    rename(here / "site", "0.9", "1.0")
    settings.write_text(settings.read_text().replace('"0.9"', '"1.0"'))
    taken = srcread("evidence", "import", "home.zip", *TOURS)
    assert taken.exit_code == 1
    assert taken.stderr.count("error: TRAC008 It ran on tiny 0.9, and the tour reads") == 2
    assert contents(tour / "traces") == before


def test_a_scenario_without_a_trace_is_named(here: Path) -> None:
    assert trace("run")[0] == 0
    checked = srcread("check", *TOURS)
    assert "scenarios/fails.py: warning: TRAC009 It has no trace" in checked.stderr
    assert "run.py: warning: TRAC009" not in checked.stderr
