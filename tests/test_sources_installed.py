"""Installed distributions, plain and editable."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from srcread.model import Origin
from srcread.sources import Sources, open_distribution, open_package
from srcread.sources.installed import Installed, find_installed, installed_names
from srcread.sources.metadata import repository_at


def _install(site: Path, info: str, metadata: str, files: dict[str, str]) -> Path:
    """Lay an installed distribution; a file name that starts with `info/` is of its metadata."""
    (site / info).mkdir(parents=True, exist_ok=True)
    (site / info / "METADATA").write_text(metadata)
    for name, text in files.items():
        path = site / name.replace("info/", f"{info}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return site


def _basic(name: str, version: str = "1.0") -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def test_a_distribution_says_all_about_itself(tmp_path: Path) -> None:
    metadata = (
        "Metadata-Version: 2.4\nName: Demo.Pkg\nVersion: 1.2+cu13\nLicense-Expression: MIT AND\n"
        "  BSD-3-Clause\nLicense-File: third/LICENSE\nLicense-File: LICENSE\n"
        "Project-URL: Homepage, https://demo.org\n"
        "Project-URL: Source Code, https://github.com/demo/pkg/tree/main\n\nName: not this\n"
    )
    site = _install(
        tmp_path,
        "demo_pkg-1.2+cu13.dist-info",
        metadata,
        {
            "demo/__init__.py": "",
            "demo/_version.py": "x: str\n__commit_id__ = commit_id = 'gabcdef0'\n",
            "info/top_level.txt": "demo\ngone\n",
            "info/licenses/LICENSE": "one\n",
            "info/licenses/third/LICENSE": "two\n",
        },
    )
    found = find_installed("demo_pkg", [str(site)])
    assert found is not None
    assert (found.name, found.version, found.root) == ("demo-pkg", "1.2", site)
    assert (found.origin, found.packages) == (Origin.INSTALLED, ("demo",))
    assert [(file.path, file.text) for file in found.licences] == [
        ("LICENSE", "one\n"),
        ("third/LICENSE", "two\n"),
    ]
    assert found.licence_expression == "MIT AND BSD-3-Clause"
    assert found.repository == "https://github.com/demo/pkg"
    assert found.commit == "abcdef0"


def test_packages_come_from_the_record_where_nothing_lists_them(tmp_path: Path) -> None:
    record = (
        '../../../bin/tool,,\nsingle.py,,\n"odd,name/a.py",,\npkg/__init__.py,,\n'
        "pkg/b.py,,\ndemo-1.0.dist-info/RECORD,,\ndata/x.csv,,\nns/deep/c.py,,\n"
    )
    files = {"single.py": "", "pkg/b.py": "", "ns/deep/c.py": "", "info/RECORD": record}
    site = _install(tmp_path, "demo-1.0.dist-info", _basic("demo"), files)
    found = find_installed("demo", [str(site)])
    assert found is not None and found.packages == ("ns", "pkg", "single")


def test_licences_lie_beside_the_metadata_where_none_is_declared(tmp_path: Path) -> None:
    files = {"info/LICENSE.txt": "a", "info/NOTICE": "b", "info/RECORD": "", "info/WHEEL": "w"}
    site = _install(tmp_path, "demo-1.0.dist-info", _basic("demo") + "License: MIT\n", files)
    found = find_installed("demo", [str(site)])
    assert found is not None
    assert [file.path for file in found.licences] == ["LICENSE.txt", "NOTICE"]
    assert found.licence_expression == "MIT"


def test_a_declared_licence_outside_of_the_metadata_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    metadata = _basic("demo") + f"License-File: ../../secret\nLicense-File: {tmp_path}/secret\n"
    site = _install(tmp_path / "site", "demo-1.0.dist-info", metadata, {})
    found = find_installed("demo", [str(site)])
    assert found is not None and found.licences == ()


def test_a_package_is_found_under_another_distributions_name(tmp_path: Path) -> None:
    _install(tmp_path, "PyYAML-6.0.dist-info", _basic("PyYAML"), {"yaml/__init__.py": ""})
    (tmp_path / "PyYAML-6.0.dist-info" / "top_level.txt").write_text("_yaml\nyaml\n")
    _install(tmp_path, "yaml_tools-1.0.dist-info", _basic("yaml-tools"), {"yaml_tools.py": ""})
    found = Installed([str(tmp_path)]).find_package("yaml")
    assert found is not None and (found.name, found.packages) == ("pyyaml", ("yaml",))
    assert Installed([str(tmp_path)]).find_package("_yaml") is None
    assert installed_names([str(tmp_path)]) == ("pyyaml", "yaml-tools")


def test_the_first_folder_of_the_path_wins(tmp_path: Path) -> None:
    for number in "12":
        _install(tmp_path / number, f"demo-{number}.0.dist-info", _basic("demo", f"{number}.0"), {})
    found = find_installed(
        "demo", [str(tmp_path / "none"), str(tmp_path / "2"), str(tmp_path / "1")]
    )
    assert found is not None and found.version == "2.0"


@pytest.mark.parametrize(
    "metadata", ["", "Name: demo\n", "\x00\xff", "Version: 1.0\n\nName: demo\n"]
)
def test_metadata_that_names_nothing_is_passed_over(tmp_path: Path, metadata: str) -> None:
    _install(tmp_path, "demo-1.0.dist-info", metadata, {})
    assert find_installed("demo", [str(tmp_path)]) is None


@pytest.mark.parametrize("kind", ["pth", "mapping", "project", "src"])
def test_an_editable_install_is_read_from_its_project(tmp_path: Path, kind: str) -> None:
    project, site = tmp_path / "project", tmp_path / "site"
    source = project / "src" if kind in ("pth", "src") else project
    for path in ("demo/__init__.py", "tests/test_demo.py"):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text("")
    direct = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    files = {"info/direct_url.json": direct}
    if kind == "pth":
        files |= {"_demo.pth": f"import os\n{source}\n", "info/RECORD": "_demo.pth,,\n"}
    if kind == "mapping":
        name = "__editable___demo_1_0_finder.py"
        mapping = f"MAPPING: dict[str, str] = {{'demo': {str(source / 'demo')!r}}}\n"
        files |= {name: mapping, "info/RECORD": f"{name},,\n"}
    _install(site, "demo-1.0.dist-info", _basic("demo"), files)
    found = find_installed("demo", [str(site)])
    assert found is not None
    assert (found.root, found.packages) == (source, ("demo",))
    assert Installed([str(site)]).find_package("demo") == found


def test_an_install_from_a_folder_that_is_not_editable_is_read_where_it_lies(
    tmp_path: Path,
) -> None:
    direct = json.dumps({"url": (tmp_path / "project").as_uri(), "dir_info": {}})
    files = {"info/direct_url.json": direct, "demo.py": "", "info/top_level.txt": "demo"}
    site = _install(tmp_path / "site", "demo-1.0.dist-info", _basic("demo"), files)
    found = find_installed("demo", [str(site)])
    assert found is not None and found.root == site


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("http://www.github.com/a/b/issues#x", "https://github.com/a/b"),
        ("https://gitlab.com/g/sub/p/-/tree/main", "https://gitlab.com/g/sub/p"),
        ("https://github.com/a", None),
        ("https://github.com.evil.org/a/b", None),
        ("javascript://github.com/a/b", None),
        ("https://user:secret@github.com/a/b", "https://github.com/a/b"),
        ("http://[bad", None),
    ],
)
def test_a_repository_is_one_on_a_known_host(url: str, repository: str | None) -> None:
    assert repository_at(url) == repository


def test_a_real_distribution_is_found_and_not_imported() -> None:
    before = set(sys.modules)
    found = open_package("pytest")
    assert found.name == "pytest"
    assert {"_pytest", "pytest"} <= set(found.packages)
    file = Sources([found]).find_module("_pytest.config")
    assert file is not None and file.path == "_pytest/config/__init__.py"
    assert not {name for name in set(sys.modules) - before if "pytest" in name}


def test_installed_torch_says_its_version_licences_and_commit() -> None:
    found = find_installed("torch")
    if found is None:
        pytest.skip("torch is not installed")
    assert found.packages == ("functorch", "torch", "torchgen")
    assert found.version is not None and "+" not in found.version
    assert found.repository == "https://github.com/pytorch/pytorch"
    assert found.commit is not None and len(found.commit) == 40
    assert "LICENSE" in [licence.path for licence in found.licences]
    assert open_distribution("torch", found.version) == found
    assert open_distribution("torch", f"{found.version}+anything") == found
    assert open_package("torchgen") == found
    sources = Sources([found])
    file = sources.find_module("torch.nn.modules.transformer")
    assert file is not None and "class Transformer(Module)" in file.text
    assert sources.find_module("torch.nn.Transformer") is None
    assert sources.find_module("torch._C") is None
    assert sources.find_stub("torch._C") is not None
    assert len(sources.modules("torch")) > 2_000
    assert sources.data_file("torch", "torchgen/packaged/ATen/native/native_functions.yaml")
