"""Folders and single files that a user names."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from srcread.errors import NotFoundError, SourceError
from srcread.model import Origin
from srcread.sources import Sources, open_path


def _lay(root: Path, *paths: str) -> Path:
    """Make files, each with its own path as its text."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"# {path}\n")
    return root


def test_a_single_file_is_a_module_of_its_stem(tmp_path: Path) -> None:
    file = _lay(tmp_path, "my_model.py") / "my_model.py"
    found = open_path(file)
    assert (found.name, found.version, found.origin) == ("my_model", None, Origin.FILE)
    assert (found.root, found.packages) == (tmp_path, ("my_model",))
    assert Sources([found]).read("my_model", "my_model.py").module == "my_model"


def test_a_file_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    _lay(tmp_path, "train.py", "blocks.py", "nets/__init__.py", "nets/a.py", "data/x.py")
    found = open_path(tmp_path / "train.py")
    assert found.packages == ("blocks", "nets", "train")
    assert Sources([found]).find_module("nets.a") is not None


def test_a_file_among_installed_packages_has_no_neighbours(tmp_path: Path) -> None:
    _lay(tmp_path, "six.py", "other.py", "pkg/__init__.py", "six-1.0.dist-info/METADATA")
    assert open_path(tmp_path / "six.py").packages == ("six",)


def test_a_script_whose_name_is_no_module_name_has_no_module(tmp_path: Path) -> None:
    found = open_path(_lay(tmp_path, "my-model.py") / "my-model.py")
    assert (found.name, found.packages) == ("my-model", ())
    assert Sources([found]).read("my-model", "my-model.py").module is None


def test_a_file_inside_a_package_is_read_from_above_the_top_package(tmp_path: Path) -> None:
    _lay(tmp_path, "pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/mod.py", "LICENSE")
    found = open_path(tmp_path / "pkg" / "sub" / "mod.py")
    assert (found.name, found.root, found.packages) == ("pkg", tmp_path, ("pkg",))
    assert [licence.path for licence in found.licences] == ["LICENSE"]
    assert Sources([found]).read("pkg", "pkg/sub/mod.py").module == "pkg.sub.mod"


@pytest.mark.parametrize("folder", ["pkg", "pkg/sub"])
def test_a_package_folder_is_its_top_package(tmp_path: Path, folder: str) -> None:
    _lay(tmp_path, "pkg/__init__.py", "pkg/sub/__init__.py", "other.py")
    found = open_path(tmp_path / folder)
    assert (found.name, found.root, found.packages) == ("pkg", tmp_path, ("pkg",))


def test_a_project_with_src_is_read_from_there(tmp_path: Path) -> None:
    root = _lay(tmp_path / "proj", "src/pkg/__init__.py", "tests/test_a.py", "LICENSE.txt")
    found = open_path(root)
    assert (found.name, found.root, found.packages) == ("proj", root / "src", ("pkg",))
    assert [licence.path for licence in found.licences] == ["LICENSE.txt"]


def test_a_folder_holds_modules_packages_and_namespaces(tmp_path: Path) -> None:
    root = _lay(
        tmp_path / "proj",
        "setup.py",
        "regular/__init__.py",
        "spaced/deep/er/mod.py",
        "data/table.csv",
        "not-a-name/mod.py",
        ".venv/lib/mod.py",
        ".git/hook.py",
        "env/pyvenv.cfg",
        "env/lib/mod.py",
        "__pycache__/setup.py",
        "node_modules/gyp/a.py",
    )
    found = open_path(root)
    assert found.origin is Origin.FOLDER
    assert found.packages == ("regular", "setup", "spaced")
    sources = Sources([found])
    assert sources.modules("proj") == ("regular", "setup", "spaced.deep.er.mod")
    assert sources.is_package("spaced.deep")
    assert sources.find_module("spaced.deep") is None


def test_the_current_folder_may_be_named_by_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_lay(tmp_path / "proj", "a.py"))
    assert open_path(Path()).name == "proj"
    assert open_path(Path("a.py")).root == tmp_path / "proj"


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    _lay(tmp_path / "outside", "secret.py", "pkg/__init__.py")
    root = _lay(tmp_path / "proj", "pkg/__init__.py", "pkg/real.py")
    (root / "pkg" / "leak.py").symlink_to(tmp_path / "outside" / "secret.py")
    (root / "pkg" / "inside.py").symlink_to(root / "pkg" / "real.py")
    (root / "out").symlink_to(tmp_path / "outside" / "pkg")
    (root / "pkg" / "again").symlink_to(root / "pkg")
    (root / "pkg" / "itself.py").symlink_to(root / "pkg" / "itself.py")
    found = open_path(root)
    assert found.packages == ("pkg",)
    assert Sources([found]).modules("proj") == ("pkg", "pkg.inside", "pkg.real")


def test_links_that_lead_to_each_other_end(tmp_path: Path) -> None:
    root = _lay(tmp_path / "proj", "pkg/a/__init__.py", "pkg/b/__init__.py", "pkg/__init__.py")
    (root / "pkg" / "a" / "b").symlink_to(root / "pkg" / "b")
    (root / "pkg" / "b" / "a").symlink_to(root / "pkg" / "a")
    names = Sources([open_path(root)]).modules("proj")
    assert {"pkg.a", "pkg.b", "pkg.a.b"} <= set(names)
    assert len(names) < 10


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_source_file(tmp_path: Path) -> None:
    root = _lay(tmp_path / "proj", "a.py")
    os.mkfifo(root / "pipe.py")
    assert open_path(root).packages == ("a",)


def test_a_folder_that_vanishes_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    root = _lay(tmp_path / "proj", "pkg/__init__.py", "pkg/sub/a.py")
    found = open_path(root)
    shutil.rmtree(root / "pkg")
    sources = Sources([found])
    assert sources.modules("proj") == ()
    assert sources.find_module("pkg") is None


def test_a_path_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    _lay(tmp_path, "my_model.py")
    with pytest.raises(NotFoundError, match=r"my_modle\.py'\. Did you mean 'my_model\.py'\?"):
        open_path(tmp_path / "my_modle.py")
    with pytest.raises(NotFoundError, match="There is no file or folder"):
        open_path(tmp_path / "none" / "a.py")


def test_a_file_that_is_not_python_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a Python file"):
        open_path(_lay(tmp_path, "notes.txt") / "notes.txt")


def test_a_folder_without_python_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No Python lies in"):
        open_path(_lay(tmp_path, "notes.txt"))
