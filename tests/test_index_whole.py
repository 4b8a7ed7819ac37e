"""The index of a whole distribution: what it holds, what it finds, and what a change costs."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from srcread.errors import CacheWarning, NotFoundError
from srcread.index import Defined, Index
from srcread.index.whole import (
    IndexedCall,
    IndexedImport,
    IndexSummary,
    find_calls,
    find_symbols,
    imports,
    index_distribution,
    nearest,
)
from srcread.index.whole.files import list_files
from srcread.model import Origin, SymbolKind
from srcread.sources import Sources, find_package, open_path

LONG_AGO = 1_000_000_000

LAYERS = """\
    import os, numpy.linalg
    from . import errors
    from ..base import Module as Base, make

    class TransformerEncoderLayer(Base):
        size = make(3)

        @make
        def forward(self, value=make(4)):
            return self.norm(value).view(-1)

        @property
        def x(self): return 1

        @x.setter
        def x(self, new): os.path.join("é", make(new))

    if os.name:
        def scaled_dot_product(): ...
    else:
        def scaled_dot_product(): return [make(i) for i in range(3)]
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))


def write(root: Path, files: dict[str, str]) -> Sources:
    """Write files of long ago and return them as sources named `pkg`."""
    for name, text in {"pkg/__init__.py": "", **files}.items():
        path = root / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO))
    return Sources([open_path(root / "src" / "pkg")])


def indexed(root: Path, files: dict[str, str]) -> IndexSummary:
    return index_distribution(write(root, files), "pkg", workers=1)


def names(summary: IndexSummary, query: str) -> list[str]:
    return [symbol.name for symbol in find_symbols(summary, query)]


def test_symbols_calls_and_imports_of_a_file_are_found_again(tmp_path: Path) -> None:
    summary = indexed(tmp_path, {"pkg/nn/layers.py": LAYERS, "pkg/base.py": "def make(): pass"})
    assert (summary.files, summary.symbols, summary.calls) == (3, 7, 8)
    (layer,) = find_symbols(summary, "TransformerEncoderLayer")[:1]
    assert (layer.name, layer.kind) == (
        "pkg.nn.layers.TransformerEncoderLayer",
        SymbolKind.CLASS,
    )
    assert (layer.path, layer.line, layer.end_line) == ("pkg/nn/layers.py", 5, 16)
    calls = [(call.caller, call.line, call.column) for call in find_calls(summary, "make")]
    inside = "pkg.nn.layers.TransformerEncoderLayer"
    assert calls == [
        (inside, 6, 11),
        (inside, 9, 28),
        (f"{inside}.x@setter", 16, 40),
        ("pkg.nn.layers.scaled_dot_product~2", 21, 38),
    ]
    assert imports(summary) == [
        IndexedImport("pkg/nn/layers.py", 1, "os", ()),
        IndexedImport("pkg/nn/layers.py", 1, "numpy.linalg", ()),
        IndexedImport("pkg/nn/layers.py", 2, "pkg.nn", ("errors",)),
        IndexedImport("pkg/nn/layers.py", 3, "pkg.base", ("Module", "make")),
    ]


def test_a_call_of_a_call_is_kept_as_written(tmp_path: Path) -> None:
    summary = indexed(tmp_path, {"pkg/a.py": "def run(x):\n    x.norm(\n      1).view(-1)\n"})
    assert find_calls(summary, "view") == [
        IndexedCall("pkg/a.py", 2, 4, "pkg.a.run", "x.norm( 1).view")
    ]
    assert [call.callee for call in find_calls(summary, "norm")] == ["x.norm"]
    assert find_calls(summary, "orm") == []


def test_calls_in_every_part_of_a_statement_are_found(tmp_path: Path) -> None:
    text = """\
        @call(1)
        class A: pass
        @call(2)
        def f(): pass
        class B(call(3), metaclass=call(4)): pass
        def g(a=call(5), *, b: call(6) = 1) -> call(7): pass
        if a \\
            and call(8): pass
        elif call(9): x = 1
        else: call(10)
        for x in call(11): pass
        else: call(12)
        while call(13): pass
        with a, call(14) as b: pass
        try: call(15)
        except call(16): call(17)
        finally: call(18)
        match call(19):
            case A(1) if call(20): call(21)
        x: call(22) = [call(23) for _ in call(24) if call(25)]
        lambda y=call(26): call(27)
        f"{call(28)}{x!r:{call(29)}}"
        assert call(30), call(31)
        raise call(32) from call(33)
        call(34)[call(35):call(36)].x, *call(37)
        def h(
            a=call(38),
        ): return call(39)
        @plain
        @call(40)
        def i(): yield call(41)
    """
    summary = indexed(tmp_path, {"pkg/a.py": text})
    assert len(find_calls(summary, "call")) == summary.calls == 41


def test_names_are_those_of_the_index_on_demand(tmp_path: Path) -> None:
    text = """\
        class A:
            class B:
                def run(self):
                    def inner():
                        class C: pass
            if 1:
                def run(self): ...
            elif 2:
                def run(self): ...
            @property
            def x(self): ...
            @x.deleter
            def x(self): ...
        try:
            def tried(): ...
        except ValueError:
            def tried(): ...
        else:
            with open("x") as f:
                def tried(): ...
        match 1:
            case 1:
                async def matched(): ...
        for i in ():
            class Looped: ...
        while 0:
            def looped(): ...
    """
    sources = write(tmp_path, {"pkg/a.py": text})
    summary = index_distribution(sources, "pkg")
    module = Index(sources).module("pkg.a")
    assert module is not None
    expected = {
        (item.name, item.symbol.kind, item.node.lineno) for item in every(module.definitions)
    }
    found = find_symbols(summary, "pkg.a")
    assert {(item.name, item.kind, item.line) for item in found[1:]} == expected
    assert len(expected) == 15


def every(definitions: dict[str, Defined]) -> Iterator[Defined]:
    for defined in definitions.values():
        yield defined
        yield from every(defined.inner())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("TransformerEncoderLayer", "pkg.nn.layers.TransformerEncoderLayer"),
        ("TEL", "pkg.nn.layers.TransformerEncoderLayer"),
        ("TrEncLay", "pkg.nn.layers.TransformerEncoderLayer"),
        ("sdp", "pkg.nn.layers.scaled_dot_product"),
        ("transformerenc", "pkg.nn.layers.TransformerEncoderLayer"),
        ("layers.forw", "pkg.nn.layers.TransformerEncoderLayer.forward"),
        ("dot_pro", "pkg.nn.layers.scaled_dot_product"),
        ("base", "pkg.base"),
    ],
)
def test_a_symbol_is_found_by_a_part_of_its_name(tmp_path: Path, query: str, first: str) -> None:
    summary = indexed(tmp_path, {"pkg/nn/layers.py": LAYERS, "pkg/base.py": "def tell(): pass"})
    assert names(summary, query)[0] == first


@pytest.mark.parametrize("query", ["", "TXL", "zzz", "nn.tell", "*", "[a"])
def test_what_no_name_has_is_not_found(tmp_path: Path, query: str) -> None:
    summary = indexed(tmp_path, {"pkg/nn/layers.py": LAYERS, "pkg/base.py": "def tell(): pass"})
    assert names(summary, query) == []


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("pkg.Linear", "pkg.nn.linear.Linear"),
        ("pkg.nn.Lineer", "pkg.nn.linear.Linear"),
        ("pkg.nn.linear.Linear.forwrad", "pkg.nn.linear.Linear.forward"),
        ("pkg.qat.Linear", "pkg.qat.linear.Linear"),
        ("pkg.nothing_of_the_kind", None),
    ],
)
def test_the_nearest_name_is_found_across_modules(
    tmp_path: Path, name: str, near: str | None
) -> None:
    text = "class Linear:\n    def forward(self): ...\n"
    summary = indexed(tmp_path, {"pkg/nn/linear.py": text, "pkg/qat/linear.py": text})
    assert nearest(summary, name) == near


def test_only_changed_files_are_read_again(tmp_path: Path) -> None:
    files = {"pkg/a.py": "def one(): pass", "pkg/b.py": "def two(): pass"}
    assert indexed(tmp_path, files).read == 3
    assert indexed(tmp_path, files).read == 0
    changed = indexed(tmp_path, files | {"pkg/a.py": "def three(): pass"})
    assert (changed.read, names(changed, "one"), names(changed, "three")) == (
        1,
        [],
        ["pkg.a.three"],
    )
    (tmp_path / "src/pkg/b.py").unlink()
    smaller = indexed(tmp_path, {"pkg/a.py": "def three(): pass"})
    assert (smaller.read, smaller.files, names(smaller, "two")) == (0, 2, [])


def test_a_file_with_another_time_and_the_same_bytes_is_not_parsed_again(tmp_path: Path) -> None:
    sources = write(tmp_path, {"pkg/a.py": "def one(): pass"})
    assert index_distribution(sources, "pkg").read == 2
    os.utime(tmp_path / "src/pkg/a.py", (LONG_AGO + 5, LONG_AGO + 5))
    assert index_distribution(sources, "pkg").read == 0


def test_a_file_written_twice_within_the_clocks_grain_is_read_again(tmp_path: Path) -> None:
    sources = write(tmp_path, {"pkg/a.py": "def one(): pass"})
    path = tmp_path / "src/pkg/a.py"
    now = time.time_ns()
    os.utime(path, ns=(now, now))
    index_distribution(sources, "pkg")
    path.write_text("def two(): pass")
    os.utime(path, ns=(now, now))  # the same size, time and inode
    summary = index_distribution(sources, "pkg")
    assert (summary.read, names(summary, "two")) == (1, ["pkg.a.two"])


def test_one_worker_and_several_find_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pad = "# " + "x" * 20_000 + "\n"  # together more than is read without a worker
    files = {f"pkg/m{n}.py": f"{pad}def f{n}(): g{n}()\n" for n in range(40)}
    sources = write(tmp_path, files)
    found = []
    for workers in (1, 3):
        monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / f"cache{workers}"))
        told: list[str] = []
        summary = index_distribution(sources, "pkg", workers=workers, progress=told.append)
        found.append((summary.read, find_symbols(summary, "pkg"), find_calls(summary, "g7")))
    assert found[0] == found[1]
    assert found[0][0] == 41


def test_a_damaged_index_is_rebuilt(tmp_path: Path) -> None:
    files = {"pkg/a.py": "def one(): pass"}
    summary = indexed(tmp_path, files)
    summary.path.write_bytes(b"no database" * 1000)
    again = indexed(tmp_path, files)
    assert (again.read, again.path, names(again, "one")) == (2, summary.path, ["pkg.a.one"])


def test_a_cache_that_cannot_be_written_costs_the_work_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "file"))
    with pytest.warns(CacheWarning, match=r"file' cannot be written: .*Set SRCREAD_CACHE"):
        summary = indexed(tmp_path, {"pkg/a.py": "def one(): pass"})
    assert names(summary, "one") == ["pkg.a.one"]


def test_an_unknown_distribution_is_not_found_and_the_nearest_offered(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"No distribution 'pgk' .* Did you mean 'pkg'\?"):
        index_distribution(write(tmp_path, {}), "pgk")


def test_the_files_of_torch_are_its_modules() -> None:
    torch = find_package("torch")
    if torch is None or torch.origin is not Origin.INSTALLED:
        pytest.skip("torch is not installed")
    files, odd = list_files(torch)
    assert sorted(file.module for file in files) == list(Sources([torch]).modules("torch"))
    assert odd == []
