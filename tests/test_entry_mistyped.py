"""Entries that are mistyped, or no entry: what is said instead can be typed as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.story_example import process, srcread, write

NET = """
import functools


class Base:
    def act(self):
        return 1


class Holder:
    def __init__(self):
        self.act = help_out

    @property
    def size(self):
        return help_out()

    @functools.cached_property
    def kept(self):
        return help_out()

    def wrap(self, function):
        def inner(x):
            def deep():
                return self.act()

            return deep() or function(x)

        return inner


def help_out():
    return 1


def outer():
    def inner():
        return help_out()

    return inner


kept = Base()
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def callees(entry: str, caller: str) -> set[str | None]:
    result = srcread("graph", "--json", entry)
    assert result.exit_code == 0, result.output
    return {e["callee"] for e in json.loads(result.stdout)["edges"] if e["caller"] == caller}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Hodler", "Holder"), ("Holder.wrp", "Holder.wrap"), ("kept.atc", "kept.act")],
)
@pytest.mark.parametrize("path", ["net.py", "./net.py", "../work/net.py"])
def test_a_name_in_a_file_is_offered_as_it_can_be_typed(
    here: Path, path: str, name: str, meant: str
) -> None:
    write(here, {"net.py": NET})
    said = srcread("graph", f"{path}:{name}").stderr
    assert f"There is no '{path}:{name}'" in said
    assert f"Did you mean '{path}:{meant}'?" in said
    assert srcread("graph", f"{path}:{meant}").exit_code == 0


@pytest.mark.parametrize("path", ["empty.py", "./empty.py"])
def test_a_file_that_holds_nothing_is_named_as_it_was_typed(here: Path, path: str) -> None:
    write(here, {"empty.py": "# nothing yet\n"})
    said = srcread("graph", path).stderr
    assert said == f"srcread: {path!r} has no public function, and no class with a method.\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pkg.net.run()", "pkg.net.run"),
        ("pkg.net.run(1, x=2)", "pkg.net.run"),
        ("pkg..net.run", "pkg.net.run"),
        ("pkg.net::run", "pkg.net:run"),
        (".pkg.net.run", "pkg.net.run"),
        ("pkg.net.run.", "pkg.net.run"),
        ("net.py::run", "net.py:run"),
    ],
)
def test_a_name_with_something_round_it_is_offered_without(
    here: Path, typed: str, meant: str
) -> None:
    said = srcread("graph", typed).stderr
    assert said == f"srcread: {typed!r} is no entry point. Did you mean {meant!r}?\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("book.ipynb", "is no notebook: it has no list of cells."),
        ("my book.ipynb", "is no notebook: it has no list of cells."),
        ("fast.so", "is not a Python file. Name a .py file or a folder."),
        ("fast.cpp", "is not a Python file. Name a .py file or a folder."),
    ],
)
def test_a_file_of_another_kind_is_no_package_of_its_name(here: Path, name: str, said: str) -> None:
    write(here, {name: "{}"})
    assert srcread("graph", name).stderr == f"srcread: {name!r} {said}\n"


def test_a_stub_is_said_to_be_one(here: Path) -> None:
    write(here, {"fast.pyi": "def run() -> int: ...\n"})
    assert "'fast.pyi' is a stub" in srcread("graph", "fast.pyi").stderr


@pytest.mark.parametrize("typed", ["pakage.net.run", "packag.net.run", "packages.net.run"])
def test_a_package_that_is_misspelt_is_never_fetched(tmp_path: Path, typed: str) -> None:
    site = tmp_path / "site"
    write(site, {"package/__init__.py": "", "package/net.py": "def run():\n    return 1\n"})
    info = "package-1.0.dist-info"
    write(site, {f"{info}/METADATA": "Metadata-Version: 2.1\nName: package\nVersion: 1.0\n"})
    write(site, {f"{info}/RECORD": "package/__init__.py,,\npackage/net.py,,\n"})
    result = process("graph", typed, cwd=tmp_path, site=site, SRCREAD_CACHE=str(tmp_path / "cache"))
    assert result.returncode == 2
    assert "Did you mean 'package.net.run'?" in result.stderr
    assert typed not in result.stderr.partition("fetch")[2]
    assert not (tmp_path / "cache" / "sources").exists()


def test_an_object_that_cannot_be_called_is_told_with_its_class(here: Path) -> None:
    write(here, {"net.py": NET})
    said = srcread("graph", "net.py:kept").stderr
    assert "'net.py:kept' is an object of 'net.py:Base'" in said


def test_a_function_in_a_function_is_an_entry_by_its_name_in_graphs(here: Path) -> None:
    write(here, {"net.py": NET})
    assert callees("net.py:outer.<locals>.inner", "net.outer.<locals>.inner") == {"net.help_out"}
    inner = "Holder.wrap.<locals>.inner"
    assert f"net.{inner}.<locals>.deep" in callees(f"net.py:{inner}", f"net.{inner}")
    deep = f"{inner}.<locals>.deep"
    assert "net.help_out" in callees(f"net.py:{deep}", f"net.{deep}")
    assert srcread("graph", "net.py:outer.<locals>.other").exit_code == 2


def test_a_property_is_among_what_a_class_runs(here: Path) -> None:
    write(here, {"net.py": NET})
    assert callees("net.py:Holder", "net.Holder.size") == {"net.help_out"}
    assert callees("net.py", "net.Holder.kept") == {"net.help_out"}
