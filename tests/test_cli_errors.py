"""What is wrong is said in one line, with the nearest valid name or the next command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.story_example import ROOT, environment, install, process, srcread, write, write_tour

from srcread.cli import main
from srcread.cli.console import echo


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a tour, two modules and broken files; the package index is not reachable."""
    monkeypatch.syspath_prepend(install(tmp_path / "installed"))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{closed.getsockname()[1]}/simple")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        work = tmp_path / "work"
        write_tour(work / "annotations")
        write(
            work,
            {
                "models/model.py": "class MyModel:\n    def run(self):\n        return 1\n",
                "models/two-words.py": "def go():\n    return 1\n",
                "models/notes.txt": "no Python\n",
                "models/empty.py": "",
                "models/syntax.py": "def f(:\n",
                "models/null.py": "x = 1\n\0\n",
                "models/deep.py": f"x = {'(' * 250}1{')' * 250}\n",
                "models/old.py": "print 'two'\n",
            },
        )
        (work / "models" / "latin.py").write_bytes(b"name = '\xff'\n")
        monkeypatch.chdir(work)
        yield work


WRONG = {
    "an unknown command": ("buidl", "There is no command 'buidl'. Did you mean 'build'?"),
    "an unknown option": ("build --opne", "No such option '--opne'"),
    "an unknown option of the whole": ("--verbos", "No such option '--verbos'"),
    "a missing argument": ("graph", "Missing argument 'ENTRY'. See `srcread graph --help`."),
    "an argument too many": ("graph a b", "unexpected extra argument"),
    "a depth that is no number": ("graph tiny --depth x", "Invalid value for '--depth': 'x'"),
    "a format": ("check --format xml", "'xml' is not one of 'text', 'json', 'github', 'sarif'"),
    "a tour": ("build tiny-modle", "There is no tour 'tiny-modle'. Did you mean 'tiny-model'?"),
    "a tour like no other": ("outline xyz", "There is no tour 'xyz'. There are: "),
    "a folder of annotations": ("check --annotations annotatoins", "Did you mean 'annotations'?"),
    "a folder of templates": ("build --templates nowhere", "'nowhere'"),
    "a note": (
        "accept first-layer",
        "There is no note 'first-layer'. Did you mean 'first-layers'?",
    ),
    "a note of another tour": ("accept tiny-modle/first-layers", "Did you mean 'tiny-model'?"),
    "a note to confirm": ("confirm frist-layers", "Did you mean 'first-layers'?"),
    "an interpreter": ("confirm --python /no/such/python", "'/no/such/python' is no interpreter"),
    "a public name": ("graph tiny.Modle", "Did you mean 'tiny.Model'?"),
    "a method": ("graph tiny.Model.rnu", "Did you mean 'tiny.Model.run'?"),
    "a module": ("graph tiny.modle.Layer", "Did you mean 'tiny.model"),
    "Python's own": ("graph json.dumps", "'json' is Python's own."),
    "nothing": ("graph ''", "'' is no entry point. Write one like"),
    "a colon": ("graph :", "':' is no entry point"),
    "a file": ("read models/modle.py", "Did you mean 'models/model.py'?"),
    "a part of a file": ("read models/model.py:MyModle", "Did you mean 'models/model.py:MyModel'?"),
    "a part of a folder": ("read ./models:MyModle", "Did you mean 'MyModel'?"),
    "a folder without its ./": ("graph models:MyModel", "write './models:MyModel'"),
    "a Windows path elsewhere": (r"graph 'models\model.py'", "Did you mean 'models/model.py'?"),
    "a drive": (r"graph 'C:\work\model.py:Net'", r"no file or folder 'C:\\work\\model.py'"),
    "a file of a package": ("graph tiny/modle.py:Layer", "Did you mean 'tiny/model.py'?"),
    "no Python": ("graph models/notes.txt", "'models/notes.txt' is not a Python file"),
    "a file that no import reaches": ("graph models/two-words.py", "Rename or copy it"),
    "an empty file": ("graph models/empty.py", "has no public function"),
    "no place": ("at models/model.py", "Write FILE:LINE, as model.py:12."),
    "a place in a folder": ("at models:3", "'models' is a folder"),
    "a place in no file": ("at models/modle.py:3", "Did you mean 'models/model.py'?"),
    "a place in no file of a package": ("at tiny/modle.py:3", "Did you mean 'tiny/model.py'?"),
    "a line behind the end": ("at models/model.py:99", "has no line 99: its last is"),
    "line nought": ("at models/model.py:0", "has no line 0"),
    "a line in no function": ("at tiny/model.py:1", "is in no function or class"),
    "a symbol to annotate": ("new tiny.model.Modle --tour tiny-model", "Did you mean"),
    "a selector": (
        "new tiny.model.Layer.run 'clal scale' --tour tiny-model",
        "unknown kind 'clal'. Did you mean 'call'?",
    ),
    "a selector's name": (
        "new tiny.model.Layer.run 'call scael' --tour tiny-model",
        "Did you mean 'scale'?",
    ),
    "a stem": ("new tiny.model.Layer.run --tour tiny-model --stem ../x", "'../x' is no stem"),
    "a range of versions": ("fetch tiny>=1", "srcread fetch torch=="),
    "an index out of reach": ("fetch tiny==9.9", "tiny"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_one_line_and_exits_with_2(here: Path, case: str) -> None:
    command, words = WRONG[case]
    result = srcread(*split(command))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("srcread: ")
    assert words in lines[0], lines[0]


@pytest.mark.parametrize("name", ["syntax", "null", "deep", "old", "latin"])
@pytest.mark.parametrize("command", ["graph", "read", "at"])
def test_a_file_that_cannot_be_parsed_is_a_finding(here: Path, name: str, command: str) -> None:
    path = f"models/{name}.py"
    result = srcread(command, f"{path}:1" if command == "at" else path)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert f"{name}.py" in line and ": error: SRC00" in line


def test_a_name_without_an_index_says_what_would_help(here: Path) -> None:
    result = srcread("graph", "absent.Thing")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "absent" in line and "127.0.0.1" in line


def test_every_help_reads_as_sentences(here: Path) -> None:
    for name, command in main.commands.items():
        result = srcread(name, "--help")
        assert result.exit_code == 0
        text = " ".join((command.help or "").split())
        assert text[0].isupper() and text.endswith("."), name
        for parameter in command.params:
            help_text = getattr(parameter, "help", None)
            assert help_text is None or (help_text[0].isupper() and help_text.endswith(".")), name


@pytest.mark.parametrize("width", [30, 80])
def test_the_list_of_commands_cuts_no_sentence_off(width: int) -> None:
    text = CliRunner().invoke(main, ["--help"], terminal_width=width).stdout
    listed = " ".join(text[text.index("Commands:") :].split())
    for name, command in main.commands.items():
        sentence = " ".join((command.help or "").split("\n\n")[0].split())
        assert f"{name} {sentence}" in listed
    if width == 80:
        assert len(text[text.index("Commands:") :].splitlines()) == 1 + len(main.commands)


def test_nothing_at_all_shows_the_help() -> None:
    result = srcread()
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    code = "import sys; sys.stdin.readline()"
    many = "".join(f"def f{number}():\n    return g()\n" for number in range(3000))
    (here / "many.py").write_text(many + "def g():\n    return 1\n")
    reader = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    writer = subprocess.run(
        [sys.executable, "-m", "srcread", "graph", "many.py"],
        env=environment(),
        cwd=here,
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    assert reader.stdin is not None
    reader.stdin.close()
    reader.wait(30)
    assert "Traceback" not in writer.stderr and "Exception" not in writer.stderr, writer.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("--help",), ("graph", "tiny.Model")])
def test_a_full_disk_is_one_line(here: Path, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        made = subprocess.run(
            [sys.executable, "-u", "-m", "srcread", *arguments],
            env=environment(here.parent / "installed"),
            cwd=here,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert made.returncode == 2
    assert made.stderr == "srcread: No space left on device.\n"


def test_a_console_that_lacks_a_character_shows_another(here: Path) -> None:
    made = process(
        *("graph", "tiny.Model"),
        cwd=here,
        site=here.parent / "installed",
        PYTHONIOENCODING="ascii",
    )
    assert made.returncode == 0, made.stderr
    assert "tiny.ops.scale" in made.stdout


def test_the_module_runs_as_the_command_does(here: Path) -> None:
    made = process("--version", cwd=here)
    assert (made.returncode, made.stdout) == (0, "srcread 0.1.0\n")
    assert (ROOT / "srcread" / "__main__.py").exists()


def test_a_command_ends_without_taking_its_objects_apart(here: Path) -> None:
    code = (
        "import atexit, gc\n"
        "from srcread.cli import main\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 1_000))\n"
        "main(['--version'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(None),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "srcread 0.1.0\nTrue\n")


def split(command: str) -> list[str]:
    """Split a command line at spaces outside quotes; a backslash is a plain character."""
    words, quoted = [""], False
    for character in command:
        if character == "'":
            quoted = not quoted
        elif character == " " and not quoted:
            words.append("")
        else:
            words[-1] += character
    return words


def test_contributed_text_cannot_steer_a_terminal_or_forge_a_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    echo("\x1b[2J\x07 red\u202e\u2066\nconfirmed  all\r\u2028 对 \u3000 é")
    escaped = r"\x1b[2J\x07 red\u202e\u2066\nconfirmed  all\r\u2028"
    assert capsys.readouterr().out == f"{escaped} 对 \u3000 é\n"


def test_a_title_with_an_escape_is_printed_as_what_it_is(here: Path) -> None:
    tour = here / "annotations" / "tiny-model" / "tour.toml"
    lines = tour.read_text("utf-8").splitlines()
    titles = ['title = "\\u001b[31mred"' if line.startswith("title") else line for line in lines]
    tour.write_text("\n".join(titles) + "\n", "utf-8")
    out = CliRunner().invoke(main, ["outline", "tiny-model"], color=True).output
    assert "\\x1b[31mred" in out and "\x1b" not in out


def test_a_folder_is_never_offered_in_the_place_of_itself(here: Path) -> None:
    found = srcread("evidence", "import", "models")
    assert found.stderr == (
        "srcread: 'models' is no file. Give what `srcread confirm --out` wrote.\n"
    )


def test_an_archive_that_cannot_be_written_is_named_before_anything_runs(here: Path) -> None:
    found = srcread("confirm", "--out", "nowhere/x.zip")
    assert found.exit_code == 2
    assert found.stderr == "srcread: 'nowhere/x.zip' cannot be written: there is no 'nowhere'.\n"


@pytest.mark.parametrize("command", ["check", "confirm", "trace", "build"])
def test_a_folder_without_tours_is_wrong_usage_and_no_success(here: Path, command: str) -> None:
    found = srcread(command, "--annotations", "models")
    assert found.exit_code == 2
    assert "No folder in 'models' is a tour. A tour is a folder with a tour.toml." in found.stderr
    inside = srcread(command, "--annotations", "annotations/tiny-model")
    assert "Name the folder that it is in." in inside.stderr
