"""Load a converted BLOOM into the framework's model, whole and with faults."""

import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import safetensors.torch
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, old_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)

hidden, layers, vocabulary = 16, 2, 32
block = {
    "self_attention.query_key_value": (3 * hidden, hidden),
    "self_attention.dense": (hidden, hidden),
    "mlp.dense_h_to_4h": (4 * hidden, hidden),
    "mlp.dense_4h_to_h": (hidden, 4 * hidden),
    "input_layernorm": (hidden,),
    "post_attention_layernorm": (hidden,),
}
shapes = {f"transformer.h.{n}.{name}": block[name] for n in range(layers) for name in block}
shapes |= {"transformer.word_embeddings_layernorm": (hidden,), "transformer.ln_f": (hidden,)}
parameters = {"transformer.word_embeddings.weight": torch.randn(vocabulary, hidden)}
for name, shape in shapes.items():
    parameters |= {f"{name}.weight": torch.randn(shape), f"{name}.bias": torch.randn(shape[0])}
sizes = SimpleNamespace(n_head=2, hidden_size=hidden, num_hidden_layers=layers)
bloom = SimpleNamespace(config=sizes, named_parameters=parameters.items)
taken = extract(tree, "examples/bloom/convert_checkpoint.py:convert_hf_bloom")
weights = taken["convert_hf_bloom"](bloom)
of_rank_1 = taken["convert_hf_bloom"](bloom, rank=1, tensor_parallel=2)

configuration = {
    "architecture": "BloomForCausalLM",
    "dtype": "float32",
    "vocab_size": vocabulary,
    "hidden_size": hidden,
    "intermediate_size": 4 * hidden,
    "num_hidden_layers": layers,
    "num_attention_heads": 2,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}

with standing_in(), tempfile.TemporaryDirectory() as folder:
    import tensorrt_llm
    from tensorrt_llm.models import BloomForCausalLM

    said = []
    tensorrt_llm.logger.warning = tensorrt_llm.logger.error = said.append

    def load(weights, rank=0, ranks=1):
        """Write a rank's checkpoint, and have the framework read it into a model."""
        told = configuration | {"mapping": {"world_size": ranks, "tp_size": ranks}}
        (Path(folder) / "config.json").write_text(json.dumps(told))
        safetensors.torch.save_file(weights, Path(folder) / f"rank{rank}.safetensors")
        return BloomForCausalLM.from_checkpoint(folder, rank)

    def values(model):
        return {name: torch.tensor(one.raw_value) for name, one in model.named_parameters()}

    def differing(model, weights):
        """Return the parameters that do not hold what the checkpoint has under their name."""
        held = values(model)
        return sorted(n for n in held if n not in weights or not torch.equal(held[n], weights[n]))

    loaded = load(weights)
    counts = len(weights), len(values(loaded))
    print("tensors of the converter, parameters of the model:", *counts)
    assert (*counts, differing(loaded, weights)) == (30, 30, []), (
        "The converter writes 30 tensors, the model has 30 parameters, and each gets its own."
    )

    lost = "transformer.layers.1.mlp.fc.weight"
    less = {name: tensor for name, tensor in weights.items() if name != lost}
    missing = load(less)
    print("not loaded, and not missed:", *differing(missing, weights))
    assert (differing(missing, weights), said) == ([lost], []), (
        "A parameter that the checkpoint lacks keeps its random values, without an error or a "
        "warning."
    )

    more = load(weights | {f"{lost}s": torch.ones(3)})
    assert (differing(more, weights), said) == ([], []), (
        "A name that the model lacks is ignored, without an error or a warning."
    )

    old = extract(
        old_tree,
        "examples/bloom/weight.py:load_from_hf_bloom",
        "tensorrt_llm.models.bloom.model:BloomForCausalLM",
        given={"tensorrt_llm": SimpleNamespace(logger=logging.getLogger())},
    )

    def old_values(parameters):
        """Let 0.5.0 set its model from Hugging Face's; return the values by 0.7.1's names."""
        theirs = SimpleNamespace(config=sizes, named_parameters=parameters.items)
        model = old["BloomForCausalLM"](layers, 2, hidden, vocabulary, 2048, dtype="float32")
        old["load_from_hf_bloom"](model, theirs)
        named = {name: torch.tensor(one._value) for name, one in model.named_parameters()}
        head = named.pop("lm_head.weight")
        return {f"transformer.{name}": named[name] for name in named} | {"lm_head.weight": head}

    before = old_values(parameters)
    source = "transformer.h.1.mlp.dense_h_to_4h.weight"
    try:
        old_values({name: one for name, one in parameters.items() if name != source})
        refusal = "none"
    except KeyError as error:
        refusal = error.args[0]
    print("0.5.0 sets", len(before), "parameters, and asks for", refusal)
    assert (len(before), differing(loaded, before), refusal) == (30, [], source), (
        "0.5.0's script sets the same 30 values itself; a missing weight is a KeyError there."
    )

    square = "transformer.layers.0.attention.dense.weight"
    turned = weights | {square: weights[square].t().contiguous()}
    assert differing(load(turned), turned) == [], "A square weight that was transposed is loaded."

    second = load(of_rank_1, rank=1, ranks=2)
    assert (differing(second, of_rank_1), second.config.mapping.rank) == ([], 1), (
        "Rank 1 reads its own file into a model of its shapes, which knows its rank."
    )
    try:
        load(weights, rank=1, ranks=2)
        refusal = "none"
    except AssertionError as error:
        refusal = str(error)
    print(refusal)
    assert "Updated: (48, 16), original: (24, 16)" in refusal, (
        "A file that was split for another number of ranks fails on the first shape that differs."
    )
