"""Take one decoder layer apart, and watch what its second attention attends to."""

import torch
from torch import nn

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

with torch.autograd.profiler.profile(use_kineto=False) as recording:
    layer._mha_block(target, memory, None, None)
multiplies = [event.name for event in recording.function_events].count("aten::linear")
assert multiplies == 3, (
    "Cross-attention takes two multiplies to project, as key and value are one tensor, "
    "and one for the output."
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
