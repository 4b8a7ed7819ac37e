"""Rename the weights of a BLOOM checkpoint by the converter's own function."""

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
taken = extract(tree, "examples/bloom/convert_checkpoint.py:rename_hf_to_tllm")
rename = taken["rename_hf_to_tllm"]

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
    for layer in range(12)
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
