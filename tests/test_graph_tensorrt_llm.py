"""TensorRT-LLM 0.7.1's own code, where the store has it: the main chains.

Its sources are neither installed nor on a package index; the constructs stand in cases/, each of
them alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.real_trees import TREES, needs

from srcread.model import CallGraph, Certainty, EdgeKind
from srcread.opening.code import Code

BLOOM = "tensorrt_llm.models.bloom.model.BloomForCausalLM.forward"
VERSION = "0.7.1"

pytestmark = needs(VERSION)


@pytest.fixture
def walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Walk]:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path))
    return Walk


class Walk:
    """The graph of one entry of the checkout, its edges by the ends of their names."""

    def __init__(self, entry: str) -> None:
        self.graph: CallGraph = Code([TREES[VERSION]], [entry], None).graph

    def kinds(self, caller: str, callee: str) -> set[EdgeKind]:
        return {
            edge.kind
            for edge in self.graph.edges
            if f".{edge.site.caller}".endswith(f".{caller}")
            and f".{edge.callee}".endswith(f".{callee}")
        }


CHAINS = {
    BLOOM: [
        ("DecoderModelForCausalLM.forward", "BloomModel.forward", EdgeKind.METHOD),
        ("BloomModel.forward", "DecoderLayerList.forward", EdgeKind.FORWARD),
        ("DecoderLayerList.forward", "BloomDecoderLayer.forward", EdgeKind.FORWARD),
        ("BloomDecoderLayer.forward", "Attention.forward", EdgeKind.FORWARD),
        ("BloomDecoderLayer.forward", "Tensor.__add__", EdgeKind.METHOD),
        ("Tensor.__add__", "elementwise_binary", EdgeKind.DIRECT),
        ("Attention.forward", "gpt_attention", EdgeKind.DIRECT),
        ("gpt_attention", "GPTAttention", EdgeKind.NATIVE),
        ("MLP.forward", "gelu", EdgeKind.DIRECT),
        ("cast", "tensorrt.INetworkDefinition.add_cast", EdgeKind.EXTERNAL),
        ("_create_tensor", "Network._set_layer_name", EdgeKind.METHOD),
    ],
    "tensorrt_llm.commands.build.main": [
        ("PostInitCaller.__call__", "PretrainedModel.__post_init__", EdgeKind.METHOD),
        ("PretrainedModel.__post_init__", "quantize", EdgeKind.DIRECT),
        ("build_shard_model", "DecoderModelForCausalLM.forward", EdgeKind.FORWARD),
        ("build_and_save_shard", "Engine.save", EdgeKind.METHOD),
        ("PretrainedModel.load", "Parameter.value@setter", EdgeKind.PROPERTY),
        ("BloomDecoderLayer.forward", "SmoothQuantAttention.forward", EdgeKind.FORWARD),
        ("weight_only_quantize", "WeightOnlyQuantLinear.forward", EdgeKind.FORWARD),
        (
            "RewritePatternManager.rewrite",
            "FuseAttentionWithBiasPass.match_and_rewrite",
            EdgeKind.METHOD,
        ),
        ("FuseAttentionWithBiasPass.match_and_rewrite", "gpt_attention", EdgeKind.DIRECT),
    ],
    "examples.run.main": [
        ("run.main", "load_tokenizer", EdgeKind.DIRECT),
        ("ModelRunner.generate", "GenerationSession.decode", EdgeKind.METHOD),
        ("GenerationSession.decode", "GenerationSession.__setup_decoder", EdgeKind.METHOD),
        (
            "GenerationSession.handle_per_step",
            "FasterTransformer::DynamicDecodeOp.forward",
            EdgeKind.NATIVE,
        ),
        ("_Runtime._run", "tensorrt.IExecutionContext.execute_async_v3", EdgeKind.EXTERNAL),
    ],
}


@pytest.mark.parametrize("entry", sorted(CHAINS))
def test_the_chains_that_the_study_names_are_found(walked: type[Walk], entry: str) -> None:
    walk = walked(entry)
    missing = [link for link in CHAINS[entry] if link[2] not in walk.kinds(*link[:2])]
    assert missing == []


def test_blooms_graph_says_for_each_open_call_why(walked: type[Walk]) -> None:
    graph = walked(BLOOM).graph
    opened = [edge for edge in graph.edges if edge.kind is EdgeKind.UNRESOLVED]
    assert all(edge.reason for edge in opened)
    assert len(opened) < len(graph.edges) / 20
    assert {"Gemm", "GPTAttention", "Lookup"} <= set(graph.plugins)
    certain = [edge for edge in graph.edges if edge.certainty is Certainty.RESOLVED]
    assert len(certain) > len(graph.edges) * 0.8
