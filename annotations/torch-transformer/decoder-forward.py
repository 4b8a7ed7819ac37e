"""See what TransformerDecoder adds to its layers, which is very little."""

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

pattern = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)
decoder = nn.TransformerDecoder(pattern, num_layers=2, norm=nn.LayerNorm(16)).to(device).eval()
for parameter in decoder.parameters():
    nn.init.uniform_(parameter, -0.5, 0.5)  # the copies differ, and so do the norms
target = torch.randn(2, 4, 16, device=device)
memory = torch.randn(2, 6, 16, device=device)

floats = nn.Transformer.generate_square_subsequent_mask(4, device=device)
booleans = floats.isinf()
target_padding = torch.tensor([[False, False, False, True], [False] * 4], device=device)
memory_padding = torch.tensor([[False] * 6, [False] * 4 + [True] * 2], device=device)


def difference(first, second):
    return (first - second).abs().max().item()


masks = {
    "tgt_mask": booleans,
    "memory_mask": torch.ones(4, 6, dtype=torch.bool, device=device).triu(4),
    "tgt_key_padding_mask": target_padding,
    "memory_key_padding_mask": memory_padding,
}
by_hand = target
for layer in decoder.layers:
    by_hand = layer(by_hand, memory, **masks)
by_hand = decoder.norm(by_hand)
assert difference(decoder(target, memory, **masks), by_hand) < 1e-5, (
    "The decoder is its layers in turn, each with the same memory and the same masks, then a norm."
)


def operators(**options):
    """Count the operators of attention in one run of the decoder in inference."""
    with torch.no_grad(), torch.autograd.profiler.profile(use_kineto=False) as recording:
        decoder(target, memory, **options)
    names = [event.name.removeprefix("aten::") for event in recording.function_events]
    counted = ("_native_multi_head_attention", "scaled_dot_product_attention")
    return {name: names.count(name) for name in counted}


with_booleans = operators(tgt_mask=booleans)
with_floats = operators(tgt_mask=floats)
print("boolean mask:", with_booleans)
print("float mask:  ", with_floats)
assert with_booleans == {"_native_multi_head_attention": 2, "scaled_dot_product_attention": 2}, (
    "In inference, two layers run two native self-attentions and two cross-attentions in Python."
)
assert with_floats == {"_native_multi_head_attention": 0, "scaled_dot_product_attention": 4}, (
    "With the same tgt_mask in floats, no self-attention is native any more."
)


def told(mask):
    """Return what the layers are told about a target mask: its type, and whether it is causal."""
    seen = []
    watchers = [
        layer.register_forward_pre_hook(lambda *call: seen.append(call[2]), with_kwargs=True)
        for layer in decoder.layers
    ]
    decoder(target, memory, tgt_mask=mask)
    for watcher in watchers:
        watcher.remove()
    return {(arguments.get("tgt_mask") is mask, arguments["tgt_is_causal"]) for arguments in seen}


causal = {
    "-inf": told(floats) == {(True, True)},
    "True": told(booleans) == {(True, True)},
    "-1e9": told(floats.clamp(min=-1e9)) == {(True, True)},
}
print("recognised as causal:", causal)
assert causal == {"-inf": True, "True": True, "-1e9": False}, (
    "A causal mask of -inf or True is recognised, one of -1e9 is not."
)
