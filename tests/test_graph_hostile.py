"""Files that nobody would write, and names that do not exist: a line about it, never a crash."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from srcread.errors import NotFoundError
from srcread.graph.limits import Limits
from srcread.graph.present import graph_as_tree
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, Certainty, EdgeKind, Stop, StopWhy
from srcread.opening.entry import walk_entry
from srcread.sources import Sources, open_path

MAIN = "from pkg.bad import thing\ndef run():\n    thing()\n    other()\ndef other(): pass\n"


def _lay(root: Path, files: dict[str, str | bytes]) -> Index:
    """Write files into a package `pkg` and return its index."""
    for name, text in {"__init__.py": "", **files}.items():
        path = root / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(textwrap.dedent(text).encode() if isinstance(text, str) else text)
    return Index(Sources([open_path(root / "pkg")]))


def _callees(graph: CallGraph, caller: str) -> list[str | None]:
    return [edge.callee for edge in graph.edges if edge.site.caller == caller]


@pytest.mark.parametrize(
    ("bad", "code", "said"),
    [
        (b"x = 1\0\n", "SRC001", "null byte"),
        (b"# -*- coding: utf-8 -*-\nx = '\xff\xfe'\n", "SRC002", "utf-8"),
        (b"# -*- coding: klingon -*-\nx = 1\n", "SRC002", "klingon"),
        (b"print 'Python 2'\n", "SRC001", "parse"),
        (b"x = " + b"(" * 250 + b")" * 250, "SRC001", "nested"),
        (b"x = " + b"-" * 10_000 + b"1", "SRC001", "parse"),
        (b"def broken(:\n", "SRC001", "invalid syntax"),
    ],
    ids=["null", "encoding", "coding", "python2", "parentheses", "minus", "syntax"],
)
def test_a_file_that_cannot_be_read_costs_one_diagnostic_and_the_rest_goes_on(
    tmp_path: Path, bad: bytes, code: str, said: str
) -> None:
    graph = build_graph(_lay(tmp_path, {"main.py": MAIN, "bad.py": bad}), ["pkg.main.run"])
    (diagnostic,) = graph.diagnostics
    assert (diagnostic.path, diagnostic.code) == ("pkg:pkg/bad.py", code)
    assert said in diagnostic.message
    assert _callees(graph, "pkg.main.run") == [None, "pkg.main.other"]


def test_an_entry_in_a_file_that_cannot_be_parsed_is_not_found(tmp_path: Path) -> None:
    index = _lay(tmp_path, {"bad.py": "def run(:\n"})
    with pytest.raises(NotFoundError, match=r"no 'pkg.bad.run': pkg:pkg/bad.py:1: SRC001"):
        build_graph(index, ["pkg.bad.run"])


def test_a_long_chain_of_subscripts_costs_at_most_a_diagnostic(tmp_path: Path) -> None:
    bad = "x = []\nx = x" + "[0]" * 3000 + "\ndef thing(): pass\n"
    graph = build_graph(_lay(tmp_path, {"main.py": MAIN, "bad.py": bad}), ["pkg.main.run"])
    assert _callees(graph, "pkg.main.run")[1] == "pkg.main.other"
    assert (None in _callees(graph, "pkg.main.run")) == (len(graph.diagnostics) == 1)


def test_a_chain_of_two_thousand_branches_is_read(tmp_path: Path) -> None:
    text = "def run(x):\n    if x == 0:\n        pass\n"
    text += "".join(f"    elif x == {n}:\n        pass\n" for n in range(2000))
    text += "    else:\n        done()\n"
    module = text.replace("    ", "", 0).replace("def run(x):\n", "").replace("\n    ", "\n")
    module = "x = 1\n" + module.removeprefix("    ").replace("done()", "def done(): pass")
    graph = build_graph(_lay(tmp_path, {"main.py": module + text}), ["pkg.main.run"])
    assert _callees(graph, "pkg.main.run") == ["pkg.main.done"]


@pytest.mark.parametrize(
    "expression",
    ["x" + ".a" * 900, "x" + "()" * 400, "+".join(["f()"] * 1500), "[" * 90 + "f()" + "]" * 90],
    ids=["attributes", "calls", "sum", "lists"],
)
def test_a_deep_expression_is_read_or_reported(tmp_path: Path, expression: str) -> None:
    text = (
        f"def run(x):\n    y = {expression}\n    y()\n    done()\ndef done(): pass\ndef f(): pass\n"
    )
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    assert "pkg.main.done" in _callees(graph, "pkg.main.run")
    assert all(edge.reason for edge in graph.edges if edge.kind is EdgeKind.UNRESOLVED)


@pytest.mark.parametrize("last", ["x", "f0(x)"], ids=["chain", "ring"])
def test_a_tree_of_three_thousand_calls_goes_on_at_the_margin_and_stays_narrow(
    tmp_path: Path, last: str
) -> None:
    text = "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(2999))
    text += f"def f2999(x):\n    return {last}\n"
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.f0"])
    lines = list(graph_as_tree(graph))
    assert len(graph.order) == 3000
    assert {f"pkg.main.f{n}" for n in range(3000)} == {name for line in lines for name in _in(line)}
    assert max(map(len, lines)) < 160
    marked = [_in(line)[0] for line in lines if line.endswith(" ↓")]
    assert marked == [_in(line)[0] for line in lines[1:] if line.startswith("pkg.")]
    assert len(marked) == 73  # each is the 41st call below the one before
    assert lines[-1].endswith(" ↑") == (last == "f0(x)")


def _in(line: str) -> list[str]:
    return re.findall(r"pkg\.main\.f\d+", line)


def test_a_function_that_opens_at_the_margin_opens_once_and_no_deeper_than_asked(
    tmp_path: Path,
) -> None:
    text = "".join(f"def f{n}(x):\n    f{n + 1}(x)\n    f41(x)\n" for n in range(42))
    text += "def f42(x): pass\n"
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.f0"])
    lines = list(graph_as_tree(graph))
    assert [line.strip("│├└─ ") for line in lines if "f41" in line] == [
        "L122 pkg.main.f41 ↓",
        *(f"L{3 * n} pkg.main.f41 ↓" for n in range(41, 0, -1)),
        "pkg.main.f41  pkg/main.py:124",
        "L126 pkg.main.f41 ↑",
    ]
    shallow = list(graph_as_tree(graph, 41))
    assert not any(line.startswith("pkg.main.f41") for line in shallow)
    assert sum(line.endswith("pkg.main.f41") for line in shallow) == 1


def test_a_chain_of_three_hundred_results_ends_without_a_crash(tmp_path: Path) -> None:
    text = "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(300))
    text += (
        "class A:\n    def go(self): pass\ndef f300(x): return A()\ndef run(x):\n    f0(x).go()\n"
    )
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    assert len(graph.order) >= 302
    assert len(_callees(graph, "pkg.main.run")) == 2


USES = (".size", " + 1", "[1]", "()")


@pytest.mark.parametrize(("length", "uses"), [*((100, [use]) for use in USES), (1000, USES)])
def test_a_chain_deeper_than_the_stack_is_followed_to_its_end(
    tmp_path: Path, uses: Sequence[str], length: int
) -> None:
    text = "".join(
        f"def v{n}(x):\n    for y in C{n}():\n        return y\n"
        f"class C{n}:\n    def __iter__(self): yield v{n + 1}(1)\n"
        for n in range(length)
    )
    end = f"def v{length}(x): return Last()\nclass Last:\n    def go(self): pass\n"
    text += f"{end}def run():\n    v0(0).go()\n"
    text += "".join(f"    v0(0){use}\n" for use in uses)
    index = _lay(tmp_path, {"main.py": text})

    def deeper(frames: int) -> CallGraph:
        """Build with as much less of the stack, as a program that uses srcread may."""
        return deeper(frames - 1) if frames else build_graph(index, ["pkg.main.run"])

    graph = deeper(300)
    assert {"pkg.main.v0", "pkg.main.Last.go"} <= set(_callees(graph, "pkg.main.run"))
    assert f"pkg.main.v{length}" in graph.order


def test_a_chain_of_three_hundred_lambdas_that_nothing_calls_is_walked_to_its_end(
    tmp_path: Path,
) -> None:
    text = "".join(f"def f{n}(x):\n    later = lambda: f{n + 1}(x)\n" for n in range(300))
    graph = build_graph(_lay(tmp_path, {"main.py": text + "def f300(x): pass\n"}), ["pkg.main.f0"])
    assert len(graph.order) == 601
    assert _callees(graph, "pkg.main.f299") == ["pkg.main.f299.<locals>.<lambda>"]


def test_a_chain_of_three_hundred_bases_is_followed(tmp_path: Path) -> None:
    text = "class C0:\n    def go(self): pass\n"
    text += "".join(f"class C{n}(C{n - 1}): pass\n" for n in range(1, 300))
    text += "def run():\n    C299().go()\n"
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    assert _callees(graph, "pkg.main.run") == ["pkg.main.C299", "pkg.main.C0.go"]


@pytest.mark.parametrize("length", [60, 1000])
def test_a_name_is_followed_through_any_number_of_modules(tmp_path: Path, length: int) -> None:
    files: dict[str, str | bytes] = {
        f"m{number}.py": f"from .m{number + 1} import go\n" for number in range(length)
    }
    files[f"m{length}.py"] = "def go(): pass\n"
    files["main.py"] = "from .m0 import go\ndef run():\n    go()\n"
    graph = build_graph(_lay(tmp_path, files), ["pkg.main.run"])
    (edge,) = graph.edges
    assert edge.callee == f"pkg.m{length}.go"


def test_modules_that_import_each_other_and_a_name_in_a_circle_end(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.py": "from .two import lost\ndef run():\n    lost()\n",
        "two.py": "from .one import lost\n",
    }
    graph = build_graph(_lay(tmp_path, files), ["pkg.one.run"])
    (edge,) = graph.edges
    assert edge.kind is EdgeKind.UNRESOLVED and edge.reason


@pytest.mark.parametrize(
    "classes",
    [
        "class A(A):\n    def run(self):\n        self.missing()\n",
        "class A(B):\n    def run(self):\n        self.missing()\nclass B(A): pass\n",
        "class B: pass\nclass C(B): pass\n"
        "class A(B, C):\n    def run(self):\n        self.missing()\n",
    ],
    ids=["itself", "each other", "no order"],
)
def test_classes_without_an_order_still_have_methods(tmp_path: Path, classes: str) -> None:
    graph = build_graph(_lay(tmp_path, {"main.py": classes}), ["pkg.main.A"])
    (edge,) = graph.edges
    assert (edge.site.caller, edge.kind) == ("pkg.main.A.run", EdgeKind.UNRESOLVED)


def test_nothing_that_is_read_is_imported(tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    text = f"open({str(mark)!r}, 'w').close()\nimport pkg.other\ndef run():\n    pkg.other.run()\n"
    index = _lay(tmp_path, {"__init__.py": text, "main.py": text, "other.py": text})
    graph = build_graph(index, ["pkg.main.run"])
    assert _callees(graph, "pkg.other.run") == ["pkg.other.run"]
    assert not mark.exists()


def test_a_value_that_grows_without_end_is_cut(tmp_path: Path) -> None:
    text = """\
        def grow(x):
            return grow((x, [x]))
        def wrap(f):
            return lambda: wrap(f)
        class Node:
            def __init__(self, inner=None):
                self.inner = inner
            def deeper(self):
                return Node(self).deeper()
        def run():
            grow(1)()
            wrap(wrap)()()()
            Node(Node()).deeper().inner.deeper()
    """
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    assert "pkg.main.Node.deeper" in graph.order


def test_a_function_in_many_contexts_loses_no_edge(tmp_path: Path) -> None:
    text = "".join(f"class C{n}:\n    def go(self): pass\n" for n in range(40))
    text += "def call(thing):\n    thing.go()\ndef run():\n"
    text += "".join(f"    call(C{n}())\n" for n in range(40))
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    callees = _callees(graph, "pkg.main.call")
    assert len(callees) in range(11, 41) and None not in callees


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("pgk.main.run", r"no 'pgk.main.run'.* Did you mean 'pkg.main.run'\?"),
        ("pkg.mian.run", r"no 'pkg.mian.run'.* Did you mean 'pkg.main'\?"),
        ("pkg.main.rum", r"no 'pkg.main.rum'.* Did you mean 'pkg.main.run'\?"),
        ("pkg.main:A.walc", r"no 'pkg.main:A.walc'.* Did you mean 'pkg.main.A.walk'\?"),
        ("pkg.main.A.far.deep", r"no 'pkg.main.A.far.deep'"),
        ("nothing.like.it", r"no 'nothing.like.it' in the sources"),
        ("pkg.main.NUMBER", r"'pkg.main.NUMBER' is no function, class or module"),
        ("pkg.main.helper", r"'pkg.main.helper' is .*elsewhere.helper"),
        ("", r"no ''"),
        ("pkg..main", r"no 'pkg..main'"),
        ("pkg.main.run()", r"Did you mean 'pkg.main.run'\?"),
        ("ünï.cödé", r"no 'ünï.cödé'"),
    ],
)
def test_an_entry_that_is_none_names_the_nearest(tmp_path: Path, entry: str, said: str) -> None:
    text = """\
        from elsewhere import helper
        NUMBER = 1
        def run(): pass
        class A:
            def walk(self): pass
    """
    with pytest.raises(NotFoundError, match=said) as caught:
        build_graph(_lay(tmp_path, {"main.py": text}), [entry])
    assert "\n" not in str(caught.value)


def test_a_native_entry_says_that_it_has_no_source(tmp_path: Path) -> None:
    index = _lay(tmp_path, {"_C.pyi": "def fast(x: int) -> int: ...\n"})
    with pytest.raises(NotFoundError, match=r"'pkg._C.fast' is native"):
        build_graph(index, ["pkg._C.fast"])


def test_files_that_vanish_are_as_if_they_had_never_been(tmp_path: Path) -> None:
    index = _lay(tmp_path, {"main.py": MAIN, "bad.py": "def thing(): pass\n"})
    assert index.module("pkg.main") is not None
    (tmp_path / "pkg" / "bad.py").unlink()
    graph = build_graph(index, ["pkg.main.run"])
    assert _callees(graph, "pkg.main.run") == [None, "pkg.main.other"]


def test_a_walk_that_reaches_its_limit_is_a_part_and_names_what_lies_at_its_edge(
    tmp_path: Path,
) -> None:
    text = "".join(f"def f{n}():\n    f{n + 1}()\n    g{n}()\n" for n in range(50))
    text += "".join(f"def g{n}(): pass\n" for n in range(50))
    index = _lay(tmp_path, {"main.py": f"{text}def f50(): pass\n"})
    graph = build_graph(index, ["pkg.main.f0"], limits=Limits(functions=10))
    assert graph.stopped == Stop(StopWhy.FUNCTIONS, 10)
    assert len(graph.order) == 10
    assert graph.frontier == ("pkg.main.f6", "pkg.main.g4", "pkg.main.g5")
    (edge,) = [edge for edge in graph.edges if edge.callee == "pkg.main.f6"]
    assert edge.reason == "not followed: the walk stopped after 10 functions"
    assert edge.certainty is Certainty.RESOLVED


def test_a_walk_within_its_limits_is_whole(tmp_path: Path) -> None:
    index = _lay(tmp_path, {"main.py": "def run():\n    g()\ndef g(): pass\n"})
    graph = build_graph(index, ["pkg.main.run"], limits=Limits(functions=2, seconds=60))
    assert (graph.stopped, graph.frontier) == (None, ())


def test_a_walk_whose_time_is_over_says_so_and_keeps_what_it_knows(tmp_path: Path) -> None:
    text = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(20_000))
    index = _lay(tmp_path, {"main.py": f"{text}def f20000(): pass\n"})
    graph = build_graph(index, ["pkg.main.f0"], limits=Limits(seconds=0.05))
    assert graph.stopped == Stop(StopWhy.SECONDS, 0.05)
    assert 0 < len(graph.order) < 20_000
    assert len(graph.frontier) == 1
    assert graph.frontier[0] == f"pkg.main.f{len(graph.order)}"


def test_a_walk_tells_how_far_it_is(tmp_path: Path) -> None:
    text = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(3000))
    told: list[str] = []
    index = _lay(tmp_path, {"main.py": f"{text}def f3000(): pass\n"})
    build_graph(index, ["pkg.main.f0"], progress=told.append)
    assert all(re.fullmatch(r"[\d,]+ functions walked, [\d,]+ calls wait", words) for words in told)


@pytest.mark.parametrize("number", [5, 40])
def test_a_function_that_is_called_in_many_ways_calls_all_that_it_is_handed(
    tmp_path: Path, number: int
) -> None:
    text = "def apply(f, *rest, **more):\n    f()\n    rest[0]()\n    more['g']()\n"
    text += "class A:\n    def __init__(self, f): self.f = f\n    def go(self): self.f()\n"
    text += "".join(f"def f{n}(): pass\n" for n in range(number))
    text += "def run():\n"
    text += "".join(f"    apply(f{n}, f{n}, g=f{n})\n    A(f{n}).go()\n" for n in range(number))
    graph = build_graph(_lay(tmp_path, {"main.py": text}), ["pkg.main.run"])
    every = [f"pkg.main.f{n}" for n in range(number)]
    assert sorted(map(str, _callees(graph, "pkg.main.apply"))) == sorted(every * 3)
    assert sorted(map(str, _callees(graph, "pkg.main.A.go"))) == sorted(every)


def test_a_walk_whose_first_call_takes_all_its_time_shows_what_stands_behind_it(
    tmp_path: Path,
) -> None:
    given = "".join(f"def a{k}(): pass\n" for k in range(12))
    many = "".join(
        f"def f{i}(x): return {' or '.join(f'f{i + 1}(a{k})' for k in range(12))}\n"
        for i in range(900)
    )
    run = "def run():\n    f0(print)()\n    other()\ndef other(): pass\n"
    index = _lay(tmp_path, {"main.py": f"{given}{many}def f900(x): return x\n{run}"})
    graph = build_graph(index, ["pkg.main.run"], limits=Limits(seconds=4))
    assert graph.stopped
    edges = [edge for edge in graph.edges if edge.site.caller == "pkg.main.run"]
    assert "pkg.main.other" in [edge.callee for edge in edges]
    assert "what is called here was not found in time" in [edge.reason for edge in edges]


@pytest.mark.parametrize("interruptible", [True, False])
def test_an_interrupt_ends_a_walk_and_one_that_asks_for_it_keeps_what_it_knows(
    tmp_path: Path, interruptible: bool
) -> None:
    chain = "".join(f"def f{i}(): f{i + 1}()\n" for i in range(20_000))
    index = _lay(tmp_path, {"main.py": f"{chain}def f20000(): pass\n"})

    told: list[str] = []

    def interrupt(words: str) -> None:
        told.append(words)
        if len(told) > 1:  # the first is told when the file has been parsed
            raise KeyboardInterrupt

    limits = Limits(interruptible=interruptible)
    if not interruptible:
        with pytest.raises(KeyboardInterrupt):
            build_graph(index, ["pkg.main.f0"], limits=limits, progress=interrupt)
        return
    graph = build_graph(index, ["pkg.main.f0"], limits=limits, progress=interrupt)
    assert graph.stopped == Stop(StopWhy.KEY)
    assert 0 < len(graph.order) < 20_000
    assert graph_as_tree(graph, 1)


def test_a_part_is_kept_for_the_same_limits_and_the_whole_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    _lay(tmp_path, {"main.py": "def a(): b()\ndef b(): c()\ndef c(): pass\n"})

    def walked(functions: int | None) -> int:
        entry = f"{tmp_path / 'pkg'}:pkg.main:a"
        return len(walk_entry(entry, limits=Limits(functions=functions)).graph.order)

    def kept() -> list[str]:
        return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())

    assert [walked(1), walked(2)] == [1, 2]
    after = kept()
    assert [walked(1), walked(2)] == [1, 2]
    assert kept() == after
    assert [walked(None), walked(2), walked(1)] == [3, 3, 3]  # what is known is not cut
