"""Functions taken out of a source tree run as in their package, which stays unimported."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from srcread.errors import NotFoundError, SourceError
from srcread.lab.extract import ExtractError, extract

TINYLLM = Path(__file__).parent / "data" / "tinyllm"


def tree(root: Path, files: dict[str, str]) -> Path:
    """Write a tree of modules."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_function_brings_its_helpers_and_what_they_need(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "shop.py": """
import math
RATE = 0.5
UNUSED = math.tau
def rounded(x): return math.floor(x)
def price(x): return rounded(x * RATE)
def other(): return price(1)
"""
        },
    )
    taken = extract(root, "shop:price")
    assert taken["price"](5) == 2
    names = [name for name, _ in taken.digests]
    assert names == ["shop:RATE", "shop:math", "shop:price", "shop:rounded"]
    assert taken.left_out == {}


def test_helpers_are_followed_into_other_modules_without_importing_them(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "pkg/__init__.py": "raise SystemExit('imported')\n",
            "pkg/start.py": "from .middle import twice as double\ndef start(x): return double(x)\n",
            "pkg/middle.py": "import pkg.end as end\ndef twice(x): return end.FACTOR * x\n",
            "pkg/end.py": "import absent_anywhere\nFACTOR = 2\nraise SystemExit\n",
        },
    )
    assert extract(root, "pkg.start:start")["start"](4) == 8
    assert not [name for name in sys.modules if name.partition(".")[0] == "pkg"]


def test_imports_inside_functions_find_what_was_taken(tmp_path: Path) -> None:
    start = """
def start():
    from .b import value
    import pkg.c
    return value + pkg.c.other()
def dynamic():
    import pkg.c
    return getattr(pkg.c, "oth" + "er")()
"""
    files = {"a.py": start, "b.py": "value = 3\n", "c.py": "def other(): return 4\n"}
    root = tree(tmp_path, {"pkg/__init__.py": "", **{f"pkg/{k}": v for k, v in files.items()}})
    taken = extract(root, "pkg.a:start")
    assert taken["start"]() == 7
    assert {"pkg.b:value", "pkg.c:other"} <= dict(taken.digests).keys()
    with pytest.raises(AttributeError, match=r"'other' of 'pkg\.c' was not taken"):
        extract(root, "pkg.a:dynamic")["dynamic"]()


def test_stars_bring_only_the_names_that_are_used(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "from .b import *\ndef start(): return used()\n",
            "pkg/b.py": "def used(): return 1\ndef unused(): return missing_thing\n",
        },
    )
    taken = extract(root, "pkg.a:start")
    assert taken["start"]() == 1
    assert "pkg.b:unused" not in dict(taken.digests)


def test_classes_come_with_bases_and_a_method_can_be_named(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "m.py": """
from dataclasses import dataclass
from enum import Enum
class Base:
    def hello(self): return self.word()
class Kind(Enum):
    A = 1
    B = A + 1
@dataclass
class Child(Base):
    kind: Kind = Kind.B
    missing: "Nowhere" = None
    def word(self): return self.kind.value
"""
        },
    )
    taken = extract(root, "m:Child", "m:Child.word")
    assert taken["Child"]().hello() == 2
    assert taken["Child.word"](taken["Child"]()) == 2
    assert taken.left_out == {}


def test_files_and_lines_are_those_of_the_source(tmp_path: Path) -> None:
    root = tree(tmp_path, {"m.py": "\n\n\ndef fails():\n    raise KeyError('here')\n"})
    fails = extract(root, "m:fails")["fails"]
    assert fails.__code__.co_filename == str(tmp_path / "m.py")
    assert fails.__module__ == "m"
    with pytest.raises(KeyError) as caught:
        fails()
    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 5


def test_a_digest_changes_with_what_was_taken_and_with_nothing_else(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        return extract(tree(tmp_path, {"m.py": text}), "m:f").digest

    before = digest("def g(): return 1\ndef f(): return g()\ndef h(): return 1\n")
    assert before.startswith("d1:")
    assert (
        digest("# moved\n\ndef g(): return 1\ndef f(): return g()\ndef h(): return 2\n") == before
    )
    assert digest("def g(): return 2\ndef f(): return g()\ndef h(): return 1\n") != before


def test_a_helper_can_be_given(tmp_path: Path) -> None:
    root = tree(tmp_path, {"m.py": "def helper(x): return x\ndef start(x): return helper(x)\n"})
    taken = extract(root, "m:start", given={"helper": lambda x: -x})
    assert taken["start"](3) == -3
    assert taken.given == ("helper",)
    assert [name for name, _ in taken.digests] == ["m:start"]
    with pytest.raises(NotFoundError, match=r"'helpr' is given, .*Did you mean 'helper'"):
        extract(root, "m:start", given={"helpr": None})


def test_a_package_may_be_imported_nonetheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(
        tmp_path,
        {
            "really/__init__.py": "class Kind: pass\n",
            "script.py": "from really import Kind\ndef make(): return Kind()\n",
        },
    )
    monkeypatch.syspath_prepend(str(root))
    import really  # of this test

    taken, imported = (extract(root, "script:make", imported=names) for names in ((), ("really",)))
    assert not isinstance(taken["make"](), really.Kind)
    assert isinstance(imported["make"](), really.Kind)
    del sys.modules["really"]


def test_a_name_that_cannot_be_had_is_told_and_raises_when_it_is_used() -> None:
    taken = extract(TINYLLM, "examples/convert.py:tokenize", "examples/convert.py:undefined")
    assert taken.left_out == {
        "examples/convert.py.Tokenizer": "ModuleNotFoundError: No module named 'absent_package'",
        "examples/convert.py.no_such_name": "no statement at the top of its module binds it",
    }
    with pytest.raises(ExtractError, match=r"'Tokenizer' was left out: ModuleNotFoundError"):
        taken["tokenize"]("words")
    with pytest.raises(NameError, match="no_such_name"):
        taken["undefined"]()


def test_what_changes_a_value_in_place_is_taken_and_other_side_effects_are_told() -> None:
    taken = extract(TINYLLM, "tinyllm.names:NAMES", "tinyllm._axes:swapped")
    assert taken["NAMES"]["lm.bias"] == "head.bias"
    assert dict(taken.digests).keys() == {"tinyllm.names:NAMES", "tinyllm._axes:swapped"}
    script = extract(TINYLLM, "examples/convert.py:main")
    assert list(script.left_out) == ["examples/convert.py:52"]


def test_a_script_imports_what_lies_beside_it() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    taken = extract(TINYLLM, "examples/convert.py:reorder", "examples/convert.py:convert")
    weight = torch.arange(12.0).reshape(12, 1)
    assert taken["reorder"](weight, 2).flatten().tolist() == [
        *(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11),
    ]
    assert "examples/helpers.py:renamed" in dict(taken.digests)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reorder", "does not name a function of a module"),
        ("examples/convert.py:reordr", r"binds no 'reordr' at its top\. Did you mean 'reorder'"),
        ("examples/absent.py:f", "There is no module 'examples/absent.py'"),
        ("tinyllm.absent:f", "There is no module 'tinyllm.absent'"),
    ],
)
def test_a_name_that_does_not_exist_is_answered_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(NotFoundError, match=message):
        extract(TINYLLM, name)


def test_a_method_that_does_not_exist_is_answered_with_the_nearest(tmp_path: Path) -> None:
    root = tree(tmp_path, {"m.py": "class A:\n    def forward(self): pass\n"})
    with pytest.raises(NotFoundError, match=r"m:A\.forwards has no 'forwards'\. .*'forward'"):
        extract(root, "m:A.forwards")


def test_a_tree_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file or folder"):
        extract(tmp_path / "absent", "m:f")


def test_a_script_that_cannot_be_parsed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("")
    (tmp_path / "bad.py").write_text("def f(:\n")
    with pytest.raises(SourceError, match=r"bad\.py:1: SRC001"):
        extract(tmp_path, "bad.py:f")


def test_a_statement_that_does_not_run_leaves_its_names_out(tmp_path: Path) -> None:
    text = """
TABLE = {}["absent"]
COPY = TABLE.copy()
class Child(TABLE): pass
def uses(): return COPY["x"]
def checks(x): return isinstance(x, TABLE)
def works(): return 1 if True else TABLE
"""
    root = tree(tmp_path, {"m.py": text})
    taken = extract(root, "m:uses", "m:checks", "m:works")
    assert taken["works"]() == 1
    assert taken.left_out == {
        "m.TABLE": "m.py:2 does not run: KeyError: 'absent'",
        "m.COPY": "m.py:3 does not run: 'TABLE' was left out: m.py:2 does not run: "
        "KeyError: 'absent'",
    }
    for name in ("uses", "checks"):
        with pytest.raises(ExtractError, match=r"was left out: m\.py:. does not run"):
            taken[name](*[1] * (name == "checks"))
    for name in ("TABLE", "Child"):
        with pytest.raises(ExtractError, match=r"'TABLE' was left out: m\.py:2 does not run"):
            extract(root, f"m:{name}")


def test_a_change_that_does_not_run_is_refused_for_its_value_would_be_another(
    tmp_path: Path,
) -> None:
    root = tree(tmp_path, {"m.py": "T = {}\nT.update(absent.more)\ndef f(): return T\n"})
    with pytest.raises(ExtractError, match=r"m\.py:2 does not run: NameError: name 'absent'"):
        extract(root, "m:f")


def test_a_helper_that_imports_its_importer_finds_it(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "from .b import g\nBASE = 1\ndef f(): return g()\n",
            "pkg/b.py": "from . import a\ndef g(): return a.BASE\n",
        },
    )
    taken: Any = extract(root, "pkg.a:f")
    assert taken["f"]() == 1
