"""Functions of the read source given other code, in the process that has imported them."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from srcread.child import install
from srcread.index import Index
from srcread.index.module import Defined
from srcread.model import SymbolKind
from srcread.running.targets.units import Unit, unit_of
from srcread.sources import Sources, open_distribution, open_path

SHOP = '''
from __future__ import annotations
import functools
import os.path as path

class Shop:
    def __init__(self, name: Name = "x"):
        super().__init__()
        self.__name = name

    @property
    def name(self):
        """The name."""
        return self.__name

    @name.setter
    def name(self, value):
        self.__name = path.join(value, "")

    def __label(self):
        return self.__name

    @staticmethod
    @functools.lru_cache
    def price(count):
        return sum(n + 1 for n in range(count))

class _Till:
    def __open(self): return self.__name

if True:
    def first(a, *, b=(1, 2.0)):
        def second():
            return a
        return second

def again(): return 1
def again(): return 2

def maker():
    held = 1
    def made():
        return held
    return made
made = maker()
'''


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    (tmp_path / "shop.py").write_text(dedent(SHOP))
    monkeypatch.syspath_prepend(tmp_path)
    yield Index(Sources([open_path(tmp_path)]))
    sys.modules.pop("shop", None)


def unit(index: Index, name: str) -> dict[str, Any]:
    symbol = index.symbol(name)
    assert symbol is not None
    made: Unit = unit_of(index, symbol)
    return dict(made)


def rebuilt(about: dict[str, Any]) -> tuple[types.FunctionType, types.CodeType]:
    function = install.find(about["module"], about["name"])
    return function, install.build(about, install.parse(about), function)


@pytest.mark.parametrize(
    "name",
    [
        *("Shop.__init__", "Shop.name", "Shop.name@setter", "Shop.__label", "_Till.__open"),
        *("Shop.price", "first", "again~2"),
    ],
)
def test_the_unchanged_text_gives_the_code_that_the_import_gave(shop: Index, name: str) -> None:
    function, code = rebuilt(unit(shop, f"shop.{name}"))
    assert install.same(code, function.__code__)
    assert list(code.co_positions()) == list(function.__code__.co_positions())
    assert code.co_firstlineno == function.__code__.co_firstlineno


def test_a_definition_that_a_later_one_replaced_is_not_the_same(shop: Index) -> None:
    function, code = rebuilt(unit(shop, "shop.again"))
    assert not install.same(code, function.__code__)


def test_a_changed_function_runs_wherever_it_is_held(shop: Index) -> None:
    about = unit(shop, "shop.again~2")
    function = install.find("shop", "again~2")
    about["text"] = about["text"].replace("2", "3")
    function.__code__ = install.build(about, install.parse(about), function)
    assert sys.modules["shop"].again() == 3
    assert function() == 3


def test_a_change_may_drop_the_call_of_super(shop: Index) -> None:
    about = unit(shop, "shop.Shop.__init__")
    function = install.find("shop", "Shop.__init__")
    about["text"] = about["text"].replace("super().__init__()", "pass")
    function.__code__ = install.build(about, install.parse(about), function)
    assert sys.modules["shop"].Shop("y").name == "y"


@pytest.mark.parametrize(
    ("module", "name", "why"),
    [
        ("nowhere_at_all", "f", "not-imported"),
        ("shop", "gone", "not-there"),
        ("shop", "Shop.price.wrapped", "not-there"),
        ("shop", "Shop", "not-python"),
        ("math", "sqrt", "not-python"),
    ],
)
def test_what_is_out_of_reach_says_why(shop: Index, module: str, name: str, why: str) -> None:
    with pytest.raises(install.NotInstallable, match=why):
        install.find(module, name)


def test_a_function_that_a_call_made_is_out_of_reach(shop: Index) -> None:
    text = "def made():\n    return held\n"
    about = {"module": "shop", "name": "made", "line": 1, "text": text}
    about |= {"classes": [], "imports": []}
    with pytest.raises(install.NotInstallable, match="made-by-call"):
        rebuilt(about)


def functions(definitions: Mapping[str, Defined]) -> Iterator[Defined]:
    for defined in definitions.values():
        if defined.symbol.kind is SymbolKind.CLASS:
            yield from functions(defined.inner())
        else:
            yield defined


@pytest.mark.parametrize(
    "name", ["torch.nn.modules.activation", "torch.nn.modules.transformer", "torch.nn.init"]
)
def test_every_function_of_torch_is_rebuilt_to_the_byte(name: str) -> None:
    pytest.importorskip("torch")
    index = Index(Sources([open_distribution("torch")]))
    module = index.module(name)
    assert module is not None
    found = list(functions(module.definitions))
    assert len(found) > 20
    for defined in found:
        function, code = rebuilt(dict(unit_of(index, defined.symbol)))
        assert install.same(code, function.__code__), defined.name
        assert list(code.co_positions()) == list(function.__code__.co_positions())
