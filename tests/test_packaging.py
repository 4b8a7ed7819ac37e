"""The wheel holds everything that a command needs, and an editable install never goes stale."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.environments import venv
from support.story_example import ROOT, install, write_tour

NEEDED = ("build", "hatchling", "editables", "pip")
LACKING = [name for name in NEEDED if find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"needs {', '.join(LACKING)}")

COPIED = ("CHANGELOG.md", "LICENSE", "README.md", "annotations", "pyproject.toml", "srcread")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pip_install(python: Path, *arguments: str | Path, cwd: Path) -> None:
    """Install into another environment, from this machine only."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", *quiet)
    run(*pip, "--no-build-isolation", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, without what git ignores."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in (*COPIED, "docs", "templates"):
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=checkout)
    (made,) = (checkout / "dist").glob("*.whl")
    return made


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a tour, beside an environment that has what srcread depends on."""
    python = venv(tmp_path / "venv", install(tmp_path / "installed"))
    (packages,) = (tmp_path / "venv").glob("**/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    assert python.exists()
    write_tour(tmp_path / "annotations")
    return tmp_path


def script(here: Path) -> Path:
    """The command as an installer has put it there."""
    return here / "venv" / ("Scripts/srcread.exe" if sys.platform == "win32" else "bin/srcread")


def python_of(here: Path) -> Path:
    return here / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def test_the_wheel_holds_templates_annotations_and_everything_beside_the_code(
    checkout: Path, wheel: Path
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "annotations", "docs/findings"):
        held = {
            f"srcread/_data/{path.relative_to(checkout).as_posix()}"
            for path in (checkout / folder).rglob("*")
            if path.is_file()
        }
        assert held and held <= names
    assert {
        path.relative_to(checkout).as_posix()
        for path in (checkout / "srcread").rglob("*")
        if path.is_file()
    } <= names
    assert {"srcread/graph/idioms/idioms.toml", "srcread/child/main.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_an_installed_wheel_builds_a_site_and_knows_the_shipped_tours(
    here: Path, wheel: Path
) -> None:
    pip_install(python_of(here), wheel, cwd=here)
    where = run(python_of(here), "-c", "import srcread; print(srcread.__file__)", cwd=here)
    assert Path(where.strip()).is_relative_to(here / "venv")

    run(script(here), "check", "tiny-model", "--fix", cwd=here)
    assert "The first layers leave x as it is" in run(
        script(here), "outline", "tiny-model", cwd=here
    )
    explained = run(script(here), "check", "--explain", "NOTE022", cwd=here)
    assert explained.startswith("NOTE022\n\nA body holds no raw HTML. (error)\n")
    assert "pages written" in run(script(here), "build", "tiny-model", cwd=here)
    assert "Nothing has changed" in run(script(here), "build", "tiny-model", cwd=here)
    unknown = subprocess.run(
        [script(here), "outline", "unknown"], cwd=here, capture_output=True, text=True
    )
    shipped = sorted(path.parent.name for path in (ROOT / "annotations").glob("*/tour.toml"))
    assert shipped and all(name in unknown.stderr for name in shipped)
    if sys.platform != "win32":
        ran = run(
            *(script(here), "confirm", "tiny-model/first-layers"),
            *("--python", python_of(here)),
            cwd=here,
        )
        assert "1 of 1 note confirmed" in ran


def test_an_editable_install_shows_an_edited_template_at_once(
    here: Path, checkout: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "checkout"
    shutil.copytree(checkout, copy, ignore=shutil.ignore_patterns("dist"))
    pip_install(python_of(here), "--editable", copy, cwd=here)
    run(script(here), "check", "tiny-model", "--fix", cwd=here)
    run(script(here), "build", "tiny-model", cwd=here)
    before = (here / "site" / "style.css").read_bytes()
    style = next(path for path in (copy / "templates").rglob("style.css"))
    style.write_text(style.read_text() + "\n.edited-in-a-test { color: red }\n")
    assert "written" in run(script(here), "build", "tiny-model", cwd=here)
    after = (here / "site" / "style.css").read_bytes()
    assert b"edited-in-a-test" in after and b"edited-in-a-test" not in before
