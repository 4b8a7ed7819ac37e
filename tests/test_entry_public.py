"""Entries by their public names: what they are built on is what their defining module imports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.story_example import srcread, write

from srcread.errors import RELATED, did_you_mean

STRUCTURE = """\
import sys
from typing import TYPE_CHECKING

from .loading import LazyModule

_import_structure = {"inner.model": ["Net"], "inner.more": ["build"]}

if TYPE_CHECKING:
    from .inner.model import Net
    from .inner.more import build
else:
    sys.modules[__name__] = LazyModule(__name__, globals()["__file__"], _import_structure)
"""
LOADING = """\
import importlib
import types


class LazyModule(types.ModuleType):
    def __init__(self, name, file, structure):
        super().__init__(name)
        self._of = {name: module for module, names in structure.items() for name in names}

    def __getattr__(self, name):
        return getattr(importlib.import_module("." + self._of[name], self.__name__), name)
"""
GETATTR = """\
def __getattr__(name):
    if name == "Net":
        from .inner.model import Net
        return Net
    if name == "build":
        from .inner.more import build
        return build
    raise AttributeError(name)
"""
MODEL = """\
from frame import Module


class Net(Module):
    def __init__(self):
        self.part = Module()

    def run(self, x):
        return self.part.apply(x)
"""
FRAME = """\
class Module:
    def apply(self, x):
        return scale(x)


def scale(x):
    return x
"""
INITS = {
    "plain": "from .inner.model import Net\nfrom .inner.more import build\n",
    "through": "from .inner import *\n",
    "structure": STRUCTURE,
    "getattr": GETATTR,
}


def install(site: Path, name: str, files: dict[str, str]) -> None:
    info = f"{name}-1.0.dist-info"
    record = "".join(f"{path},,\n" for path in files)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    write(site, {**files, f"{info}/METADATA": metadata, f"{info}/RECORD": record})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages: a framework, `frame`."""
    site = tmp_path / "site"
    install(site, "frame", {"frame/__init__.py": FRAME})
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return site


def models(site: Path, init: str) -> None:
    """Install `models`, whose classes are re-exported in one of the ways that packages have."""
    files = {
        "models/__init__.py": init,
        "models/loading.py": LOADING,
        "models/inner/__init__.py": "from .model import Net\nfrom .more import build\n",
        "models/inner/model.py": MODEL,
        "models/inner/more.py": "from .model import Net\ndef build():\n    return Net().run(1)\n",
    }
    install(site, "models", files)


def graph(entry: str) -> dict[str, Any]:
    result = srcread("graph", "--json", entry)
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


@pytest.mark.parametrize("way", INITS)
def test_a_public_name_gives_the_graph_of_the_defining_modules_name(site: Path, way: str) -> None:
    models(site, INITS[way])
    public = graph("models.Net")
    assert public == graph("models.inner.model:Net")
    assert public["distributions"] == {"models": "1.0", "frame": "1.0"}
    called = {(edge["caller"], edge["callee"]) for edge in public["edges"]}
    assert ("models.inner.model.Net.run", "frame.Module.apply") in called
    assert ("frame.Module.apply", "frame.scale") in called


def test_a_base_that_the_entrys_own_module_does_not_import_is_read_if_it_is_here(
    site: Path,
) -> None:
    models(site, INITS["plain"])
    found = graph("models.build")
    assert found["distributions"] == {"models": "1.0", "frame": "1.0"}
    assert ("frame.Module.apply") in {edge["callee"] for edge in found["edges"]}


def test_a_base_of_a_package_that_is_not_here_is_said_once(site: Path, tmp_path: Path) -> None:
    code = "from absent.core import Base\nclass One(Base):\n    def a(self): return self.x()\n"
    write(tmp_path, {"own.py": code + "class Two(Base):\n    def b(self): return self.y()\n"})
    result = srcread("graph", "own.py")
    assert result.stderr == (
        "own:own.py:2: warning: SRC006 own.One inherits from absent.core.Base, and absent is not "
        "read: calls of what it brings end there. So does one more class. "
        "To read it too: srcread fetch absent\n"
    )


def test_a_base_of_pythons_own_is_no_loss(site: Path, tmp_path: Path) -> None:
    write(tmp_path, {"own.py": "import abc\nclass One(abc.ABC):\n    def a(self): return 1\n"})
    assert srcread("graph", "own.py").stderr == ""


def test_a_name_that_a_package_makes_when_it_runs_is_said_to_be_so(site: Path) -> None:
    text = (
        "import importlib\ndef __getattr__(name):\n    return importlib.import_module(find(name))\n"
    )
    install(site, "made", {"made/__init__.py": text + "def find(name):\n    return input()\n"})
    result = srcread("graph", "made.Net")
    assert result.exit_code == 2
    assert result.stderr == (
        "srcread: There is no 'made.Net' in the sources. made.__getattr__ may make 'Net' when it "
        "runs, in a way that the text does not tell: name the module that defines it, as "
        "'package.module:Name'.\n"
    )


def test_the_versions_that_were_read_are_told(site: Path) -> None:
    models(site, INITS["plain"])
    assert srcread("graph", "models.Net").stderr == "read: models 1.0, frame 1.0\n"
    assert srcread("read", "models.Net").stderr == "read: models 1.0, frame 1.0\n"


@pytest.mark.parametrize(
    ("typed", "known", "said"),
    [
        ("model", ["mdurl", "modin"], ""),
        ("pil", ["pip", "pid"], ""),
        ("trasformers", ["transformers"], " Did you mean 'transformers'?"),
        ("tourch", ["torch"], " Did you mean 'torch'?"),
    ],
)
def test_only_a_related_package_is_suggested(typed: str, known: list[str], said: str) -> None:
    assert did_you_mean(typed, known, RELATED) == said


def test_only_a_related_name_is_suggested(site: Path) -> None:
    models(site, INITS["plain"])
    assert "Did you mean 'models.build'?" in srcread("graph", "models.buildt").stderr
    assert "Did you mean" not in srcread("graph", "models.Transformer").stderr
