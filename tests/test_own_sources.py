"""Tours of one's own repository: where its packages lie, what runs see of it, what is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.story_example import MODEL, OPS, SNIPPET, process, srcread, write

from srcread.errors import NotFoundError, SourceError
from srcread.model import Origin
from srcread.notes.format.tourfile import read_tour_file
from srcread.opening.own import code_of
from srcread.sources import open_own, own_paths, version_files

PACKAGE = {"tiny/__init__.py": "from tiny.model import Model\n", "tiny/ops.py": OPS}
PACKAGE["tiny/model.py"] = MODEL

TOUR = """\
title = "Tiny, from the top"
entries = ["tiny.Model"]

[sources]
tiny = "."
"""

NOTE = """\
+++
title = "The first layers leave x as it is"
symbol = "tiny.model.Layer.run"
at = "if size"
+++
A layer scales only if its size is above one.[^last]

[^last]: claim "Of three layers only the last one scales."
"""

FIRST = {
    "annotations/first/tour.toml": TOUR,
    "annotations/first/first-layers.md": NOTE,
    "annotations/first/first-layers.py": SNIPPET,
}

SCENARIO = '''\
"""Three layers."""

from tiny import Model

GROUP = "reading"

output = Model(3).run(5)
'''

LAYOUTS = {
    "flat": ("", "."),
    "src": ("src/", "."),
    "src, by its folder": ("src/", "src"),
    "src, by the package": ("src/", "src/tiny"),
    "a folder of a monorepo": ("libs/one/src/", "libs/one"),
}

run_only = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are of Linux")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a flat package and a tour of it, which is where commands run."""
    repository = write(tmp_path / "repository", {**PACKAGE, **FIRST})
    (repository / ".git").mkdir()
    monkeypatch.chdir(repository)
    return repository


def entries(here: Path, text: str) -> tuple[str, ...]:
    folder = here / "annotations" / "first"
    (folder / "tour.toml").write_text(TOUR.replace("tiny.Model", text))
    return code_of(folder, read_tour_file(folder), None).graph.order


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_package_is_found_in_every_layout(tmp_path: Path, layout: str) -> None:
    inside, place = LAYOUTS[layout]
    write(tmp_path, {f"{inside}{name}": text for name, text in PACKAGE.items()})
    found = open_own("tiny", place, tmp_path)
    assert (found.root, found.packages) == (tmp_path / inside, ("tiny",))
    assert own_paths(found) == (tmp_path / inside / "tiny",)
    assert (found.version, found.origin) == (None, Origin.FOLDER)


@pytest.mark.parametrize("place", [".", "tiny.py"])
def test_a_single_file_is_a_package_of_one_module(tmp_path: Path, place: str) -> None:
    write(tmp_path, {"tiny.py": OPS, "secret.py": "key = 1\n"})
    found = open_own("tiny", place, tmp_path)
    assert found.origin is Origin.FILE
    assert own_paths(found) == (tmp_path / "tiny.py",)


def test_a_folder_without_init_is_a_package_where_python_lies_in_it(tmp_path: Path) -> None:
    write(tmp_path, {"corp/nets/model.py": MODEL, "corp/README": "", "empty/data.txt": ""})
    assert own_paths(open_own("corp", ".", tmp_path)) == (tmp_path / "corp",)
    with pytest.raises(NotFoundError, match=r"No package 'empty' lies in '.'.*There are: corp"):
        open_own("empty", ".", tmp_path)


def test_a_regular_package_comes_before_a_module_and_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"tiny/notes.py": "", "tiny.py": OPS, "src/tiny/__init__.py": ""})
    assert open_own("tiny", ".", tmp_path).root == tmp_path / "src"
    (tmp_path / "src" / "tiny" / "__init__.py").unlink()
    assert open_own("tiny", ".", tmp_path).origin is Origin.FILE


@pytest.mark.parametrize(
    ("place", "error", "words"),
    [
        ("nowhere", NotFoundError, "There is no 'nowhere' for tiny"),
        ("../outside", SourceError, "leads out of the repository"),
        ("other.py", SourceError, "'other.py' is no file of a module 'tiny'"),
        ("stubs", SourceError, "'tiny' in 'stubs' is stubs only"),
        ("near", NotFoundError, "No package 'tiny' lies in 'near', nor in its src. Did you mean"),
        ("linked", SourceError, "tiny is a link out of the repository"),
    ],
)
def test_what_is_no_package_of_the_repository_is_refused(
    tmp_path: Path, place: str, error: type[Exception], words: str
) -> None:
    repository = write(
        tmp_path / "repository",
        {".git/HEAD": "", "other.py": "", "stubs/tiny/__init__.pyi": "", "near/tinny.py": ""},
    )
    write(tmp_path / "outside", PACKAGE)
    (repository / "linked").mkdir()
    (repository / "linked" / "tiny").symlink_to(tmp_path / "outside" / "tiny")
    with pytest.raises(error, match=words):
        open_own("tiny", place, repository)


COMMIT = "1a2b3c4d" * 5


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({"pyproject.toml": '[project]\nversion = "0.3.1"\n', ".git/HEAD": COMMIT}, "0.3.1"),
        ({"pyproject.toml": '[tool.poetry]\nversion = "2.0"\n'}, "2.0"),
        ({"pyproject.toml": '[project]\ndynamic = ["version"]\n', ".git/HEAD": COMMIT}, "1a2b3c4"),
        ({".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": COMMIT}, "1a2b3c4"),
        (
            {
                ".git/HEAD": "ref: refs/heads/main\n",
                ".git/packed-refs": f"# packed\n{'0' * 40} refs/heads/x\n{COMMIT} refs/heads/main",
            },
            "1a2b3c4",
        ),
        ({".git": "gitdir: real\n", "real/HEAD": COMMIT}, "1a2b3c4"),
        ({".git/HEAD": "ref: ../../../../etc/passwd\n"}, ""),
        ({"pyproject.toml": "not toml", ".git/HEAD": COMMIT}, "1a2b3c4"),
        ({"pyproject.toml": 'project = "x"\n'}, ""),
        ({}, ""),
    ],
)
def test_what_is_shown_for_a_version_is_declared_or_the_commit(
    tmp_path: Path, files: dict[str, str], shown: str
) -> None:
    write(tmp_path, {**PACKAGE, **files})
    found = open_own("tiny", ".", tmp_path)
    assert found.shown == shown
    told_by = {str(path.relative_to(tmp_path)) for path in version_files(found.root)}
    assert {name for name in files if name != ".git" and "packed" not in name} <= told_by


@pytest.mark.parametrize(
    "text",
    [
        "tiny.Model",
        "tiny.model.Model.run",
        "tiny.model:Model.run",
        "tiny/model.py:Model",
        "./tiny/model.py:Model.run",
        "tiny/model.py",
        "tiny.model",
        "./tiny",
        ".",
        ".:tiny.model:Model",
        ".:tiny/model.py:Model",
        "./tiny:Model",
    ],
)
def test_an_entry_is_what_the_command_line_takes(here: Path, text: str) -> None:
    assert "tiny.model.Model.run" in entries(here, text)
    assert srcread("check", "first").exit_code == 1  # it has no lock yet, and no other error
    assert "TOUR" not in srcread("check", "first").stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tiny/modle.py:Model", "There is no 'tiny/modle.py' in the repository. Did you mean"),
        ("tools/make.py:main", "'tools/make.py' is in no package that the tour reads"),
        ("tiny.Modle", "Did you mean 'tiny.Model'?"),
        ("./tiny:Modle", "No module here defines 'Modle'"),
    ],
)
def test_an_entry_that_is_not_there_says_what_is(here: Path, text: str, words: str) -> None:
    write(here, {"tools/make.py": "def main(): ...\n"})
    with pytest.raises(NotFoundError, match=words):
        entries(here, text)
    checked = srcread("check", "first").stderr
    assert "TOUR019" in checked
    assert str(here) not in checked


def test_methods_are_those_of_an_entry_by_path_too(here: Path) -> None:
    folder = here / "annotations" / "first"
    methods = '\n[methods]\n"tiny/model.py:Model" = ["run"]\n'
    text = TOUR.replace("tiny.Model", "tiny/model.py:Model") + methods
    (folder / "tour.toml").write_text(text)
    assert "TOUR" not in srcread("check", "first").stderr
    assert code_of(folder, read_tour_file(folder), None).graph.order[0] == "tiny.model.Model.run"


def test_a_name_of_ones_own_is_asked_of_no_index(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/none")
    tour = here / "annotations" / "first" / "tour.toml"
    tour.write_text(TOUR.replace("tiny", "private_thing"))
    checked = srcread("check", "first").stderr
    assert "TOUR019" in checked
    assert "No package 'private_thing' lies in '.', nor in its src. There are: " in checked
    assert "127.0.0.1" not in checked


def test_a_place_is_named_as_the_tour_names_it(here: Path) -> None:
    named = srcread("at", "tiny/model.py:11").stdout
    assert named == 'symbol = "tiny.model.Layer.run"\nat = "if size"\n'
    write(here, {"corp/nets/model.py": MODEL})  # by its files alone, names begin in corp/nets
    tour = here / "annotations" / "first" / "tour.toml"
    tour.write_text(TOUR + 'corp = "."\n')
    assert 'symbol = "corp.nets.model.Layer.run"' in srcread("at", "corp/nets/model.py:11").stdout


def test_notes_of_ones_own_code_are_written_locked_accepted_and_built(here: Path) -> None:
    made = srcread("new", "tiny.Model:23", "--title", "Layers run in order")
    assert made.exit_code == 0, made.stderr
    lock = json.loads((here / "annotations/first/lock/layers-run-in-order.json").read_text())
    assert (lock["distribution"], lock["version"]) == ("tiny", None)
    for stem in (
        "layers-run-in-order.md",
        "layers-run-in-order.py",
        "lock/layers-run-in-order.json",
    ):
        (here / "annotations/first" / stem).unlink()
    assert srcread("lock", "first").exit_code == 0
    assert srcread("check", "first").exit_code == 0
    model = here / "tiny" / "model.py"
    model.write_text(MODEL.replace("self.size > 1", "self.size > 2"))
    assert "LOCK002" in srcread("check", "first").stderr
    assert srcread("accept", "first-layers").exit_code == 0
    assert srcread("check", "first").exit_code == 0
    built = srcread("build", "first")
    assert built.exit_code == 0, built.stderr
    page = here / "site" / "en" / "first" / "local" / "tiny.model.Layer.run.html"
    assert "self.size" in page.read_text()
    assert "(first; tiny)" in srcread("outline", "first").stdout


def test_the_version_that_is_shown_follows_pyproject_without_another_change(here: Path) -> None:
    srcread("lock", "first")
    write(here, {"pyproject.toml": '[project]\nname = "tiny"\nversion = "0.3.1"\n'})
    assert srcread("build", "first").exit_code == 0
    outline = here / "site" / "en" / "first" / "local" / "index.html"
    assert "tiny 0.3.1" in outline.read_text()
    write(here, {"pyproject.toml": '[project]\nname = "tiny"\nversion = "0.4.0"\n'})
    assert srcread("build", "first").exit_code == 0
    assert "tiny 0.4.0" in outline.read_text()  # at the same address


def test_a_package_that_is_installed_as_well_is_said_and_the_repositorys_is_read(
    here: Path, tmp_path: Path
) -> None:
    from support.story_example import install

    installed = install(tmp_path / "installed")
    (installed / "tiny" / "model.py").write_text("class Model: ...\n")
    done = process("check", "--fix", "first", cwd=here, site=installed)
    hint = "TOUR031 tiny 1.0 has a package 'tiny', too. What lies in '.' is read, and runs."
    assert hint in done.stderr
    assert "0 errors" in done.stdout


def test_one_graph_json_stands_in_for_a_framework_and_not_for_ones_own_code(here: Path) -> None:
    assert srcread("lock", "first", "--graph").exit_code == 0
    assert srcread("check", "first").exit_code == 0
    kept = json.loads((here / "annotations/first/graph.json").read_text())["tour"]
    assert [(one["name"], one["version"]) for one in kept["distributions"]] == [("tiny", None)]


def venv(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


@run_only
def test_a_run_imports_ones_own_package_and_is_evidence_of_its_code(
    here: Path, tmp_path: Path
) -> None:
    srcread("lock", "first")
    environment = str(venv(tmp_path / "venv"))
    done = process("confirm", "--python", environment, cwd=here, site=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    evidence = here / "annotations" / "first" / "evidence" / "first-layers.json"
    run = json.loads(evidence.read_text())["runs"][0]
    assert run["environment"]["distributions"] == {}
    assert {"tiny.model.Layer.run", "tiny.ops.scale"} <= run["executed"].keys()
    assert "EVID" not in srcread("check", "first").stderr.replace("EVID011", "")
    model = here / "tiny" / "model.py"
    model.write_text(MODEL.replace("size > 1", "size > 0"))
    assert "EVID021" in srcread("check", "first").stderr


@run_only
@linux_only
def test_a_run_sees_the_package_and_nothing_else_of_the_repository(
    here: Path, tmp_path: Path
) -> None:
    write(here, {"secret.py": "key = 1\n", ".env": "TOKEN=x\n", "tiny/table.txt": "5\n"})
    snippet = (
        '"""Look round."""\n\nimport os\n\nimport tiny\n\n'
        "inside = os.path.dirname(tiny.__file__)\nrepository = os.path.dirname(inside)\n"
        "seen = sorted(os.listdir(repository))\n"
        "text = open(os.path.join(inside, 'table.txt')).read()\n"
        "try:\n    open(os.path.join(inside, 'new'), 'w')\n    written = True\n"
        "except OSError:\n    written = False\n"
        "print(inside, seen, text, written)\n"
        "result = tiny.Model(3).run(5)\n"
        'assert result == 10, "Of three layers only the last one scales."\n'
    )
    (here / "annotations" / "first" / "first-layers.py").write_text(snippet)
    srcread("lock", "first")
    environment = str(venv(tmp_path / "venv"))
    done = process("confirm", "--python", environment, cwd=here, site=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    evidence = (here / "annotations/first/evidence/first-layers.json").read_text()
    run = json.loads(evidence)["runs"][0]
    assert run["output"] == "tiny ['tiny'] 5\n False\n"  # and no path of this machine
    assert str(here) not in evidence
    assert not (here / "tiny" / "new").exists()


@run_only
def test_what_ones_own_package_needs_and_is_not_there_is_no_failure_of_the_note(
    here: Path, tmp_path: Path
) -> None:
    (here / "tiny" / "__init__.py").write_text(
        "import missing_thing\n" + PACKAGE["tiny/__init__.py"]
    )
    srcread("lock", "first")
    environment = str(venv(tmp_path / "venv"))
    done = process("confirm", "--python", environment, cwd=here, site=tmp_path)
    assert done.returncode == 77, done.stdout + done.stderr
    assert "cannot run here: needs missing_thing" in done.stdout
    assert not (here / "annotations" / "first" / "evidence").exists()


@run_only
def test_a_scenario_of_ones_own_code_is_traced(here: Path) -> None:
    pytest.importorskip("torch", reason="operators are torch's")
    write(here, {"annotations/first/scenarios/small.py": SCENARIO})
    srcread("lock", "first")
    done = process("trace", cwd=here, site=here.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    trace = (here / "annotations/first/traces/small.cpu.json").read_text()
    assert "tiny.ops.scale" in trace
    assert str(here) not in trace
    assert "TRAC" not in srcread("check", "first").stderr
