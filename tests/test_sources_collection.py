"""Modules and files of several distributions."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from srcread.errors import NotFoundError, SourceError
from srcread.model import Distribution, Origin
from srcread.sources import Sources


def _distribution(root: Path, name: str, files: dict[str, bytes]) -> Distribution:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    packages = sorted({path.split("/")[0].removesuffix(".py") for path in files})
    return Distribution(name, "1.0", root, Origin.WHEEL, tuple(packages))


def test_a_file_comes_with_its_bytes_text_module_and_sha256(tmp_path: Path) -> None:
    data = b"# coding: latin-1\r\nx = '\xe9'\r\n"
    sources = Sources([_distribution(tmp_path, "d", {"pkg/mod.py": data})])
    file = sources.read("d", "pkg/mod.py")
    assert (file.distribution, file.path, file.module) == ("d", "pkg/mod.py", "pkg.mod")
    assert file.data == data
    assert file.text == "# coding: latin-1\r\nx = 'é'\r\n"
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert sources.read("d", "pkg/mod.py") is file


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("pkg", "pkg/__init__.py"),
        ("pkg.mod", "pkg/mod.py"),
        ("pkg.both", "pkg/both/__init__.py"),
        ("pkg.space.mod", "pkg/space/mod.py"),
        ("single", "single.py"),
    ],
)
def test_a_module_is_found_where_python_finds_it(tmp_path: Path, name: str, path: str) -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/mod.py": b"",
        "pkg/both.py": b"",
        "pkg/both/__init__.py": b"",
        "pkg/space/mod.py": b"",
        "single.py": b"",
    }
    file = Sources([_distribution(tmp_path, "d", files)]).find_module(name)
    assert file is not None
    assert (file.path, file.module) == (path, name)


@pytest.mark.parametrize(
    "name",
    ["pkg.space", "pkg.compiled", "pkg.none", "pkg.mod.x", "", ".", "pkg.", "..pkg", "pkg/mod",
     "other", "pkg.Mod", "PKG.mod", "pkg.MOD"],
)  # fmt: skip
def test_what_has_no_python_file_of_this_very_name_is_none(tmp_path: Path, name: str) -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/mod.py": b"",
        "pkg/space/mod.py": b"",
        "pkg/compiled.so": b"",
    }
    assert Sources([_distribution(tmp_path, "d", files)]).find_module(name) is None


def test_stubs_are_found_beside_modules(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/_C/__init__.pyi": b"x: int",
        "pkg/a.pyi": b"",
        "pkg/a.py": b"",
    }
    sources = Sources([_distribution(tmp_path, "d", files)])
    stub, other = sources.find_stub("pkg._C"), sources.find_stub("pkg.a")
    assert stub is not None and (stub.path, stub.module) == ("pkg/_C/__init__.pyi", "pkg._C")
    assert other is not None and other.path == "pkg/a.pyi"
    assert sources.find_stub("pkg") is None
    assert sources.find_module("pkg._C") is None
    assert sources.modules("d") == ("pkg", "pkg.a")


def test_packages_are_regular_ones_and_namespaces(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/mod.py": b"",
        "pkg/mod/readme.txt": b"",
        "pkg/ns/a.py": b"",
    }
    sources = Sources([_distribution(tmp_path, "d", files)])
    names = ["pkg", "pkg.mod", "pkg.ns", "pkg.ns.a", "pkg.none", "none"]
    assert [name for name in names if sources.is_package(name)] == ["pkg", "pkg.ns"]


def test_a_namespace_may_lie_in_several_distributions(tmp_path: Path) -> None:
    first = _distribution(tmp_path / "1", "one", {"google/a.py": b"1"})
    second = _distribution(tmp_path / "2", "two", {"google/b.py": b"2", "google/a.py": b"3"})
    sources = Sources([first, second])
    files = [sources.find_module(name) for name in ("google.a", "google.b")]
    assert [file and file.distribution for file in files] == ["one", "two"]
    assert sources.is_package("google")
    assert sources.distributions == (first, second)


def test_data_files_are_bytes_or_none(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": b"", "pkg/native/functions.yaml": b"\xff- func"}
    (tmp_path / "secret").write_bytes(b"secret")
    sources = Sources([_distribution(tmp_path / "root", "d", files)])
    assert sources.data_file("d", "pkg/native/functions.yaml") == b"\xff- func"
    outside = str(tmp_path / "secret")
    for path in (
        "pkg/none.yaml",
        "pkg",
        "pkg/native",
        "../secret",
        outside,
        "pkg/../../secret",
        "",
    ):
        assert sources.data_file("d", path) is None


def test_an_unknown_file_or_distribution_names_the_nearest(tmp_path: Path) -> None:
    sources = Sources([_distribution(tmp_path, "torch", {"pkg/module.py": b""})])
    with pytest.raises(NotFoundError, match=r"'torch:pkg/modul\.py'\. Did you mean 'module\.py'\?"):
        sources.read("torch", "pkg/modul.py")
    with pytest.raises(NotFoundError, match=r"'torhc' .* Did you mean 'torch'\?"):
        sources.read("torhc", "pkg/module.py")
    with pytest.raises(NotFoundError, match=r"There is no file 'torch:\.\./x\.py'"):
        sources.read("torch", "../x.py")


def test_a_file_that_cannot_be_decoded_is_an_error_that_names_it(tmp_path: Path) -> None:
    sources = Sources([_distribution(tmp_path, "d", {"pkg/bad.py": b"x = 1\ny = '\xff'\n"})])
    with pytest.raises(SourceError, match=r"^d:pkg/bad\.py:2: the text cannot be decoded"):
        sources.find_module("pkg.bad")
    assert sources.modules("d") == ("pkg.bad",)


def test_a_deep_tree_is_no_trouble(tmp_path: Path) -> None:
    path = "pkg/" + "a/" * 600 + "mod.py"
    sources = Sources([_distribution(tmp_path, "d", {path: b""})])
    (name,) = sources.modules("d")
    assert name == path.removesuffix(".py").replace("/", ".")
    assert sources.find_module(name) is not None


def test_the_modules_around_one_are_those_of_its_folder_and_below(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": b"",
        "pkg/part/__init__.py": b"",
        "pkg/part/one.py": b"",
        "pkg/part/two.py": b"",
        "pkg/part/deep/three.py": b"",
        "other.py": b"",
    }
    sources = Sources([_distribution(tmp_path, "d", files)])
    around = ("pkg.part", "pkg.part.deep.three", "pkg.part.one", "pkg.part.two")
    assert sources.modules_around("pkg.part.one", 4) == around
    assert sources.modules_around("pkg.part", 4) == around
    assert sources.modules_around("pkg.part.one", 3) == ("pkg.part", "pkg.part.one", "pkg.part.two")
    assert sources.modules_around("other", 4) == ("other",)
