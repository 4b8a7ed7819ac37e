"""A file as an entry: a script's own code, what it defines, and which of them comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.story_example import contents, srcread, write

from srcread.graph.scripts import is_script
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.sources import Sources, open_path

SCRIPT = """\
import logging

logger = logging.getLogger(__name__)


class Net:
    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(x)


def double(x):
    return x + x


def spare(x):
    return double(x)


net = Net(double)
for step in range(3):
    out = net(step)


if __name__ == "__main__":
    print([f(out) for f in (lambda v: double(v),)])
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def graph(entry: str) -> dict[str, Any]:
    result = srcread("graph", "--json", entry)
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def calls(data: dict[str, Any], caller: str) -> set[tuple[int, str, str]]:
    edges = [edge for edge in data["edges"] if edge["caller"] == caller]
    return {(edge["line"], edge["callee"], edge["certainty"]) for edge in edges}


def test_a_scripts_own_code_comes_first_and_then_what_it_does_not_reach(here: Path) -> None:
    write(here, {"train.py": SCRIPT})
    data = graph("train.py")
    assert data["entry"] == ["train.<module>", "train.spare"]
    assert calls(data, "train.<module>") == {
        (3, "logging.getLogger", "resolved"),
        (22, "train.Net.__init__", "resolved"),
        (23, "builtins.range", "resolved"),
        (24, "train.Net.__call__", "resolved"),
        (28, "builtins.print", "resolved"),
        (28, "train.<lambda>", "resolved"),
    }
    assert calls(data, "train.Net.__call__") == {(11, "train.double", "resolved")}
    assert calls(data, "train.<lambda>") == {(28, "train.double", "resolved")}
    body = next(item for item in data["symbols"] if item["name"] == "train.<module>")
    assert body == {
        "name": "train.<module>",
        "kind": "module",
        "path": "train:train.py",
        "line": 1,
        "end_line": 28,
    }


def test_only_what_runs_may_be_asked_for(here: Path) -> None:
    write(here, {"train.py": SCRIPT, "pk/__init__.py": "", "pk/run.py": SCRIPT})
    assert graph("train.py:<module>")["entry"] == ["train.<module>"]
    assert graph("./:pk.run:<module>")["entry"] == ["pk.run.<module>"]
    assert graph("pk/run.py:<module>")["entry"] == ["pk.run.<module>"]


def test_a_modules_name_means_what_it_defines(here: Path) -> None:
    write(here, {"train.py": SCRIPT})
    assert graph("./:train")["entry"] == [
        "train.Net.__call__",
        "train.Net.__init__",
        "train.double",
        "train.spare",
    ]


def test_a_name_that_is_bound_again_is_what_it_was_bound_to_last(here: Path) -> None:
    code = "def one(): return 1\ndef two(): return 2\nf = one\nf()\nf = two\nf()\n"
    write(here, {"run.py": code})
    found = calls(graph("run.py:<module>"), "run.<module>")
    assert found == {(4, "run.one", "resolved"), (6, "run.two", "resolved")}


def test_what_a_script_puts_into_an_object_is_seen_in_its_methods(here: Path) -> None:
    code = (
        "class Bag:\n    def __init__(self): self.items = []\n"
        "    def run(self):\n        for item in self.items:\n            item()\n"
        "def one(): return 1\nbag = Bag()\nbag.items.append(one)\nbag.run()\n"
    )
    write(here, {"run.py": code})
    assert (5, "run.one", "resolved") in calls(graph("run.py"), "run.Bag.run")


def test_classes_defined_in_a_script_run_their_bodies(here: Path) -> None:
    write(here, {"run.py": "def make(): return 1\nclass A:\n    x = make()\nprint(A)\n"})
    assert (3, "run.make", "resolved") in calls(graph("run.py:<module>"), "run.<module>")


def test_a_name_declared_global_counts_in_a_script(here: Path) -> None:
    code = (
        "def one(): return 1\ndef two(): return 2\nf = one\n"
        "def swap():\n    global f\n    f = two\nswap()\nf()\n"
    )
    write(here, {"run.py": code})
    found = calls(graph("run.py:<module>"), "run.<module>")
    assert {(8, "run.one", "possible"), (8, "run.two", "possible")} <= found


@pytest.mark.parametrize(
    "code",
    [
        "def main(): ...\nmain()\n",
        "def main(): ...\nif __name__ == '__main__':\n    main()\n",
        "import fire\ndef main(): ...\nfire.Fire(main)\n",
        "import lib\ndef f(): ...\nmodel = lib.Model()\nmodel.fit(1)\n",
        "def f(): ...\nwhile True:\n    x = f()\n",
        "def f(): ...\ntry:\n    f()\nfinally:\n    pass\n",
        "import lib\nx = lib.load()\n",
        "def _f(): ...\nx = _f()\n",
        "def f(): ...\nrun = f\nrun()\n",
        "def f(): ...\ndef g(): ...\na, (b, *c) = f, (g, f, g)\nc[0]()\n",
        "def f(): ...\njobs = {'a': f}\njobs['a']()\n",
        "def f(): ...\njobs = {}\njobs['a'] = f\njobs['a']()\n",
        "import lib\ndef f(): ...\nhook = f if lib.ON else None\nlib.use(hook)\n",
        "class Net: ...\nnet = Net()\nstep = net.fit\nstep()\n",
        "def f(): ...\nif (run := f):\n    run()\n",
        "def f(): ...\nglobals()['f']()\n",
        "jobs = {}\ndef job(f):\n    jobs[f.__name__] = f\n    return f\n"
        "@job\ndef f(): ...\njobs['f']()\n",
        "def f(): ...\njobs = [f]\nwhile jobs:\n    jobs.pop()()\n",
        "def f(): ...\nfor name, (run, _) in [('a', (f, 1))]:\n    run()\n",
        "def f(): ...\nmatch [f]:\n    case [run]:\n        run()\n",
        "class Net: ...\nwith Net() as net:\n    net.fit()\n",
        "class Data: ...\ndata = Data()\nfor batch in data:\n    pass\n",
        "class Failed(Exception): ...\nraise Failed\n",
        "class Net:\n    class Failed(Exception): ...\nraise Net.Failed\n",
        "def f(): ...\nif X == 0:\n    pass\n" + "elif X == 1:\n    pass\n" * 2_000 + "f()\n",
    ],
)
def test_these_are_scripts(tmp_path: Path, code: str) -> None:
    assert _is_script(tmp_path, code)


@pytest.mark.parametrize(
    "code",
    [
        "import logging\nlogger = logging.getLogger()\nlogger.setLevel(3)\ndef f(): ...\n",
        "import warnings\nwarnings.filterwarnings('ignore')\ndef f(): ...\n",
        "class Config: ...\nDEFAULT = Config()\n",
        "def table(x): return x\n@table\ndef f(): ...\n",
        "try:\n    import lib\nexcept ImportError:\n    print('no lib')\ndef f(): ...\n",
        "def f(): return f()\n",
        "X = 1\n",
        "def f(): ...\njobs = {'a': f}\njobs.update(b=len)\n",
        "def f(): ...\njobs = [f]\n__all__ = ['f']\n__all__.append('g')\n",
        "import lib\ndef f(): ...\nwith lib.quiet():\n    lib.setup()\n",
        "import lib\ndef f(): ...\nfor name in lib.NAMES:\n    print(name)\n",
        "import lib\ndef f(): ...\nif lib.OLD:\n    raise lib.Failed\n",
    ],
)
def test_these_are_not(tmp_path: Path, code: str) -> None:
    assert not _is_script(tmp_path, code)


def _is_script(folder: Path, code: str) -> bool:
    write(folder, {"run.py": code})
    module = Index(Sources([open_path(folder / "run.py")])).module("run")
    assert module is not None
    return is_script(module)


def test_what_a_file_makes_behind_its_definitions_is_walked_last(here: Path) -> None:
    write(
        here, {"net.py": "class Net:\n    def __init__(self): ...\nnet = [Net() for _ in 'ab']\n"}
    )
    data = graph("net.py")
    assert data["entry"] == ["net.Net.__init__", "net.<module>"]
    assert calls(data, "net.<module>") == {(3, "net.Net.__init__", "resolved")}


def test_what_a_file_makes_between_its_definitions_is_not_walked(here: Path) -> None:
    write(here, {"net.py": "class Net:\n    def run(self): ...\nnet = Net()\ndef f(): ...\n"})
    assert graph("net.py")["entry"] == ["net.Net.run", "net.f"]


NETS = (
    "class Net:\n    def __init__(self): ...\n    def run(self): ...\n"
    "def note(x): ...\nnet = Net()\n"
)


def test_what_a_script_runs_by_importing_is_walked_last(here: Path) -> None:
    write(here, {"run.py": "from nets.small import net\nnet.run()\n", "nets/small.py": NETS})
    data = graph("run.py")
    assert data["entry"] == ["run.<module>", "nets.small.<module>"]
    assert calls(data, "nets.small.<module>") == {(5, "nets.small.Net.__init__", "resolved")}


@pytest.mark.parametrize(
    "files",
    [
        {"run.py": "from nets.small import Net\ndef f(n: Net): n.run()\n", "nets/small.py": NETS},
        {"run.py": "from nets.small import other\nother()\n", "nets/small.py": NETS},
        {
            "run.py": "from nets.small import net\nnet.run()\n",
            "nets/small.py": NETS + "if __name__ == '__main__':\n    note(net)\n",
        },
        {
            "run.py": "from nets.small import net\nnet.run()\n",
            "nets/small.py": NETS.replace("net = Net()", "") + "net: Net = None\n",
        },
    ],
)
def test_what_is_imported_is_not_walked_where_it_only_defines_or_is_a_script(
    here: Path, files: dict[str, str]
) -> None:
    write(here, files)
    assert "nets.small.<module>" not in graph("run.py")["entry"]


def test_a_script_without_any_call_is_told_to_hold_nothing(here: Path) -> None:
    write(here, {"plain.py": "X = 1\n"})
    result = srcread("graph", "plain.py")
    assert result.exit_code == 2 and "no public function" in result.stderr
    assert graph("plain.py:<module>")["entry"] == ["plain.<module>"]


def test_a_body_is_a_symbol_that_can_be_parsed_and_digested(here: Path) -> None:
    write(here, {"train.py": SCRIPT})
    index = Index(Sources([open_path(here / "train.py")]))
    symbol = index.symbol("train.<module>")
    assert symbol is not None and symbol.range.last_line == 28
    before = index.digest(symbol)
    write(here, {"train.py": SCRIPT + "\n\nspare(2)\n"})
    changed = Index(Sources([open_path(here / "train.py")]))
    after = changed.symbol("train.<module>")
    assert after is not None and changed.digest(after) != before


def test_a_site_has_a_page_for_what_a_script_runs(here: Path) -> None:
    write(here, {"train.py": SCRIPT})
    result = srcread("read", "train.py")
    assert result.exit_code == 0, result.output
    pages = contents(here / "site-read")
    (page,) = (text for name, text in pages.items() if name.endswith("train.-module-.html"))
    shown = page if isinstance(page, str) else page.decode()
    assert "Net(double)" in shown.replace("</span>", "").replace('<span class="n">', "") or (
        "train.Net.__init__" in shown
    )
    assert any("train.spare" in name for name in pages)


def test_an_object_and_a_partial_function_under_a_name_are_entries(here: Path) -> None:
    code = (
        "import functools\nclass Net:\n    def __call__(self, x): return len(x)\n"
        "net = Net()\ndef work(x, y): return x(y)\nhalf = functools.partial(work, 2)\n"
    )
    write(here, {"run.py": code})
    assert graph("run.py:net")["entry"] == ["run.Net.__call__"]
    assert graph("run.py:half")["entry"] == ["run.work"]


def test_a_chain_of_twenty_thousand_functions_is_printed(here: Path) -> None:
    chain = "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(20_000))
    write(here, {"chain.py": chain + "def f20000(): return 1\n"})
    result = srcread("graph", "chain.py:f0", "--more")
    assert result.exit_code == 0, result.output[-500:]
    lines = result.stdout.splitlines()
    assert lines[0] == "chain.f0  chain.py:1"
    assert lines[-1].endswith("chain.f20000")
    assert max(map(len, lines)) < 200


def test_an_entry_of_a_tour_is_still_refused_where_it_is_native(tmp_path: Path) -> None:
    write(tmp_path, {"own.py": "def f(): return 1\n"})
    index = Index(Sources([open_path(tmp_path / "own.py")]))
    assert build_graph(index, ["own.f"], natives=True).order == ("own.f",)
