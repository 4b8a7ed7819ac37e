"""What each command imports: what is heavy only where it is needed, and a framework nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.environments import venv
from support.recorded_example import lock_and_confirm
from support.story_example import ROOT, environment, install, process, write_tour

HEAVY = {
    "importlib.metadata",
    "jinja2",
    "libcst",
    "markdown_it",
    "nh3",
    "packaging",
    "platformdirs",
    "pygments",
    "remotezip",
    "requests",
    "rich",
    "sqlite3",
    "tempfile",
    "torch",
}
CLICK = {"click", "colorama"}  # colorama on Windows
LIBCST = {"libcst", "typing_extensions", "typing_inspect", "mypy_extensions", "yaml", "_yaml"}
BESIDE = {"srcread", "__mp_main__", "_distutils_hack", "sitecustomize", "usercustomize"}


def imported(*arguments: str, cwd: Path, site: Path | None = None) -> set[str]:
    """Run a command in a fresh interpreter and return the modules that it then holds."""
    code = (
        "import sys\n"
        "from srcread.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    print(end.code or 0, *sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=environment(site),
        capture_output=True,
        text=True,
        timeout=300,
    )
    status, *modules = done.stderr.splitlines()[-1].split()
    assert status == "0", done.stderr
    return set(modules)


def foreign(modules: set[str]) -> set[str]:
    """Return the top-level packages that are neither Python's own nor srcread's."""
    tops = {module.partition(".")[0] for module in modules}
    own = {top for top in tops if top.startswith(("__editable__", "_virtualenv")) or top in BESIDE}
    return tops - set(sys.stdlib_module_names) - own - {"__main__"}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with the tour, locked, and the package that it reads in `installed`."""
    install(tmp_path / "installed")
    write_tour(tmp_path / "annotations")
    fixed = process("check", "tiny-model", "--fix", cwd=tmp_path, site=tmp_path / "installed")
    assert fixed.returncode == 0, fixed.stderr
    return tmp_path


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("build", "--help")])
def test_help_imports_click_and_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    modules = imported(*arguments, cwd=tmp_path)
    assert modules & HEAVY == set()
    assert foreign(modules) <= CLICK
    assert "srcread.model" not in modules


def test_a_build_in_which_nothing_changed_imports_nothing_heavy(here: Path) -> None:
    site = here / "installed"
    lock_and_confirm(here / "annotations", site)  # without evidence there are findings to tell
    first = imported("build", "tiny-model", cwd=here, site=site)
    assert {"jinja2", "sqlite3", "srcread.opening.tour"} <= first
    modules = imported("build", "tiny-model", cwd=here, site=site)
    assert modules & HEAVY == set()
    assert foreign(modules) <= CLICK
    assert not {"srcread.opening.tour", "srcread.index", "srcread.model"} & modules


def test_a_build_imports_neither_the_framework_nor_libcst(here: Path) -> None:
    modules = imported("build", "tiny-model", cwd=here, site=here / "installed")
    assert not {"tiny", "torch", "libcst"} & modules


def test_confirm_imports_nothing_beyond_click_and_libcst(here: Path) -> None:
    (here / "annotations" / "tiny-model" / "first-layers.py").write_text(
        '"""Show a sum."""\n\nassert sum([1, 2]) == 3, "One and two are three."\n'
    )
    python = venv(here / "venv", here / "installed")
    modules = imported(
        *("confirm", "tiny-model/first-layers", "--python", str(python)),
        cwd=here,
        site=here / "installed",
    )
    assert "libcst" in modules
    assert foreign(modules) <= CLICK | LIBCST


def test_graph_imports_no_part_of_the_site(here: Path) -> None:
    modules = imported("graph", "tiny.Model", cwd=here, site=here / "installed")
    assert not {"jinja2", "libcst", "markdown_it", "pygments", "srcread.site"} & modules


def test_every_module_is_imported_without_what_only_unix_has() -> None:
    code = (
        "import importlib, os, sys\n"
        "from pathlib import Path\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios', 'tty', 'pty'):\n"
        "    sys.modules[name] = None\n"
        "del os.fork\n"
        "for path in sorted(Path('srcread').rglob('*.py')):\n"
        "    name = '.'.join(path.with_suffix('').parts).removesuffix('.__init__')\n"
        "    if name.startswith(('srcread.lab.tensorrt', 'srcread.lab.gpu')):\n"
        "        continue  # torch warns here, and needs what only Unix has\n"
        "    if name not in ('srcread.__main__', 'srcread.child.main'):\n"
        "        importlib.import_module(name)\n"
        "        print(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "srcread.running.runner" in done.stdout.split()
