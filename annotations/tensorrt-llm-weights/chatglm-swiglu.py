"""Load a small ChatGLM2 with the framework's own loader, and run its swiglu on what was loaded."""

import logging
import tempfile
from collections import defaultdict
from types import SimpleNamespace

import torch
import torch.nn.functional as F

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
hidden, inner, heads, kv_heads, words = 8, 6, 4, 2, 16


def linear(inputs, outputs):
    return torch.nn.Linear(inputs, outputs)


def norm():
    return torch.nn.RMSNorm(hidden)


# The modules of the original ChatGLM2 that the loader reads, by their names there.
qkv = linear(hidden, (heads + 2 * kv_heads) * hidden // heads)
mlp = SimpleNamespace(dense_h_to_4h=linear(hidden, 2 * inner), dense_4h_to_h=linear(inner, hidden))
layer = SimpleNamespace(
    input_layernorm=norm(),
    post_attention_layernorm=norm(),
    self_attention=SimpleNamespace(query_key_value=qkv, dense=linear(hidden, hidden)),
    mlp=mlp,
)
theirs = SimpleNamespace(
    config=SimpleNamespace(
        hidden_size=hidden, num_attention_heads=heads, num_layers=1, multi_query_group_num=kv_heads
    ),
    transformer=SimpleNamespace(
        embedding=SimpleNamespace(word_embeddings=torch.nn.Embedding(words, hidden)),
        encoder=SimpleNamespace(layers=[layer] * 28, final_layernorm=norm()),  # 0.5.0 reads 28
        output_layer=linear(hidden, words),
    ),
)
automatic = SimpleNamespace(from_pretrained=lambda *place, **settings: theirs)

taken = extract(
    tree,
    "examples/chatglm/weight.py:load_from_hf",
    "tensorrt_llm.mapping:Mapping",
    "tensorrt_llm.functional:swiglu",
    given={
        "transformers": SimpleNamespace(AutoModel=automatic),
        "tensorrt_llm": SimpleNamespace(logger=logging.getLogger()),
        "tensorrt_llm.functional.chunk": torch.chunk,
        "tensorrt_llm.functional.silu": F.silu,
    },
)
old_tree = source_tree("tensorrt-llm==0.5.0")
old_taken = extract(
    old_tree,
    "examples/chatglm2-6b/weight.py:load_from_hf_chatglm2_6B",
    given={"tensorrt_llm": SimpleNamespace(logger=logging.getLogger())},
)


class Place:
    """Takes what the loader sets, as a model of the framework would: any module is there."""

    def __getattr__(self, name):
        if name == "quant_mode":  # the model is not quantised
            raise AttributeError(name)
        setattr(self, name, defaultdict(Place) if name == "layers" else Place())
        return getattr(self, name)


def load(ranks, rank):
    """Return the weights that the loader puts into the MLP of a rank, fc's and proj's."""
    model = Place()
    mapping = taken["Mapping"](world_size=ranks, rank=rank, tp_size=ranks)
    with tempfile.TemporaryDirectory() as folder:
        taken["load_from_hf"](model, folder, mapping, "float32", "chatglm2_6b")
    ours = model.layers[0].mlp
    return [torch.from_numpy(part.weight.value).to(device) for part in (ours.fc, ours.proj)]


def fc_before(ranks, rank):
    """Return the weight that 0.5.0's loader puts into fc of a rank."""
    model = old_taken["load_from_hf_chatglm2_6B"](Place(), theirs, rank, ranks)
    return torch.from_numpy(model.encoder.layers[0].mlp.fc.weight.value).to(device)


swiglu = taken["swiglu"]
x = torch.randn(5, hidden, device=device)
weight = mlp.dense_h_to_4h.weight.detach().to(device)
gate, value = (x @ weight.T).chunk(2, dim=-1)
expected = F.silu(gate) * value  # as in ChatGLM2's own code: the gate stands first
output = expected @ mlp.dense_4h_to_h.weight.detach().to(device).T

fc, proj = load(1, 0)
order = [next((n for n, old in enumerate(weight) if torch.equal(old, row)), None) for row in fc]
print("the rows of fc, by their place in the checkpoint:", order)
assert order == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5], "The loader swaps the halves of the rows."
shards = [load(2, rank) for rank in range(2)]
before = [fc_before(2, rank) for rank in range(2)]
print("rows of fc on each of two ranks:", len(shards[0][0]), "and in 0.5.0", len(before[0]))
assert ([torch.equal(old, fc) for old in before], [len(new) for new, _ in shards]) == (
    [True, True],
    [inner, inner],
), "0.5.0's loader swaps the halves alike; both of two ranks get all rows there, and half here."


def largest(difference):
    return difference.abs().max().item()


ours = swiglu(x @ fc.T)
print(f"swiglu with the swapped rows against ChatGLM2's own: {largest(ours - expected):.0e}")
assert largest(ours - expected) < 1e-5, (
    "With the halves swapped, swiglu gives silu of the old first half, times the old second."
)
unswapped = swiglu(x @ weight.T)
print(f"with the rows as they were: {largest(unswapped - expected):.0e}")
assert largest(unswapped - gate * F.silu(value)) < 1e-5 < largest(unswapped - expected), (
    "With the rows as they were, swiglu puts silu on the wrong half."
)

inside = torch.cat([swiglu(x @ fc.T) for fc, _ in shards], dim=-1)
print("2 ranks: fc", tuple(shards[0][0].shape), "proj", tuple(shards[0][1].shape), "each")
assert largest(inside - expected) < 1e-5, (
    "Each of two ranks gets the gates of its own values: side by side they give the same."
)
summed = sum(swiglu(x @ fc.T) @ proj.T for fc, proj in shards)
assert largest(summed - output) < 1e-5, "The ranks' results after proj add up to the whole MLP."
