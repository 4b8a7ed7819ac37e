"""The graph of torch 2.13.0's nn.Transformer: the tour's own chain, complete and the same twice.

The tree's golden is rewritten by `REWRITE=1 pytest tests/test_graph_torch.py`.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
from support.graph_calls import calls_of, functions_of
from support.pinned_torch import needs_pinned_torch

from srcread.graph.present import graph_as_json, graph_as_tree
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.model import CallGraph, Certainty, Distribution, Edge, EdgeKind, Range
from srcread.sources import Sources, open_distribution, open_path

GOLDEN = Path(__file__).parent / "data" / "transformer_tree.txt"
TRANSFORMER = "torch.nn.modules.transformer"
ACTIVATION = "torch.nn.modules.activation"
FUNCTIONAL = "torch.nn.functional"
NATIVE = "torch._C._VariableFunctions"


pytestmark = needs_pinned_torch


@pytest.fixture(scope="module")
def torch() -> Distribution:
    return open_distribution("torch", "2.13.0")


@pytest.fixture(scope="module")
def graph(torch: Distribution) -> CallGraph:
    return build_graph(Index(Sources([torch])), ["torch.nn.Transformer"])


def _callees(graph: CallGraph, caller: str, kind: EdgeKind) -> set[str]:
    return {
        str(edge.callee)
        for edge in graph.edges
        if edge.site.caller == caller and edge.kind is kind and edge.callee
    }


@pytest.mark.parametrize(
    ("caller", "kind", "callee"),
    [
        ("Transformer.__init__", "constructor", f"{TRANSFORMER}.TransformerEncoderLayer.__init__"),
        ("Transformer.__init__", "constructor", f"{TRANSFORMER}.TransformerEncoder.__init__"),
        ("Transformer.__init__", "constructor", f"{TRANSFORMER}.TransformerDecoder.__init__"),
        ("Transformer.__init__", "super", "torch.nn.modules.module.Module.__init__"),
        ("Transformer.__init__", "method", f"{TRANSFORMER}.Transformer._reset_parameters"),
        ("Transformer.forward", "forward", f"{TRANSFORMER}.TransformerEncoder.forward"),
        ("Transformer.forward", "forward", f"{TRANSFORMER}.TransformerDecoder.forward"),
        ("TransformerEncoder.__init__", "direct", f"{TRANSFORMER}._get_clones"),
        ("TransformerEncoder.forward", "direct", f"{FUNCTIONAL}._canonical_mask"),
        ("TransformerEncoder.forward", "direct", f"{TRANSFORMER}._detect_is_causal_mask"),
        ("TransformerEncoder.forward", "native", f"{NATIVE}._nested_tensor_from_mask"),
        ("TransformerEncoder.forward", "forward", f"{TRANSFORMER}.TransformerEncoderLayer.forward"),
        (
            "TransformerEncoder.forward",
            "forward",
            "torch.nn.modules.normalization.LayerNorm.forward",
        ),
        (
            "TransformerEncoderLayer.forward",
            "method",
            f"{ACTIVATION}.MultiheadAttention.merge_masks",
        ),
        ("TransformerEncoderLayer.forward", "native", f"{NATIVE}._transformer_encoder_layer_fwd"),
        (
            "TransformerEncoderLayer.forward",
            "method",
            f"{TRANSFORMER}.TransformerEncoderLayer._sa_block",
        ),
        (
            "TransformerEncoderLayer._sa_block",
            "forward",
            f"{ACTIVATION}.MultiheadAttention.forward",
        ),
        ("TransformerEncoderLayer._ff_block", "forward", "torch.nn.modules.linear.Linear.forward"),
        ("TransformerEncoderLayer._ff_block", "direct", f"{FUNCTIONAL}.relu"),
        ("TransformerDecoder.forward", "forward", f"{TRANSFORMER}.TransformerDecoderLayer.forward"),
        (
            "TransformerDecoderLayer.forward",
            "method",
            f"{TRANSFORMER}.TransformerDecoderLayer._mha_block",
        ),
        (
            "TransformerDecoderLayer._mha_block",
            "forward",
            f"{ACTIVATION}.MultiheadAttention.forward",
        ),
        (
            f"{ACTIVATION}.MultiheadAttention.forward",
            "native",
            f"{NATIVE}._native_multi_head_attention",
        ),
        (
            f"{ACTIVATION}.MultiheadAttention.forward",
            "direct",
            f"{FUNCTIONAL}.multi_head_attention_forward",
        ),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "direct", f"{FUNCTIONAL}._mha_shape_check"),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "direct", f"{FUNCTIONAL}._in_projection"),
        (
            f"{FUNCTIONAL}.multi_head_attention_forward",
            "direct",
            f"{FUNCTIONAL}._in_projection_packed",
        ),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "native", f"{NATIVE}.baddbmm"),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "native", f"{NATIVE}.bmm"),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "direct", f"{FUNCTIONAL}.softmax"),
        (
            f"{FUNCTIONAL}.multi_head_attention_forward",
            "native",
            "torch._C._nn.scaled_dot_product_attention",
        ),
        (f"{FUNCTIONAL}.multi_head_attention_forward", "native", "torch._C._nn.linear"),
        (f"{FUNCTIONAL}._in_projection_packed", "native", "torch._C._nn.linear"),
        ("torch.nn.modules.linear.Linear.forward", "native", "torch._C._nn.linear"),
        ("torch.nn.modules.normalization.LayerNorm.forward", "direct", f"{FUNCTIONAL}.layer_norm"),
        (f"{FUNCTIONAL}.layer_norm", "native", f"{NATIVE}.layer_norm"),
        ("torch.nn.modules.dropout.Dropout.forward", "direct", f"{FUNCTIONAL}.dropout"),
        (f"{FUNCTIONAL}.dropout", "native", f"{NATIVE}.dropout"),
    ],
)
def test_an_arrow_of_the_tour_is_an_edge(
    graph: CallGraph, caller: str, kind: str, callee: str
) -> None:
    full = caller if caller.startswith("torch.") else f"{TRANSFORMER}.{caller}"
    assert callee in _callees(graph, full, EdgeKind(kind))


@pytest.mark.parametrize(
    ("caller", "line", "callee"),
    [
        ("Transformer.forward", "memory = self.encoder(", "TransformerEncoder.forward"),
        ("Transformer.forward", "output = self.decoder(", "TransformerDecoder.forward"),
        ("TransformerEncoder.forward", "output = mod(", "TransformerEncoderLayer.forward"),
        ("TransformerEncoder.forward", "output = self.norm(output)", "LayerNorm.forward"),
        ("TransformerEncoderLayer.forward", "self.norm1(x)", "LayerNorm.forward"),
        ("TransformerEncoderLayer._sa_block", "x = self.self_attn(", "MultiheadAttention.forward"),
        ("TransformerEncoderLayer._sa_block", "return self.dropout1(x)", "Dropout.forward"),
        ("TransformerDecoder.forward", "output = mod(", "TransformerDecoderLayer.forward"),
        ("TransformerDecoder.forward", "output = self.norm(output)", "LayerNorm.forward"),
        ("TransformerDecoderLayer._sa_block", "x = self.self_attn(", "MultiheadAttention.forward"),
        (
            "TransformerDecoderLayer._mha_block",
            "x = self.multihead_attn(",
            "MultiheadAttention.forward",
        ),
    ],
)
def test_a_called_module_leads_to_its_own_forward_and_to_no_other(
    torch: Distribution, graph: CallGraph, caller: str, line: str, callee: str
) -> None:
    edges = [
        edge
        for edge in graph.edges
        if edge.site.caller == f"{TRANSFORMER}.{caller}" and edge.kind is EdgeKind.FORWARD
    ]
    text = (torch.root / "torch/nn/modules/transformer.py").read_text("utf-8").split("\n")
    found = [edge for edge in edges if line in text[edge.site.range.first_line - 1]]
    assert found
    assert {str(edge.callee).split(".", 4)[-1] for edge in found} == {callee}
    given = line in ("memory = self.encoder(", "output = self.decoder(")
    assert {edge.certainty is Certainty.POSSIBLE for edge in found} == {given}


def test_a_module_that_a_caller_may_replace_is_possible_beside_what_is_not_known(
    graph: CallGraph,
) -> None:
    caller = f"{TRANSFORMER}.Transformer.forward"
    beside = [
        edge.reason
        for edge in graph.edges
        if edge.site.caller == caller and edge.kind is EdgeKind.UNRESOLVED
    ]
    assert beside == ["a caller may give anything"] * 2  # custom_encoder and custom_decoder


def test_of_every_module_that_transformer_and_activation_call_something_is_known(
    graph: CallGraph,
) -> None:
    called = [
        edge
        for edge in graph.edges
        if edge.site.caller.startswith((f"{TRANSFORMER}.", f"{ACTIVATION}."))
        and edge.kind is EdgeKind.UNRESOLVED
        and edge.certainty is Certainty.RESOLVED
    ]
    assert called == []


def test_every_call_of_every_walked_function_is_an_edge(
    torch: Distribution, graph: CallGraph
) -> None:
    sites = {(edge.site.caller, *_corners(edge.site.range)) for edge in graph.edges}
    trees = {}
    for name in graph.order:
        symbol = graph.symbols[name]
        if "<lambda>" in name:
            continue
        if symbol.path not in trees:
            tree = ast.parse((torch.root / symbol.path).read_text("utf-8"))
            trees[symbol.path] = functions_of(tree)
        calls = calls_of(trees[symbol.path][symbol.line])
        ends = [(call.end_lineno, call.end_col_offset) for call in calls]
        places = [
            (call.lineno, call.col_offset, *end) for call, end in zip(calls, ends, strict=True)
        ]
        assert {(name, *place) for place in places} <= sites


def _corners(place: Range) -> tuple[int, int, int, int]:
    return place.start.line, place.start.column, place.end.line, place.end.column


def test_a_with_statement_runs_the_methods_of_its_context_manager(graph: CallGraph) -> None:
    callees = {
        edge.callee: edge.certainty
        for edge in graph.edges
        if edge.site.caller == "torch.nn.init._no_grad_fill_" and edge.kind is EdgeKind.METHOD
    }
    manager = "torch.autograd.grad_mode.no_grad"
    assert callees[f"{manager}.__enter__"] is Certainty.RESOLVED
    assert callees[f"{manager}.__exit__"] is Certainty.RESOLVED
    assert "torch.autograd.grad_mode.set_grad_enabled.__init__" in graph.order


def test_an_activation_that_only_isinstance_tells_of_is_possible(graph: CallGraph) -> None:
    caller = "torch.nn.modules.transformer.TransformerEncoderLayer._ff_block"
    possible = {
        edge.callee
        for edge in graph.edges
        if edge.site.caller == caller and edge.certainty is Certainty.POSSIBLE
    }
    assert possible == {
        None,  # a caller may give any function
        "torch._C._nn.gelu",
        "torch.nn.functional.relu",
        "torch.nn.modules.activation.GELU.forward",
        "torch.nn.modules.activation.ReLU.forward",
    }


def test_the_hooks_of_attribute_access_are_recorded_apart(graph: CallGraph) -> None:
    quiet = {edge.callee for edge in graph.quiet}
    assert "torch.nn.modules.module.Module.__setattr__" in quiet
    assert "torch.nn.modules.module.Module.__getattr__" in quiet
    assert not quiet & {edge.callee for edge in graph.edges}


def test_a_name_that_only_type_checkers_see_is_not_the_codes(graph: CallGraph) -> None:
    callees = {edge.callee for edge in graph.edges}
    assert "torch._C.is_grad_enabled" in callees
    assert "torch._C._VariableFunctions.is_grad_enabled" not in callees


def test_few_calls_of_the_tour_stay_unresolved_and_each_says_why(graph: CallGraph) -> None:
    unresolved = [edge for edge in graph.edges if edge.kind is EdgeKind.UNRESOLVED]
    assert len(unresolved) / len(graph.edges) <= 0.02
    assert all(edge.reason for edge in unresolved)


def test_native_callees_name_their_operator_and_its_dispatch_keys(graph: CallGraph) -> None:
    operator = graph.operators[f"{NATIVE}._native_multi_head_attention"]
    assert operator.dispatch["CPU"].startswith("native_multi_head_attention_cpu")
    assert operator.dispatch["CUDA"].startswith("native_multi_head_attention_cuda")
    composite = graph.operators["torch._C._nn.scaled_dot_product_attention"]
    assert composite.dispatch == {"CompositeImplicitAutograd": "scaled_dot_product_attention"}


def test_no_file_is_reported_and_the_consulted_ones_are_named(graph: CallGraph) -> None:
    assert graph.diagnostics == ()
    assert "torch:torch/nn/modules/transformer.py" in graph.files
    assert len(graph.files) < 80  # with those that are searched for what fills a table


def test_the_graph_is_the_same_whatever_the_hash_seed(
    torch: Distribution, graph: CallGraph
) -> None:
    program = (
        "import json, sys\n"
        "from srcread.graph.present import graph_as_json\n"
        "from srcread.graph.walk import build_graph\n"
        "from srcread.index import Index\n"
        "from srcread.sources import Sources, open_distribution\n"
        "found = open_distribution('torch', '2.13.0')\n"
        "graph = build_graph(Index(Sources([found])), ['torch.nn.Transformer'])\n"
        "print(json.dumps(graph_as_json(graph, [found])))\n"
    )
    outputs = {json.dumps(graph_as_json(graph, [torch])) + "\n"}
    outputs |= {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "42")
    }
    assert len(outputs) == 1


def test_the_graph_is_the_same_wherever_the_files_lie(
    torch: Distribution, graph: CallGraph, tmp_path: Path
) -> None:
    paths = [key.partition(":")[2] for key in graph.files]
    paths += [str(path.relative_to(torch.root)) for path in torch.root.glob("torch/**/*.pyi")]
    paths += ["torchgen/packaged/ATen/native/native_functions.yaml"]
    copies = []
    for folder in ("here", "there/deeper"):
        for path in paths:
            target = tmp_path / folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(torch.root / path, target)
        found = open_path(tmp_path / folder)
        moved = build_graph(Index(Sources([found])), ["torch.nn.Transformer"])
        written = json.dumps(graph_as_json(moved, [found]))
        assert str(tmp_path) not in written
        copies.append(written.replace('"deeper', '"here'))
    assert copies[0] == copies[1]


def test_the_tree_is_the_golden_one(graph: CallGraph) -> None:
    text = "\n".join(graph_as_tree(graph, depth=3)) + "\n"
    if os.environ.get("REWRITE"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def test_two_entries_share_one_graph(torch: Distribution, graph: CallGraph) -> None:
    entries: Sequence[str] = ["torch.nn.Transformer", "torch.nn.TransformerEncoderLayer"]
    both = build_graph(Index(Sources([torch])), entries)
    assert set(graph.order) <= set(both.order)
    assert both.entries[: len(graph.entries)] == graph.entries
    assert _sites(both) >= _sites(graph)


def _sites(graph: CallGraph) -> set[tuple[str, int]]:
    edges: list[Edge] = list(islice(graph.edges, None))
    return {(edge.site.caller, edge.site.range.first_line) for edge in edges}


MAIN_KEYS = ("CPU", "CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd")


def test_every_native_leaf_of_the_walk_leads_to_the_file_of_its_function(graph: CallGraph) -> None:
    assert len(graph.operators) > 50
    unknown = {
        (operator.name, function)
        for operator in graph.operators.values()
        for key, function in operator.dispatch.items()
        if key in MAIN_KEYS and function not in operator.files
    }
    assert unknown == set()
