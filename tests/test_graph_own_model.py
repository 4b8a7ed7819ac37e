"""A model of a user over torch 2.13.0: operators by name, hooks, checkpoints, filled lists."""

from __future__ import annotations

import pytest
from support.pinned_torch import needs_pinned_torch

from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, EdgeKind
from srcread.sources import Sources, open_distribution, open_path

pytestmark = needs_pinned_torch

OWN = """
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

library = torch.library.Library("mine", "FRAGMENT")
library.define("triple(Tensor x) -> Tensor")


@torch.library.custom_op("mine::double", mutates_args=())
def double(x: torch.Tensor) -> torch.Tensor:
    return x.mul(2)


@double.register_fake
def fake(x):
    return torch.empty_like(x)


def on_cpu(x):
    return x


library.impl("triple", on_cpu, "CPU")


@torch.library.impl("mine::triple", "CUDA")
def on_cuda(x):
    return x


def hook(module, inputs, output):
    return output


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.linear.register_forward_hook(hook)
        self.layers = nn.ModuleList()
        self.layers.append(nn.Dropout())

    def forward(self, x):
        checkpoint(self.block, x, use_reentrant=True)
        torch.ops.mine.double(x).cos()
        torch.ops.mine.triple.default(x)
        torch.ops.other.thing(x)
        torch.classes.other.Kind(3)
        helper(torch.ops.aten.add.Tensor(x, x))

    def block(self, x):
        for layer in self.layers:
            x = layer(x)


def helper(x):
    x.tan()
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.py").write_text(OWN, "utf-8")
    return build_graph(
        Index(Sources([open_path(folder), open_distribution("torch", "2.13.0")])), ["own.Net"]
    )


def _callees(graph: CallGraph, caller: str, kind: EdgeKind) -> set[str]:
    return {
        str(edge.callee)
        for edge in graph.edges
        if edge.site.caller == caller and edge.kind is kind and edge.callee
    }


def _reached(graph: CallGraph, caller: str, line: str) -> set[tuple[str, str]]:
    number = OWN.split("\n").index(line) + 1
    return {
        (str(edge.callee), edge.certainty.value)
        for edge in graph.edges
        if edge.site.caller == caller and edge.site.range.first_line == number
    }


@pytest.mark.parametrize(
    ("line", "callees"),
    [
        (
            "        torch.ops.mine.double(x).cos()",
            {
                ("own.double", "resolved"),
                ("own.fake", "possible"),
                ("torch._C.TensorBase.cos", "resolved"),
            },
        ),
        (
            "        torch.ops.mine.triple.default(x)",
            {("own.on_cpu", "possible"), ("own.on_cuda", "possible")},
        ),
        ("        torch.ops.other.thing(x)", {("other::thing", "resolved")}),
        ("        torch.classes.other.Kind(3)", {("other::Kind", "resolved")}),
        (
            "        helper(torch.ops.aten.add.Tensor(x, x))",
            {("aten::add.Tensor", "resolved"), ("own.helper", "resolved")},
        ),
    ],
)
def test_operators_by_name_reach_what_is_registered_else_the_libraries_own(
    own: CallGraph, line: str, callees: set[tuple[str, str]]
) -> None:
    assert _reached(own, "own.Net.forward", line) == callees


def test_an_operator_by_name_is_joined_with_its_overload_of_the_list(own: CallGraph) -> None:
    operator = own.operators["aten::add.Tensor"]
    assert operator.name == "add.Tensor"
    assert operator.dispatch["SparseCPU"] == "add_sparse"
    assert "other::thing" not in own.operators


def test_a_functions_parameter_without_a_hint_is_the_tensor_of_its_call(own: CallGraph) -> None:
    assert _callees(own, "own.helper", EdgeKind.NATIVE) == {"torch._C.TensorBase.tan"}


def test_a_registered_hook_may_be_called(own: CallGraph) -> None:
    reached = _reached(own, "own.Net.__init__", "        self.linear.register_forward_hook(hook)")
    assert ("own.hook", "possible") in reached


def test_what_is_appended_to_a_module_list_is_called(own: CallGraph) -> None:
    forward = "torch.nn.modules.dropout.Dropout.forward"
    assert _callees(own, "own.Net.block", EdgeKind.FORWARD) == {forward}


def test_a_reentrant_checkpoint_runs_its_function_forward_and_goes_back(own: CallGraph) -> None:
    function = "torch.utils.checkpoint.CheckpointFunction"
    assert _callees(own, "torch.utils.checkpoint.checkpoint", EdgeKind.METHOD) >= {
        "torch.autograd.function.Function.apply",
        f"{function}.forward",
        f"{function}.backward",
        "own.Net.block",
    }
    assert _callees(own, f"{function}.forward", EdgeKind.METHOD) >= {"own.Net.block"}
