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


def difference(first, second):
    return (first - second).abs().max().item()


attentions = {
    name: module.num_heads
    for name, module in layer.named_modules()
    if isinstance(module, nn.MultiheadAttention)
}
print("attention modules and their heads:", attentions)
assert attentions == {"self_attn": 4, "multihead_attn": 4}, (
    "Both attentions of a decoder layer are multi-head, with the same number of heads."
)

value = target
value = layer.norm1(value + layer.self_attn(value, value, value, attn_mask=causal)[0])
value = layer.norm2(value + layer.multihead_attn(value, memory, memory)[0])
value = layer.norm3(value + layer.linear2(layer.linear1(value).relu()))
assert difference(layer(target, memory, tgt_mask=causal), value) < 1e-5, (
    "The layer is self-attention, cross-attention with memory as key and value, "
    "and feed-forward, each added and normalised."
)

with torch.autograd.profiler.profile(use_kineto=False) as recording:
    layer._mha_block(target, memory, None, None)
multiplies = [event.name for event in recording.function_events].count("aten::linear")
print("linear operators of the cross-attention:", multiplies)
assert multiplies == 3, (
    "Cross-attention takes two multiplies to project, as key and value are one tensor, "
    "and one for the output."
)

other_memory = memory.clone()
other_memory[:, 4] = torch.randn(2, 16, device=device)
padding = torch.tensor([[False, False, False, False, True]] * 2, device=device)


def effect(**masks):
    """Return how much the last memory position matters to the first target position."""
    first, second = layer(target, memory, **masks), layer(target, other_memory, **masks)
    return difference(first[:, 0], second[:, 0])


open_to_all = effect(tgt_mask=causal)
hidden = {
    "memory_mask": effect(memory_mask=padding[:1].expand(3, 5)),
    "memory_key_padding_mask": effect(memory_key_padding_mask=padding),
}
print(f"the last memory position matters by {open_to_all:.3f}; hidden, by", hidden)
assert open_to_all > 0.01, (
    "Under a causal tgt_mask the first target position still reads the last memory position."
)
assert max(hidden.values()) < 1e-6, (
    "A memory position is hidden by memory_mask as well as by memory_key_padding_mask."
)
