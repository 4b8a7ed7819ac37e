"""A program: what a TensorRT-LLM tree does with the stand-in, told as JSON.

    python tests/support/lab_real_tree.py TREE

A process of its own, for it imports the framework.
"""

from __future__ import annotations

import ast
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from srcread.lab.tensorrt import StandIn, calls_by_line, standing_in
from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.network import INetworkDefinition

DIMENSIONS = {"batch_size": (2, 3), "input_len": (5, 6)}


def attributes(tree: Path, root: str) -> Iterator[str]:
    """Yield what the package reads as an attribute of a name or of a call of it."""
    for path in sorted((tree / "tensorrt_llm").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Attribute(attr=name, value=ast.Name(id=known)) if known == root:
                    yield name
                case ast.Attribute(attr=name, value=ast.Call(func=ast.Name(id=known))) if (
                    known == root
                ):
                    yield name


def layers_of_cast(framework: Any) -> dict[str, Any]:
    """Record `cast` alone."""
    from tensorrt_llm.functional import Tensor, cast  # TREE's

    network = framework.Builder().create_network()
    with framework.net_guard(network):
        dtype = framework.str_dtype_to_trt("float32")
        cast(Tensor(name="x", dtype=dtype, shape=[2, 3]), "float16")
    recorded = network.trt_network
    return {
        "layers": [layer.kind.name for layer in recorded.layers],
        "calls": [call.method for call in recorded.calls],
        "lines": [str(line.place) for line in calls_by_line(recorded, "tensorrt_llm") if line.made],
    }


def plugins_of_bloom(stand_in: StandIn) -> dict[str, Any]:
    """Build one layer of BLOOM with plugins, by 0.7.1."""
    from tensorrt_llm.builder import (
        BuildConfig,
        build_shard_model,
    )
    from tensorrt_llm.models import (
        BloomForCausalLM,
        PretrainedConfig,
    )

    config = {
        "architecture": "BloomForCausalLM",
        "dtype": "float16",
        "vocab_size": 64,
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
        "use_parallel_embedding": False,
        "embedding_sharding_dim": 0,
        "share_embedding_table": False,
    }
    plugins = ("gpt_attention_plugin", "gemm_plugin", "lookup_plugin")
    sizes = {
        "max_input_len": 8,
        "max_output_len": 8,
        "max_batch_size": 4,
        "max_beam_width": 1,
        "max_num_tokens": 64,
        "plugin_config": dict.fromkeys(plugins, "float16"),
    }
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))
    build_shard_model(model, BuildConfig.from_dict(sizes))
    layers = stand_in.network.layers
    found = [layer for layer in layers if isinstance(layer, kinds.IPluginV2Layer)]
    attention = [layer for layer in found if layer.plugin.plugin_type == "GPTAttention"]
    return {
        "plugins": Counter(layer.plugin.plugin_type for layer in found),
        "fields": [len(layer.plugin.fields) for layer in attention],
        "bias": [layer.plugin.fields["qkv_bias_enabled"] for layer in attention],
        "shape": [tuple(attention[0].outputs[0].shape), tuple(attention[0].outputs[1].shape)],
    }


def main() -> None:
    """Import the tree, ask, and print."""
    tree = Path(sys.argv[1])
    sys.path.insert(0, str(tree))
    torch.manual_seed(0)
    with standing_in() as stand_in:
        import tensorrt  # the stand-in
        import tensorrt_llm as framework

        names = set(attributes(tree, "trt"))
        methods = {name for name in attributes(tree, "default_trtnet") if name.startswith("add_")}
        found = {
            "unknown_names": sorted(name for name in names if not hasattr(tensorrt, name)),
            "methods": len(methods),
            "unknown_methods": sorted(
                name for name in methods if not hasattr(INetworkDefinition, name)
            ),
            "cast": layers_of_cast(framework),
            "stood_in_for": stand_in.stood_in_for,
        }
    if not (tree / "examples" / "bloom" / "weight.py").exists():  # of 0.5.0
        with standing_in(dimensions=DIMENSIONS) as stand_in:
            found["plugins"] = plugins_of_bloom(stand_in)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
