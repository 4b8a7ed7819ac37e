"""Rename the weights of a BLOOM checkpoint by the converter's own function."""

import ast
from types import SimpleNamespace
from unittest.mock import MagicMock

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
taken = extract(tree, "examples/bloom/convert_checkpoint.py:rename_hf_to_tllm")
rename = taken["rename_hf_to_tllm"]
LAYERS = 12

outside = {
    "transformer.word_embeddings.weight": "transformer.embedding.weight",
    "transformer.word_embeddings_layernorm.weight": "transformer.ln_embed.weight",
    "transformer.word_embeddings_layernorm.bias": "transformer.ln_embed.bias",
    "transformer.ln_f.weight": "transformer.ln_f.weight",
    "transformer.ln_f.bias": "transformer.ln_f.bias",
}
modules = {
    "input_layernorm": "input_layernorm",
    "self_attention.query_key_value": "attention.qkv",
    "self_attention.dense": "attention.dense",
    "post_attention_layernorm": "post_layernorm",
    "mlp.dense_h_to_4h": "mlp.fc",
    "mlp.dense_4h_to_h": "mlp.proj",
}
inside = {
    f"transformer.h.{layer}.{theirs}.{kind}": f"transformer.layers.{layer}.{ours}.{kind}"
    for layer in range(LAYERS)
    for theirs, ours in modules.items()
    for kind in ("weight", "bias")
}
names = [*outside, *inside]
renamed = {name: rename(name) for name in names}
for name in [*outside, *(name for name in inside if ".h.11." in name)]:
    print(f"{name:56} {renamed[name]}")

assert {name: renamed[name] for name in outside} == outside, (
    "Outside the layers, the embedding and its norm get other names; the last norm keeps its own."
)
assert {name: renamed[name] for name in inside} == inside, (
    "In each layer, five of six modules get other names; its number and .weight or .bias stay."
)

short = {name: rename(name.removeprefix("transformer.")) for name in names}
assert short == renamed, "Names saved without the leading 'transformer.' become the same."

unknown = ["lm_head.weight", "score.weight"]
assert [rename(name) for name in unknown] == unknown, "A name it does not know stays as it is."

older_tree = source_tree("tensorrt-llm==0.5.0")
load = extract(
    older_tree,
    "examples/bloom/weight.py:load_from_hf_bloom",
    given={
        "tensorrt_llm": MagicMock(),
        "split_qkv_tp": lambda model, weight, ranks, rank: weight,
        "split_qkv_bias_tp": lambda model, bias, ranks, rank: bias,
    },
)["load_from_hf_bloom"]
defined = [
    node.name
    for path in (older_tree / "examples/bloom").glob("*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.FunctionDef)
]
numbers = {name: [float(number)] for number, name in enumerate(names)}  # each weight is one number
model = MagicMock(layers=[MagicMock() for _ in range(LAYERS)])
del model.quant_mode  # then the loader quantises nothing
saved = {name: torch.tensor(number) for name, number in numbers.items()}
load(
    model,
    SimpleNamespace(named_parameters=saved.items, config=SimpleNamespace(num_hidden_layers=LAYERS)),
)


def held(name):
    """Return the numbers that 0.5.0's model holds at the place of a name."""
    place = model
    for part in name.split(".")[1:]:
        place = place[int(part)] if part.isdigit() else getattr(place, part)
    return place.value.tolist()


found = {name: held(renamed[name]) for name in names}
print("0.5.0 puts", sum(found[name] == numbers[name] for name in names), "where the new names say")
assert (found, "rename_hf_to_tllm" in defined) == (numbers, False), (
    "0.5.0's scripts for BLOOM have no such function, and put each weight where the new name says."
)
