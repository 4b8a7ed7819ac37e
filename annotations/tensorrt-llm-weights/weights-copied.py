"""Convert a small BLOOM checkpoint with the framework's own function, and see what is copied."""

import io
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import numpy as np
import torch
from safetensors.torch import save_file

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
sys.modules["tqdm"] = None  # the converter draws no progress bar without it
layers, heads, hidden, words = 2, 4, 8, 16
quiet = SimpleNamespace(info=lambda text: None, debug=lambda text: None)
config = SimpleNamespace(n_head=heads, hidden_size=hidden, vocab_size=words)
taken = extract(
    tree,
    "examples/bloom/convert_checkpoint.py:convert_from_hf_checkpoint",
    given={
        "BloomConfig": SimpleNamespace(from_pretrained=lambda folder: config),
        "tensorrt_llm": SimpleNamespace(logger=quiet),
        "logger": quiet,
    },
)

sizes = {
    "input_layernorm": (hidden,),
    "self_attention.query_key_value": (3 * hidden, hidden),
    "self_attention.dense": (hidden, hidden),
    "post_attention_layernorm": (hidden,),
    "mlp.dense_h_to_4h": (4 * hidden, hidden),
    "mlp.dense_4h_to_h": (hidden, 4 * hidden),
}
checkpoint = {"word_embeddings.weight": torch.randn(words, hidden)}
for norm in ("word_embeddings_layernorm", "ln_f"):
    checkpoint |= {f"{norm}.weight": torch.randn(hidden), f"{norm}.bias": torch.randn(hidden)}
for layer in range(layers):
    for module, size in sizes.items():
        checkpoint[f"h.{layer}.{module}.weight"] = torch.randn(size)
        checkpoint[f"h.{layer}.{module}.bias"] = torch.randn(size[0])


def convert(ranks=1, rank=0, more=None, **settings):
    """Save the checkpoint, and return what the converter makes of it for a rank, by name."""
    with tempfile.TemporaryDirectory() as folder:
        save_file(checkpoint | (more or {}), Path(folder, "model.safetensors"))
        return taken["convert_from_hf_checkpoint"](folder, rank, ranks, **settings)


def same(one, other):
    return one.shape == other.shape and torch.equal(one, other)


nothing = torch.empty(0)  # stands for a weight that is not there
whole = convert()
embedding = whole.get("transformer.embedding.weight", nothing)
head = whole.get("lm_head.weight", nothing)
print(f"{len(checkpoint)} weights in the checkpoint, {len(whole)} for the framework")
added = len(whole) - len(checkpoint)
shared = head.data_ptr() == embedding.data_ptr()
assert (added, same(head, embedding), shared) == (1, True, False), (
    "The only tensor added is lm_head, a copy of the embedding in memory of its own."
)

changed = [
    name
    for name, weight in whole.items()
    if not any(same(weight, saved) for saved in checkpoint.values())
]
print("not as they were saved:", changed)
assert changed == [
    f"transformer.layers.{layer}.attention.qkv.{kind}"
    for layer in range(layers)
    for kind in ("bias", "weight")
], "For one rank all are copied bit for bit, except the weight and bias of q, k and v."

parts = [convert(2, rank) for rank in range(2)]


def joined(pieces, dim):
    """Join the pieces; of too few dimensions, they make nothing."""
    return torch.cat(pieces, dim) if min(piece.dim() for piece in pieces) > dim else nothing


def cut(name):
    """Tell how two ranks share a weight."""
    pieces = [part.get(name, nothing) for part in parts]
    if all(same(piece, whole[name]) for piece in pieces):
        return "whole"
    if same(joined(pieces, 0), whole[name]):
        return "rows"
    return "columns" if same(joined(pieces, 1), whole[name]) else "otherwise"


cuts = {name: cut(name) for name in whole if ".layers.0." not in name}
layer = {name.removeprefix("transformer.layers.1."): kind for name, kind in cuts.items()}
for name, kind in layer.items():
    print(f"  {name:34} {kind}")
linear = {name: kind for name, kind in layer.items() if "norm" not in name and "ln_" not in name}
assert linear == {
    "attention.qkv.weight": "otherwise",
    "attention.qkv.bias": "otherwise",
    "attention.dense.weight": "columns",
    "attention.dense.bias": "whole",
    "mlp.fc.weight": "rows",
    "mlp.fc.bias": "rows",
    "mlp.proj.weight": "columns",
    "mlp.proj.bias": "whole",
    "transformer.embedding.weight": "whole",
    "lm_head.weight": "rows",
}, "Two ranks split fc and lm_head by rows, dense and proj by columns without their biases."
norms = {kind for name, kind in layer.items() if name not in linear}
assert norms == {"whole"}, "Every rank gets the norms whole."

pieces = {
    dim: [
        convert(2, rank, use_parallel_embedding=True, sharding_dim=dim).get(
            "transformer.embedding.weight", nothing
        )
        for rank in range(2)
    ]
    for dim in (0, 1)
}
print("the embedding of a rank, if asked for:", [tuple(pieces[dim][0].shape) for dim in pieces])
assert all(same(joined(pieces[dim], dim), embedding) for dim in pieces), (
    "If asked for, the embedding is split too, by rows or by columns."
)

extra = {"h.0.self_attention.rotary.inv_freq": torch.randn(4)}
assert convert(more=extra).keys() == whole.keys(), (
    "A weight with an unknown name is dropped silently."
)

small = MagicMock(hidden_size=hidden, num_attention_heads=heads, num_hidden_layers=layers)
small.vocab_size = words
in_full = {f"transformer.{name}": weight for name, weight in checkpoint.items()}
theirs = MagicMock(config=small, named_parameters=in_full.items)  # Hugging Face's model
framework = MagicMock()
script = "examples/bloom/build.py"
older = extract(
    source_tree("tensorrt-llm==0.5.0"),
    f"{script}:parse_arguments",
    f"{script}:build_rank_engine",
    given={
        "BloomConfig": SimpleNamespace(from_pretrained=lambda folder: small),
        "BloomForCausalLM": SimpleNamespace(from_pretrained=lambda folder, torch_dtype: theirs),
        "tensorrt_llm": framework,
        **{name: MagicMock() for name in ("logger", "str_dtype_to_trt", "Mapping", "net_guard")},
    },
)


def held(model, name):
    """Return what a model of 0.5.0 holds at the place of a name."""
    for part in name.removeprefix("transformer.").split("."):
        model = model[int(part)] if part.isdigit() else getattr(model, part)
    return model.value


def built(rank):
    """Run 0.5.0's script for one of two ranks; return what the model holds for the engine."""
    inside = [MagicMock(num_attention_heads=heads, hidden_size=hidden) for _ in range(layers)]
    model = MagicMock(_num_heads=heads, _hidden_size=hidden, layers=inside)
    del model.quant_mode  # then the loader quantises nothing
    framework.models.BloomForCausalLM = lambda **sizes: model
    builder = MagicMock()
    builder.build_engine = lambda *given: {name: held(model, name) for name in parts[rank]}
    told = ["build.py", "--model_dir=folder", "--world_size=2", "--dtype=float32"]
    with patch("sys.argv", told), redirect_stdout(io.StringIO()):  # it prints the model
        return older["build_rank_engine"](builder, None, "engine", rank, older["parse_arguments"]())


before = [built(rank) for rank in range(2)]
unlike = [
    name
    for part, old in zip(parts, before, strict=True)
    for name, weight in part.items()
    if not np.array_equal(weight, old[name])
]
print("for its engines 0.5.0 holds", len(before[0]), "weights a rank; of these differ:", unlike)
assert unlike == [], (
    "0.5.0's build.py loads Hugging Face's model and builds an engine in one run, from the same "
    "weights."
)
