"""Where names begin: folders without `__init__.py`, checkouts, and names that packages re-bind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.story_example import srcread, write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def edges(*arguments: str) -> set[tuple[str, str | None]]:
    result = srcread("graph", "--json", *arguments)
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return {(edge["caller"], edge["callee"]) for edge in data["edges"]}


NAMESPACE = {
    "corp/core/__init__.py": "",
    "corp/core/ops.py": "def act(x):\n    return x\n",
    "corp/core/model.py": "from corp.core.ops import act\ndef run(x):\n    return act(x)\n",
}


@pytest.mark.parametrize("mark", [".git/HEAD", "pyproject.toml", "setup.py", "setup.cfg", None])
def test_names_begin_above_a_namespace_that_a_file_imports_itself_by(
    here: Path, mark: str | None
) -> None:
    write(here, NAMESPACE | ({mark: ""} if mark else {}))
    wanted = {("corp.core.model.run", "corp.core.ops.act")}
    assert edges("corp/core/model.py:run") == wanted
    assert edges("./corp/core") == wanted
    assert edges(".:corp.core.model:run") == wanted
    assert edges("./corp:core.model:run") == wanted


def test_a_file_in_the_sources_of_a_folder_is_named_by_its_path(here: Path) -> None:
    write(here, {f"proj/src/{path}": text for path, text in NAMESPACE.items()})
    wanted = {("corp.core.model.run", "corp.core.ops.act")}
    assert edges("./proj:src/corp/core/model.py:run") == wanted
    assert edges("./proj:corp.core.model:run") == wanted


def test_a_name_that_is_a_folders_is_said_to_be_written_with_a_colon(here: Path) -> None:
    write(here, {"nowhere/mod.py": "def f():\n    return 1\n"})
    said = srcread("graph", "nowhere.mod.f")
    assert said.stderr.endswith("For the folder of this name write './nowhere:mod.f'.\n")
    assert srcread("graph", "./nowhere:mod.f").exit_code == 0


@pytest.mark.parametrize("source", ["src", "python"])
def test_names_begin_in_a_folder_of_sources(here: Path, source: str) -> None:
    write(here, {f"{source}/{path}": text for path, text in NAMESPACE.items()} | {"setup.py": ""})
    wanted = {("corp.core.model.run", "corp.core.ops.act")}
    assert edges(f"{source}/corp/core/model.py:run") == wanted
    assert edges("./:corp.core.model:run") == wanted


def test_a_hole_below_a_regular_package_ends_no_name(here: Path) -> None:
    files = {
        ".git/HEAD": "",
        "python/eng/__init__.py": "",
        "python/eng/srt/models/net.py": "from eng.srt.ops import act\ndef run():\n    act()\n",
        "python/eng/srt/ops.py": "def act():\n    return 1\n",
    }
    write(here, files)
    assert edges("python/eng/srt/models/net.py:run") == {
        ("eng.srt.models.net.run", "eng.srt.ops.act")
    }


def test_what_only_a_neighbour_imports_tells_where_names_begin(here: Path) -> None:
    write(here, NAMESPACE | {".git/HEAD": "", "corp/core/plain.py": "def f():\n    return len\n"})
    result = srcread("graph", "corp/core/plain.py:f")
    assert result.stdout.startswith("corp.core.plain.f ")


def test_a_folder_named_like_a_framework_is_not_taken_for_it(here: Path) -> None:
    write(here, {"torch/train.py": "import torch.nn\ndef go():\n    return 1\n"})
    assert srcread("graph", "torch/train.py:go").stdout.startswith("train.go ")


def test_a_script_reads_the_packages_of_its_checkout_with_what_they_import(here: Path) -> None:
    files = {
        ".git/HEAD": "",
        "scripts/train.py": "from ldm.util import make\ndef go():\n    return make()\n",
        "ldm/util.py": "from taming.blocks import block\ndef make():\n    return block()\n",
        "src/taming/__init__.py": "",
        "src/taming/blocks.py": "def block():\n    return 1\n",
    }
    write(here, files)
    assert edges("scripts/train.py:go") == {
        ("train.go", "ldm.util.make"),
        ("ldm.util.make", "taming.blocks.block"),
    }


def test_a_namespace_beside_a_script_is_read(here: Path) -> None:
    write(here, {"run.py": "from nets.small import f\ndef go():\n    f()\n"})
    write(here, {"nets/small.py": "def f():\n    return 1\n"})
    assert edges("run.py:go") == {("run.go", "nets.small.f")}


STRAY = {
    "work/__init__.py": "# so that the editor finds it\n",
    "work/run.py": "from nets.small import f\ndef go():\n    f()\n",
    "work/nets/small.py": "from .more import g\ndef f():\n    return g()\n",
    "work/nets/more.py": "def g():\n    return 1\n",
}


def test_a_script_beside_a_stray_init_reads_what_lies_beside_it(here: Path) -> None:
    write(here, STRAY)
    assert edges("work/run.py:go") == {
        ("run.go", "nets.small.f"),
        ("nets.small.f", "nets.more.g"),
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"work/__init__.py": "from .run import go\n"},
        {"work/run.py": "from .nets.small import f\ndef go():\n    f()\n"},
        {"work/run.py": "from work.nets.small import f\ndef go():\n    f()\n"},
        {"work/test.py": "from work.run import go\n"},
        {"work/test.py": "from . import run\n"},
        {"work/run.py": "import logging\nimport other\ndef go():\n    other.f()\n"},
    ],
)
def test_a_file_of_a_package_is_named_by_the_package(here: Path, changed: dict[str, str]) -> None:
    write(here, {**STRAY, "work/logging.py": "", **changed})
    assert srcread("graph", "work/run.py:go").stdout.startswith("work.run.go ")


@pytest.mark.parametrize("entry", ["pk/thing.py:other", "pk/thing.py:thing", "pk/thing.py"])
def test_a_path_names_the_file_whatever_its_package_binds_the_name_to(
    here: Path, entry: str
) -> None:
    code = "def thing():\n    return other()\n\n\ndef other():\n    return len([])\n"
    write(here, {"pk/__init__.py": "from .thing import thing\n", "pk/thing.py": code})
    result = srcread("graph", entry)
    assert result.exit_code == 0, result.output
    first = "pk.thing.other" if entry.endswith("other") else "pk.thing.thing"
    assert result.stdout.startswith(f"{first}  pk/thing.py:")
    assert "pk.thing.other" in result.stdout


def test_a_colon_names_the_module_and_a_dot_what_python_finds(here: Path) -> None:
    write(here, {"pk/__init__.py": "from .thing import thing\n"})
    write(here, {"pk/thing.py": "def thing():\n    return 1\ndef other():\n    return 2\n"})
    assert srcread("graph", ".:pk.thing:other").exit_code == 0
    lost = srcread("graph", "./:pk.thing.other")
    assert lost.exit_code == 2


def test_a_definition_in_a_package_is_found_by_its_name_alone(here: Path) -> None:
    write(here, {"pk/__init__.py": "", "pk/sub.py": "def go():\n    return 1\n"})
    assert srcread("graph", "./pk:go").stdout.startswith("pk.sub.go ")
    assert srcread("graph", "./pk:sub:go").stdout.startswith("pk.sub.go ")


def test_a_module_called_like_one_of_pythons_does_not_import_itself(here: Path) -> None:
    write(here, {"logging.py": "import logging\ndef f():\n    return logging.getLogger()\n"})
    assert edges("logging.py:f") == {("logging.f", "logging.getLogger")}


def test_the_help_says_how_to_write_a_name_in_a_checkout() -> None:
    assert "./folder:package.module:Name" in srcread("graph", "--help").stdout
    assert "./folder:package.module:Name" in srcread("read", "--help").stdout
