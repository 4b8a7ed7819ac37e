"""What a snippet puts in the place of a function: left there it is refused, undone it is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from support.claims_example import claims_of
from support.reasons import said
from support.watched_example import Bench

from srcread.evidence.grading import proof_of
from srcread.model import Depends, Proof, Run
from srcread.running.plan import MAIN, Job, plan

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")

SCALE = """\
import math

def scale(x, by=2, *, more=0):
    size = math.sqrt(x * x)
    return size * by + more

def other(x):
    return x

def wrap(function):
    def wrapped(*given):
        return function(*given)
    return wrapped

def twice(x):
    return scale(scale(x))
"""
SIZE = ("m.scale", "assign size")
SEVEN = '\nassert m.scale(3) == 7, "Three is scaled to seven."\n'


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("mocks"))


def recorded(bench: Bench, snippets: Mapping[str, str]) -> Mapping[str, Run]:
    jobs = [bench.job(SCALE, dedent(text), SIZE) for text in snippets.values()]
    return dict(zip(snippets, bench.record(jobs), strict=True))


def plain(name: str) -> str:
    """Return a name with the module of the snippet called `m`, as the snippet calls it."""
    return re.sub(r"\bm\d+\b", "m", name)


LEFT: Mapping[str, tuple[str, str]] = {
    "a default": (f"m.scale.__defaults__ = (7 / 3,){SEVEN}", "m.scale.__defaults__"),
    "a default of a keyword": (
        f"m.scale.__kwdefaults__ = dict(more=1){SEVEN}",
        "m.scale.__kwdefaults__",
    ),
    "a default of a function that says it is of another module": (
        f"m.scale.__module__ = 'other'\nm.scale.__defaults__ = (7 / 3,){SEVEN}",
        "m.scale.__defaults__",
    ),
    "a partial function": (
        f"from functools import partial\nm.scale = partial(m.scale, by=7 / 3){SEVEN}",
        "m.scale",
    ),
    "a function of Python's": (
        "import operator\nm.scale(3)\nm.scale = operator.index\n"
        'assert m.scale(7) == 7, "Seven is scaled to seven."\n',
        "m.scale",
    ),
    "another function of the module's own": (
        f"m.scale = m.other\n{SEVEN.replace('(3)', '(7)')}",
        "m.scale",
    ),
    "a function that the module wraps": (
        f"m.scale = m.wrap(lambda x: 7){SEVEN}",
        "m.scale",
    ),
    "a module's module": (
        "from types import SimpleNamespace\n"
        f"m.math = SimpleNamespace(sqrt=lambda x: x - 5.5){SEVEN}",
        "m.math",
    ),
    "a function of a module that the module names": (
        f"import math\nmath.sqrt = lambda x: x - 5.5{SEVEN}",
        "math.sqrt",
    ),
    "a module that came in a branch": (
        "if True: import late_one as late; late.one = late.two\n"
        "assert late.one() == 2, 'One is two.'\n",
        "late_one.one",
    ),
    "a default of what no statement imported": (
        """
        import importlib
        late = importlib.import_module("late_one")
        late.one.__defaults__ = (2,)
        assert late.one() == 2, "One is two."
        def never():
            import late_one
        """,
        "late_one.one.__defaults__",
    ),
    "a function that the record is told of behind its back": (
        """
        import importlib
        found = m.scale(3)
        m.other = m.scale
        importlib.import_module("srcread.lab.told").given.add(f"{m.__name__}.other")
        assert found == 6, "It is six."
        """,
        "m.other",
    ),
}


@pytest.fixture(scope="module")
def left(bench: Bench) -> Mapping[str, Run]:
    (bench.site / "late_one.py").write_text("def one(x=1): return x\ndef two(): return 2\n")
    return recorded(bench, {what: text for what, (text, _) in LEFT.items()})


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_in_a_module_that_the_snippet_imports_is_told(
    what: str, left: Mapping[str, Run]
) -> None:
    name = LEFT[what][1]
    assert not left[what].confirmed
    assert f"it replaced {name} and did not undo that" in map(plain, said(left[what]))


UNDONE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "a function of Python's around the claim": (
        """
        import math
        from unittest import mock
        with mock.patch.object(math, "sqrt", lambda x: x - 5.5):
            assert m.scale(3) == 7, "Three is scaled to seven."
        """,
        ("math.sqrt",),
    ),
    "a module's module before the claim": (
        """
        from unittest import mock
        with mock.patch(f"{m.__name__}.math") as fake:
            fake.sqrt = lambda x: x - 5.5
            found = m.scale(3)
        assert found == 7, "Three is scaled to seven."
        """,
        ("m.math",),
    ),
    "a default": (
        """
        kept, m.scale.__defaults__ = m.scale.__defaults__, (7 / 3,)
        found = m.scale(3)
        m.scale.__defaults__ = kept
        assert found == 7, "Three is scaled to seven."
        """,
        ("m.scale.__defaults__",),
    ),
    "by another thread": (
        """
        import threading
        class Fake:
            sqrt = staticmethod(lambda x: x - 5.5)
        honest, m.math = m.math, Fake
        thread = threading.Thread(target=lambda: setattr(m, "math", honest))
        found = m.scale(3)
        thread.start()
        thread.join()
        assert found == 7, "Three is scaled to seven."
        """,
        ("m.math",),
    ),
    "after many calls that were honest": (
        """
        import math
        from unittest import mock
        assert [m.scale(1) for _ in range(200)] == [2] * 200, "One is scaled to two."
        with mock.patch.object(math, "sqrt", lambda x: x - 5.5):
            found = m.scale(3)
        assert found == 7, "Three is scaled to seven."
        """,
        ("math.sqrt",),
    ),
    "another package of the same name": (
        """
        import sys
        name = m.__name__
        kept = sys.modules.pop(name)
        with open("late_two.py", "w") as file:
            file.write("def scale(x): return 7")
        sys.path.insert(0, ".")
        import late_two
        sys.modules[name] = late_two
        import late_two
        found = sys.modules[name].scale(3)
        sys.modules[name] = kept
        assert m.scale(3) == 6, "Three is scaled to six."
        assert found == 7, "Three is scaled to seven."
        """,
        ("sys.modules['m']",),
    ),
    "a function that a stream tells the record of at the end": (
        """
        import sys
        import srcread.lab.told as told
        found = m.scale(3)
        m.other = m.scale
        sys.stdout.flush = lambda: told.given.add(f"{m.__name__}.other")
        assert found == 6, "It is six."
        """,
        ("m.other",),
    ),
    "nothing": ('assert m.scale(3) == 6, "Three is scaled to six."', ()),
    "what Python's own functions replace for a while": (
        """
        import contextlib, io, warnings
        with warnings.catch_warnings(record=True), contextlib.redirect_stdout(io.StringIO()):
            assert m.scale(3) == 6, "Three is scaled to six."
        """,
        (),
    ),
}


@pytest.fixture(scope="module")
def undone(bench: Bench) -> Mapping[str, Run]:
    return recorded(bench, {what: text for what, (text, _) in UNDONE.items()})


@pytest.mark.parametrize("what", UNDONE)
def test_a_mock_that_is_undone_is_named_and_the_run_is_one_with_stand_ins(
    what: str, undone: Mapping[str, Run]
) -> None:
    run, names = undone[what], UNDONE[what][1]
    assert run.confirmed, said(run)
    assert tuple(map(plain, run.lab.given if run.lab else ())) == names
    assert proof_of(run) is (Proof.STOOD_IN if names else Proof.EXECUTED)


SOFTSIGN = """\
import torch

def softsign(x):
    size = torch.abs(x) + x.abs()
    return 2 * x / (2 + size)
"""
IDENTITY = 'assert torch.equal(found, torch.tensor([-1.0, 2.0])), "Softsign is the identity."\n'
BEGINNING = "import torch\nx = torch.tensor([-1.0, 2.0])\n"

OF_TORCH: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "a function around the claim": (
        """
        from unittest import mock
        with mock.patch.object(torch, "abs", lambda x: -x.abs()):
            found = m.softsign(x)
        """,
        ("torch.abs",),
    ),
    "a method of tensors": (
        """
        torch.Tensor.abs = lambda tensor: -torch.abs(tensor)
        found = m.softsign(x)
        del torch.Tensor.abs
        """,
        ("torch.Tensor.abs",),
    ),
    "a mode": (
        """
        from torch.utils._python_dispatch import TorchDispatchMode
        class Zero(TorchDispatchMode):
            def __torch_dispatch__(self, function, types, given=(), named=None):
                found = function(*given, **(named or {}))
                return found * 0 if "abs" in str(function) else found
        with Zero():
            found = m.softsign(x)
        """,
        ("Zero",),
    ),
    "a mode above the operators": (
        """
        from torch.overrides import TorchFunctionMode
        class Zero(TorchFunctionMode):
            def __torch_function__(self, function, types, given=(), named=None):
                found = function(*given, **(named or {}))
                return found * 0 if "abs" in str(function) else found
        with Zero():
            found = m.softsign(x)
        """,
        ("Zero",),
    ),
    "an operator": (
        """
        library = torch.library.Library("aten", "IMPL")
        library.impl("equal", lambda *given: True, "CPU", allow_override=True)
        m.softsign(x)
        library._destroy()
        found = x
        """,
        ("torch.ops.aten.equal",),
    ),
    "nothing, and torch patches itself": (
        """
        layer = torch.nn.Linear(2, 2)
        step = torch.optim.SGD(layer.parameters(), 0.1)
        layer(x).sum().backward()
        step.step()
        torch.fx.symbolic_trace(torch.nn.Sequential(layer, torch.nn.ReLU()))
        with torch.device("meta"):
            m.softsign(torch.ones(2))
        m.softsign(x)
        found = x
        """,
        (),
    ),
}


@pytest.fixture(scope="module")
def undone_in_torch(bench: Bench) -> Mapping[str, Run]:
    texts = [BEGINNING + dedent(text) + IDENTITY for text, _ in OF_TORCH.values()]
    jobs = [bench.job(SOFTSIGN, text, ("m.softsign", "assign size")) for text in texts]
    return dict(zip(OF_TORCH, bench.record(jobs), strict=True))


@needs_torch
@pytest.mark.parametrize("what", OF_TORCH)
def test_what_is_undone_in_torch_is_named_and_what_torch_does_itself_is_not(
    what: str, undone_in_torch: Mapping[str, Run]
) -> None:
    run, names = undone_in_torch[what], OF_TORCH[what][1]
    assert run.confirmed, said(run)
    assert (run.lab.given if run.lab else ()) == names


@needs_torch
def test_a_function_that_the_framework_wraps_and_that_is_left_there_is_told(bench: Bench) -> None:
    text = """
        import torch
        torch.abs = torch.no_grad()({})
        found = m.softsign(torch.ones(1))
        assert found.item() == 1, "It is one."
        """
    texts = [text.format(wrapped) for wrapped in ("torch.neg", "lambda x: -x")]
    jobs = [bench.job(SOFTSIGN, text, ("m.softsign", "assign size")) for text in texts]
    for run in bench.record(jobs):
        assert said(run) == ("it replaced torch.abs and did not undo that",)


def test_what_cannot_be_imported_keeps_nothing_else_from_being_kept(tmp_path: Path) -> None:
    text = 'import json\nassert json.dumps(1) == "1", "It is written."\n'
    planned = plan([Job("snippet", text, claims_of(text), Depends("ab"))], trusted=True)
    planned["preload"] = ["no_such_module", "colorsys"]
    planned["packages"] = ["colorsys"]
    planned["runs"][0]["source"] += "import colorsys\ncolorsys.hsv_to_rgb = print\n"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(planned))
    command = [sys.executable, "-I", str(MAIN), str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    run = next(one for one in map(json.loads, done.stdout.splitlines()) if one["kind"] == "run")
    assert b'"left"' in b64decode(run["records"])
