"""Take one decoder layer apart, and watch what its second attention attends to."""

import sys

import torch
from torch import nn

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True, device=device).eval()
for parameter in layer.parameters():
    nn.init.uniform_(parameter, -0.5, 0.5)  # the three norms differ, too
target = torch.randn(2, 3, 16, device=device)
memory = torch.randn(2, 5, 16, device=device)
causal = nn.Transformer.generate_square_subsequent_mask(3, device=device)

attentions = {
    name: (module.num_heads, module.dropout)
    for name, module in layer.named_children()
    if type(module) is nn.MultiheadAttention
}
print("attentions, their heads and dropout:", attentions)
assert attentions == {"self_attn": (4, 0.1), "multihead_attn": (4, 0.1)}, (
    "Both attentions of a decoder layer are MultiheadAttention, with the same heads and dropout."
)


def difference(first, second):
    return (first - second).abs().max().item()


x = layer.norm1(target + layer.self_attn(target, target, target, attn_mask=causal)[0])
x = layer.norm2(x + layer.multihead_attn(x, memory, memory)[0])
x = layer.norm3(x + layer.linear2(layer.linear1(x).relu()))
assert difference(layer(target, memory, tgt_mask=causal), x) < 1e-5, (
    "The layer is self-attention, cross-attention with memory as key and value, "
    "and feed-forward, each added and normalised."
)

inputs = []
for name in attentions:
    getattr(layer, name).register_forward_pre_hook(
        lambda module, given, name=name: inputs.append((name, given))
    )
layer(target, memory)
shapes = {
    name: tuple(getattr(layer, name)(*given, average_attn_weights=False)[1].shape)
    for name, given in tuple(inputs)
}
print("attention weights:", shapes)
assert shapes == {"self_attn": (2, 4, 3, 3), "multihead_attn": (2, 4, 3, 5)}, (
    "The weights of cross-attention are (batch, heads, tgt_seq, src_seq), "
    "and those of self-attention (batch, heads, tgt_seq, tgt_seq)."
)


def native_calls(call, *inputs, **options):
    """List the functions not written in Python that a call runs, as Python calls them."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return names


def matmuls(block, *inputs):
    """Count the matmuls that project the inputs and the output."""
    return native_calls(block, *inputs, None, None).count("linear")


counted = matmuls(layer._sa_block, target), matmuls(layer._mha_block, target, memory)
print("matmuls of self-attention and of cross-attention:", counted)
assert counted == (2, 3), (
    "Self-attention takes one matmul to project its inputs, cross-attention two, "
    "as key and value are one tensor; each takes one for the output."
)


def effect(position, **masks):
    """Return how much one memory position matters to the first target position."""
    changed = memory.clone()
    changed[:, position] *= -1
    return difference(layer(target, memory, **masks)[:, 0], layer(target, changed, **masks)[:, 0])


effects = [effect(position, tgt_mask=causal) for position in range(5)]
print("the memory positions matter by", [f"{each:.2f}" for each in effects])
assert min(effects) > 0.01, (
    "Under a causal tgt_mask the first target position still reads every memory position."
)

last = torch.tensor([[False, False, False, False, True]] * 2, device=device)
hidden = {
    "memory_mask": effect(4, memory_mask=last[:1].expand(3, 5)),
    "memory_key_padding_mask": effect(4, memory_key_padding_mask=last),
}
print("hidden, the last one matters by", hidden)
assert max(hidden.values()) < 1e-6, (
    "A memory position is hidden by memory_mask as well as by memory_key_padding_mask."
)


weights = {}


def keep_weights(module, inputs, options):
    """Run an attention as the layer does, with its weights (query, key) of the first sequence."""
    name = "self" if module is layer.self_attn else "cross"
    if name not in weights:
        weights[name] = None  # the call that follows comes here, too
        weights[name] = module(*inputs, **{**options, "need_weights": True})[1][0]


watchers = [
    module.register_forward_pre_hook(keep_weights, with_kwargs=True)
    for module in (layer.self_attn, layer.multihead_attn)
]
layer(target, memory, tgt_mask=causal, memory_key_padding_mask=last)
for watcher in watchers:
    watcher.remove()
show_grid("self_attn: tgt_mask hides later ones", weights["self"], rows="target", columns="target")
show_grid(
    "multihead_attn: no tgt_mask, but padding of memory",
    weights["cross"],
    rows="target",
    columns="memory",
    band=("memory_key_padding_mask", last[0]),
)
earlier = torch.ones(3, 3, dtype=torch.bool, device=device).tril()
everywhere = ~last[:1].expand(3, 5)
weighed = weights["self"] > 0, weights["cross"] > 0
assert torch.equal(weighed[0], earlier) and torch.equal(weighed[1], everywhere), (
    "Under a causal tgt_mask self-attention weighs no later position, "
    "and cross-attention every memory position that is not padding."
)

mask = torch.zeros(3, 5, device=device)
mask[:, 0] = 2.0  # not causal, whatever the hint says
causal_memory = torch.ones(3, 5, dtype=torch.bool, device=device).triu(1)
hinted = layer(target, memory, memory_mask=mask, memory_is_causal=True)
no_padding = torch.zeros(2, 5, device=device)
beside = layer(
    target,
    memory,
    memory_mask=mask,
    memory_key_padding_mask=no_padding,
    memory_is_causal=True,
)
given = layer(target, memory, memory_mask=mask)
gaps = {
    "the given mask": difference(hinted, given),
    "a causal one": difference(hinted, layer(target, memory, memory_mask=causal_memory)),
    "the given mask, beside a padding mask": difference(beside, given),
}
print("with memory_is_causal=True the output is off", gaps)
assert [name for name, gap in gaps.items() if gap < 1e-5] == [
    "a causal one",
    "the given mask, beside a padding mask",
], (
    "With memory_is_causal=True a causal mask takes the place of memory_mask, "
    "unless there is a padding mask."
)
