"""What of a class is walked: all its public methods, or those that the tour lists."""

from __future__ import annotations

from pathlib import Path

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.sources import Sources, open_path

CODE = """\
class Base:
    def step(self):
        return self.one()

    def one(self):
        return 1


class Machine(Base):
    def __init__(self):
        self.ready = True

    def run(self):
        return self.step()

    def one(self):
        return 2

    def stop(self):
        return 0
"""


def order(folder: Path, methods: dict[str, list[str]]) -> tuple[str, ...]:
    (folder / "machine.py").write_text(CODE)
    index = Index(Sources([open_path(folder / "machine.py")]))
    return build_graph(index, ["machine.Machine"], methods=methods).entries


def test_a_class_that_is_no_module_means_its_constructor_and_public_methods(tmp_path: Path) -> None:
    names = ["run", "one", "stop", "__init__"]
    assert order(tmp_path, {}) == tuple(f"machine.Machine.{name}" for name in names)


def test_a_tour_lists_the_methods_to_read_inherited_ones_too(tmp_path: Path) -> None:
    walked = order(tmp_path, {"machine.Machine": ["stop", "step"]})
    assert walked == ("machine.Machine.stop", "machine.Base.step", "machine.Machine.__init__")


def test_a_method_that_a_class_inherits_runs_on_an_object_of_that_class(tmp_path: Path) -> None:
    (tmp_path / "machine.py").write_text(CODE)
    index = Index(Sources([open_path(tmp_path / "machine.py")]))
    assert build_graph(index, ["machine.Machine.step"]).order == (
        "machine.Base.step",
        "machine.Machine.one",
    )


def test_a_name_that_a_lazy_module_promises_to_type_checkers_is_followed(tmp_path: Path) -> None:
    package = tmp_path / "lazy"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import sys\n"
        "from typing import TYPE_CHECKING\n"
        "from .loader import Loader\n"
        "if TYPE_CHECKING:\n"
        "    from .model import *\n"
        "else:\n"
        "    sys.modules[__name__] = Loader(__name__)\n"
    )
    (package / "loader.py").write_text("import types\nclass Loader(types.ModuleType): pass\n")
    (package / "model.py").write_text("class Model:\n    def run(self):\n        return 1\n")
    index = Index(Sources([open_path(tmp_path / "lazy")]))
    assert build_graph(index, ["lazy.Model"]).entries == ("lazy.model.Model.run",)
