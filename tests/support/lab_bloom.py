"""A program: BLOOM as a TensorRT-LLM tree builds it, against Hugging Face's, on random weights.

    python tests/support/lab_bloom.py TREE

It prints, as JSON, the largest difference of logits in the context phase and in a generation step
that is fed with the recorded cache: once with the framework's own weight converter, once without
its reordering of q, k and v. A process of its own, for it imports the framework.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
import transformers

from srcread.lab.extract import extract
from srcread.lab.tensorrt import StandIn, standing_in

LAYERS, HEADS, WIDTH, TOKENS = 2, 4, 32, 64
SIZES = {"max_input_len": 8, "max_beam_width": 1, "max_batch_size": 4}

Tensors = dict[str, Any]


def not_reordered(v: Any, n_head: int, n_hidden: int, is_bias: bool = False) -> Any:
    """Leave q, k and v as they alternate by head: what the converter must not do."""
    return v.reshape((3, n_hidden) if is_bias else (3, n_hidden, n_hidden))


def inputs(batch: int, length: int, past: int, tokens: Any = None) -> Tensors:
    """The network's inputs for a batch of sequences, `past` tokens of which are in the cache."""
    generator = torch.Generator().manual_seed(batch)
    drawn = torch.randint(0, TOKENS, (batch, length), generator=generator, dtype=torch.int32)
    cache = torch.zeros(batch, 2, HEADS, past, WIDTH // HEADS)
    return {
        "input_ids": drawn if tokens is None else tokens,
        "position_ids": torch.arange(length, dtype=torch.int32).expand(batch, length),
        "last_token_ids": torch.full((batch,), length, dtype=torch.int32),
        "attention_mask": torch.ones(batch, length + past, dtype=torch.int32),
        "cache_indirection": torch.zeros(batch, 1, 16, dtype=torch.int32),
        **{f"past_key_value_{layer}": cache for layer in range(LAYERS)},
    }


def build_new(tree: Path, other: Any, given: dict[str, Any]) -> list[str]:
    """Build by 0.7.1: convert, then `build_shard_model`; return the digests' names."""
    from tensorrt_llm.builder import (  # TREE's
        BuildConfig,
        build_shard_model,
    )
    from tensorrt_llm.models import (
        BloomForCausalLM,
        PretrainedConfig,
    )

    taken = extract(tree, "examples/bloom/convert_checkpoint.py:convert_hf_bloom", given=given)
    weights = taken["convert_hf_bloom"](other, rank=0, tensor_parallel=1, dtype="float32")
    config = {
        "architecture": "BloomForCausalLM",
        "dtype": "float32",
        "vocab_size": TOKENS,
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
        "use_parallel_embedding": False,
        "embedding_sharding_dim": 0,
        "share_embedding_table": False,
    }
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))
    assert {name for name, _ in model.named_parameters()} == set(weights)
    model.load(weights)
    sizes = {**SIZES, "max_output_len": 8, "max_num_tokens": None}
    build_shard_model(model, BuildConfig.from_dict(sizes))
    return [name for name, _ in taken.digests]


def build_old(tree: Path, other: Any, given: dict[str, Any]) -> list[str]:
    """Build by 0.5.0: a model, its weights set, and a network guarded while it is called."""
    import tensorrt_llm
    from tensorrt_llm.builder import Builder
    from tensorrt_llm.network import net_guard

    taken = extract(
        tree,
        "examples/bloom/weight.py:load_from_hf_bloom",
        given=given,
        imported=("tensorrt_llm",),
    )
    model = tensorrt_llm.models.BloomForCausalLM(
        num_layers=LAYERS,
        num_heads=HEADS,
        hidden_size=WIDTH,
        vocab_size=TOKENS,
        max_position_embeddings=64,
        hidden_act="gelu",
        dtype="float32",
    )
    taken["load_from_hf_bloom"](model, other)
    builder = Builder()
    network = builder.create_network()
    with net_guard(network):
        network.set_named_parameters(model.named_parameters())
        sizes = (SIZES["max_batch_size"], SIZES["max_input_len"], 8, True, 1)
        model(*model.prepare_inputs(*sizes))
    tensorrt_llm.graph_rewriting.optimize(network)
    config = builder.create_builder_config(precision="float32")
    assert builder.build_engine(network, config)
    return [name for name, _ in taken.digests]


def differences(stand_in: StandIn, other: Any) -> dict[str, Any]:
    """Run both phases of both implementations."""
    context = inputs(2, 7, 0)
    ours = stand_in.evaluate(context)
    theirs = other(input_ids=context["input_ids"].long()).logits[:, -1]
    tokens = ours["logits"].argmax(-1, keepdim=True).int()
    step = inputs(2, 1, 7, tokens)
    step |= {f"past_key_value_{i}": ours[f"present_key_value_{i}"] for i in range(LAYERS)}
    both = torch.cat([context["input_ids"], tokens], 1).long()
    after = stand_in.evaluate(step)["logits"] - other(input_ids=both).logits[:, -1]
    return {
        "context": (ours["logits"] - theirs).abs().max().item(),
        "generation": after.abs().max().item(),
        "scale": theirs.abs().max().item(),
    }


def compare(tree: Path, other: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Build by the tree's own code, and compare."""
    first, second = inputs(2, 5, 0), inputs(3, 6, 1)
    pairs = {name: (first[name], second[name]) for name in first}
    is_old = (tree / "examples" / "bloom" / "weight.py").exists()
    with standing_in(inputs=pairs, version="9.1.0" if is_old else "9.2.0") as stand_in:
        taken = (build_old if is_old else build_new)(tree, other, given)
        layers = stand_in.network.num_layers
        return {**differences(stand_in, other), "layers": layers, "taken": taken}


def main() -> None:
    """Compare twice and print."""
    tree = Path(sys.argv[1])
    sys.path.insert(0, str(tree))
    torch.manual_seed(0)
    config = transformers.BloomConfig(
        vocab_size=TOKENS, hidden_size=WIDTH, n_layer=LAYERS, n_head=HEADS
    )
    other = transformers.BloomForCausalLM(config).float().eval()
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.2)
        found = {
            "own": compare(tree, other, {}),
            "control": compare(tree, other, {"reorder_qkv_weight_or_bias": not_reordered}),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
