"""Habits of people who write for torch 2.13.0: operators, autograd, kernels, extensions."""

from __future__ import annotations

from pathlib import Path

from support.pinned_torch import needs_pinned_torch

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, Certainty, Edge, EdgeKind
from srcread.sources import Sources, open_distribution, open_path

pytestmark = needs_pinned_torch


def graph_of(folder: Path, entry: str, **files: str) -> CallGraph:
    """Return the graph below an entry of some files, torch beside them."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    opened = [open_path(path) for path in sorted(folder.iterdir())]
    sources = Sources([*opened, open_distribution("torch")])
    return build_graph(Index(sources), [entry])


def reached(graph: CallGraph, caller: str, line: int) -> list[str]:
    """Return what the calls on a line reach, `?` behind what is only possible."""
    return [
        _told(e) for e in graph.edges if (e.site.caller, e.site.range.first_line) == (caller, line)
    ]


def _told(edge: Edge) -> str:
    if edge.kind is EdgeKind.UNRESOLVED:
        return f"- {edge.reason}"
    return f"{edge.callee}{'?' if edge.certainty is Certainty.POSSIBLE else ''}"


OPERATORS = """\
import torch


def forward(q: torch.Tensor, k: torch.Tensor, n: int, u):
    s = q @ k * 0.5
    s += q
    s = 1 - s
    m = (s > 0) & ~(k == q)
    a = -q[:, 0]
    b = q[..., 1:, None][m]
    c = q[u]
    q[0] = 1
    q[m] = 2.0
    q[1:] = k
    d = u * q
    e = q % 2
    f = 2 < q
    n = n * n
    g = u * u
    h = [1] * n
    q[:] -= k
    i = q if n else 2
    return i * n
"""


def test_operators_of_tensors_are_edges_to_the_operator_and_its_overload(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "ops.forward", ops=OPERATORS)
    lines = OPERATORS.split("\n")
    found = {
        lines[number - 1].strip(): sorted(reached(graph, "ops.forward", number))
        for number in range(5, 5 + 19)
    }
    assert found == {
        "s = q @ k * 0.5": ["aten::matmul", "aten::mul.Tensor"],
        "s += q": ["aten::add_.Tensor"],
        "s = 1 - s": ["torch._tensor.Tensor.__rsub__"],
        "m = (s > 0) & ~(k == q)": [
            "aten::__and__.Tensor",
            "aten::bitwise_not",
            "aten::eq.Tensor",
            "aten::gt.Scalar",
        ],
        "a = -q[:, 0]": ["aten::neg", "aten::select.int"],
        "b = q[..., 1:, None][m]": ["aten::index.Tensor", "aten::slice.Tensor", "aten::unsqueeze"],
        "c = q[u]": ["aten::index.Tensor?", "aten::select.int?"],
        "q[0] = 1": ["aten::fill_.Tensor", "aten::select.int"],
        "q[m] = 2.0": ["aten::index_put_"],
        "q[1:] = k": ["aten::copy_", "aten::slice.Tensor"],
        "d = u * q": ["aten::mul.Tensor?"],
        "e = q % 2": ["aten::remainder.Scalar"],
        "f = 2 < q": ["aten::gt.Scalar"],
        "n = n * n": [],
        "g = u * u": [],
        "h = [1] * n": [],
        "q[:] -= k": ["aten::copy_", "aten::sub_.Tensor"],
        "i = q if n else 2": [],
        "return i * n": ["aten::mul.Tensor?"],
    }


def test_what_an_operator_gives_of_a_tensor_is_a_tensor(tmp_path: Path) -> None:
    text = "import torch\n\n\ndef f(x: torch.Tensor, y):\n    return (2 * x / y - 1 > 0).any()\n"
    edges = reached(graph_of(tmp_path, "one.f", one=text), "one.f", 5)
    assert "torch._C.TensorBase.any" in edges and not any(edge.startswith("-") for edge in edges)


AUTOGRAD = """\
import torch
from torch.autograd import Function


def helper(x):
    return x


class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.helper = helper
        return x.mul(factor)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        ctx.helper(x)
        return grad.neg() * x.sum(), None


class Split(Function):
    @staticmethod
    def forward(x):
        return x.abs()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_dirty(inputs[0])

    @staticmethod
    def backward(ctx, *grads):
        return grads[0].cos()


scale = Scale.apply


def use(x: torch.Tensor):
    return scale(x, 2).sin() + Split.apply(x).exp()
"""


def test_apply_runs_forward_and_may_run_backward_after_it(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "auto.use", auto=AUTOGRAD)
    called = reached(graph, "auto.use", 41)
    assert called.index("auto.Scale.forward") < called.index("auto.Scale.backward?")
    assert {"auto.Split.forward", "auto.Split.setup_context", "auto.Split.backward?"} < {*called}
    assert [name for name in called if name.startswith("-")] == []
    assert "torch._C.TensorBase.sin" in called and "torch._C.TensorBase.exp" in called
    assert reached(graph, "auto.Scale.forward", 14) == ["torch._C.TensorBase.mul"]
    assert reached(graph, "auto.Scale.backward", 19) == ["auto.helper"]
    assert "torch._C.TensorBase.neg" in reached(graph, "auto.Scale.backward", 20)
    assert "torch._C.TensorBase.sum" in reached(graph, "auto.Scale.backward", 20)
    assert reached(graph, "auto.Split.forward", 26) == ["torch._C.TensorBase.abs"]
    prepared = ["torch.autograd.function.FunctionCtx.mark_dirty"]
    assert reached(graph, "auto.Split.setup_context", 30) == prepared
    assert "torch._C.TensorBase.cos" in reached(graph, "auto.Split.backward", 34)


def test_an_alias_of_apply_is_an_entry_that_walks_the_users_class(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "auto.scale", auto=AUTOGRAD)
    assert graph.entries == ("auto.Scale.forward", "auto.Scale.backward")
    assert reached(graph, "auto.Scale.backward", 19) == ["auto.helper"]


EXTENSION = '''\
import torch
from torch.utils import cpp_extension
from torch.utils.cpp_extension import load_inline

from . import _compiled
from .. import _fast, _C
from .._version import number

SOURCE = """
torch::Tensor twice(torch::Tensor x) { return x; }
"""
inline = load_inline("inline", cpp_sources=SOURCE, functions=["twice"])


def lazy(name):
    return cpp_extension.load(name=name, sources=["a.cpp", "b.cu"])


def use(x: torch.Tensor):
    inline.twice(x)
    lazy("mine").go(x).sin()
    _compiled.run(x)
    _fast.run(x)
    _C.ops.run(x)
    number(x)
    lazy(x.device.type).go(x)
'''
SETUP = """
from torch.utils.cpp_extension import CUDAExtension
setup(ext_modules=[CUDAExtension("kit._fast", sources=["fast.cpp", "fast.cu"])])
raise SystemExit("a setup.py is never run")
"""


def test_calls_into_compiled_extensions_are_native_and_say_what_these_are_built_from(
    tmp_path: Path,
) -> None:
    package = tmp_path / "kit"
    (package / "kit" / "sub").mkdir(parents=True)
    for name in ("kit/__init__.py", "kit/sub/__init__.py", "kit/sub/_compiled.abi3.so"):
        (package / name).write_text("", "utf-8")
    (package / "kit" / "sub" / "use.py").write_text(EXTENSION, "utf-8")
    (package / "setup.py").write_text(SETUP, "utf-8")
    sources = Sources([open_path(package / "kit"), open_distribution("torch")])
    graph = build_graph(Index(sources), ["kit.sub.use.use"])
    natives = {
        edge.callee: edge.reason
        for edge in graph.edges
        if edge.kind is EdgeKind.NATIVE and not str(edge.callee).startswith("torch.")
    }
    assert natives == {
        "inline.twice": "an extension built from C++ in this file",
        "mine.go": "an extension built from a.cpp, b.cu",
        "kit.sub._compiled.run": "a compiled module: _compiled.abi3.so",
        "kit._fast.run": "an extension built from fast.cpp, fast.cu",
        "kit._C.ops.run": "a module of this package without Python source: compiled",
    }
    unresolved = [edge.reason for edge in graph.edges if edge.kind is EdgeKind.UNRESOLVED]
    assert unresolved == [
        "what the native function mine.go returns is not known",
        "there is no module 'kit._version'",
        "what kit.sub.use.lazy returns is not known",
    ]
    assert any(path.endswith(":setup.py") for path in graph.files)


def test_an_operand_that_may_be_a_tensor_or_an_object_in_python_has_both(tmp_path: Path) -> None:
    text = (
        "import torch\n\n\nclass Mask:\n    def __getitem__(self, key):\n        return self\n\n\n"
        "def f(x: torch.Tensor | Mask):\n    return x[:2]\n"
    )
    graph = graph_of(tmp_path, "one.f", one=text)
    assert reached(graph, "one.f", 10) == ["aten::slice.Tensor?", "one.Mask.__getitem__?"]
