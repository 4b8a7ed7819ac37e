"""The sources of another environment: by --python, or the one that is activated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.environments import venv
from support.story_example import install, srcread, write

from srcread.errors import SourceError
from srcread.sources import environment_path, search_path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two environments, `one` and `two`, with two versions of `tiny`."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    for name, version in (("one", "1.0"), ("two", "2.0")):
        install(environment(tmp_path / name), version)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def environment(folder: Path, settings: str = "home = /nowhere\n") -> Path:
    """Make the folders of an environment and return its folder of packages."""
    packages = folder / "lib" / "python3.12" / "site-packages"
    write(folder, {"pyvenv.cfg": settings, "bin/python": ""})
    packages.mkdir(parents=True)
    return packages


@pytest.mark.parametrize("python", ["two", "two/bin/python", "two/lib/python3.12/site-packages"])
def test_python_is_an_interpreter_an_environment_or_its_packages(here: Path, python: str) -> None:
    result = srcread("graph", "tiny.Model", "--python", python)
    assert (result.exit_code, result.stderr) == (0, "read: tiny 2.0\n")
    assert srcread("read", "tiny.Model", "--python", python).stderr == "read: tiny 2.0\n"


def test_python_comes_before_what_is_activated_and_that_before_srcreads_own(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(here / "beside", "3.0"))
    assert srcread("graph", "tiny.Model").stderr == "read: tiny 3.0\n"
    monkeypatch.setenv("VIRTUAL_ENV", str(here / "one"))
    assert srcread("graph", "tiny.Model").stderr == "read: tiny 1.0\n"
    assert srcread("graph", "tiny.Model", "--python", "two").stderr == "read: tiny 2.0\n"


def test_what_the_activated_environment_lacks_is_read_beside_srcread(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(here / "beside", "3.0"))
    environment(here / "empty")
    monkeypatch.setenv("VIRTUAL_ENV", str(here / "empty"))
    assert srcread("graph", "tiny.Model").stderr == "read: tiny 3.0\n"


def test_the_environment_that_srcread_runs_in_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert search_path() == tuple(sys.path)


def test_what_is_installed_editable_is_followed(here: Path) -> None:
    packages = environment(here / "three")
    install(here / "project" / "src", "9.0")
    write(packages, {"tiny.pth": "# a comment\nimport nothing\n../../../../project/src\n"})
    assert srcread("graph", "tiny.Model", "--python", "three").stderr == "read: tiny 9.0\n"


def test_the_system_is_seen_where_the_environment_sees_it(here: Path) -> None:
    system = here / "system"
    install(environment(system), "4.0")
    home = f"home = {system / 'bin'}\n"
    for answer, status in (("true", 0), ("false", 2)):
        folder = here / f"seeing-{answer}"
        environment(folder, f"{home}include-system-site-packages = {answer}\n")
        result = srcread("graph", "tiny.Model", "--python", str(folder))
        assert result.exit_code == status, result.output


def test_the_packages_of_the_environments_own_python_count(here: Path) -> None:
    environment(here / "mixed", "home = /nowhere\nversion = 3.11.4\n")
    older = here / "mixed" / "lib" / "python3.11" / "site-packages"
    install(older, "5.0")
    install(here / "mixed" / "lib" / "python3.12" / "site-packages", "6.0")
    assert environment_path(here / "mixed") == (str(older),)


def test_a_real_environment_is_read_by_its_interpreter(here: Path) -> None:
    python = venv(here / "real", install(here / "elsewhere", "7.0"))
    assert srcread("graph", "tiny.Model", "--python", str(python)).stderr == "read: tiny 7.0\n"


def test_what_the_named_environment_lacks_is_not_fetched(here: Path) -> None:
    environment(here / "empty")
    result = srcread("graph", "tiny.Model", "--python", "empty")
    assert (result.exit_code, result.stderr) == (
        2,
        "srcread: The environment that --python names has no package 'tiny', nor has the store. "
        "Name another one, or install it there.\n",
    )


@pytest.mark.parametrize(("name", "version"), [("base", "3.0"), ("work", "2.0")])
def test_condas_base_is_nobodys_choice(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str
) -> None:
    monkeypatch.syspath_prepend(install(here / "beside", "3.0"))
    monkeypatch.setenv("CONDA_PREFIX", str(here / "two"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", name)
    assert srcread("graph", "tiny.Model").stderr == f"read: tiny {version}\n"


@pytest.mark.parametrize("python", ["absent", "one/pyvenv.cfg", "."])
def test_what_is_no_environment_is_refused_with_what_to_name(here: Path, python: str) -> None:
    with pytest.raises(SourceError, match="Name an interpreter, as "):
        environment_path(Path(python))
    assert srcread("graph", "tiny.Model", "--python", python).exit_code == 2
