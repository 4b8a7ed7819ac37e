"""See what TransformerDecoder adds to its layers in inference, which is very little."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
torch.set_grad_enabled(False)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)
decoder = nn.TransformerDecoder(layer, num_layers=2, norm=nn.LayerNorm(16)).to(device).eval()
for parameter in decoder.parameters():
    nn.init.uniform_(parameter, -0.5, 0.5)  # the copies differ, and so do the norms
target = torch.randn(2, 4, 16, device=device)
memory = torch.randn(2, 6, 16, device=device)
floats = nn.Transformer.generate_square_subsequent_mask(4, device=device)
booleans = floats.isinf()
padding = torch.tensor([[False, False, False, True], [False] * 4], device=device)

masks = {
    "tgt_mask": booleans,
    "memory_mask": torch.ones(4, 6, dtype=torch.bool, device=device).triu(4),
    "tgt_key_padding_mask": padding,
    "memory_key_padding_mask": torch.tensor([[False] * 6, [False] * 4 + [True] * 2], device=device),
}
by_hand = target
for layer in decoder.layers:
    by_hand = layer(by_hand, memory, **masks)
by_hand = decoder.norm(by_hand)
assert (decoder(target, memory, **masks) - by_hand).abs().max().item() < 1e-5, (
    "The decoder is its layers in turn, each with the same memory and the same masks, then a norm."
)


def attentions(tgt_mask):
    """Count the attentions of one run: those of the native operator, and those in Python."""
    with torch.autograd.profiler.profile(use_kineto=False) as recording:
        decoder(target, memory, tgt_mask=tgt_mask)
    names = [event.name for event in recording.function_events]
    return {
        "native": names.count("aten::_native_multi_head_attention"),
        "Python": names.count("aten::scaled_dot_product_attention"),
    }


print("boolean mask:", attentions(booleans))
print("float mask:  ", attentions(floats))
assert attentions(booleans) == {"native": 2, "Python": 2}, (
    "In inference, two layers run two native self-attentions and two cross-attentions in Python."
)
assert attentions(floats) == {"native": 0, "Python": 4}, (
    "With the same tgt_mask in floats, no self-attention is native any more."
)


def warnings_with(tgt_mask):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        decoder(target, memory, tgt_mask=tgt_mask, tgt_key_padding_mask=padding)
    return {str(warning.message).partition(" is deprecated")[0] for warning in caught}


warned = {"floats": warnings_with(floats), "booleans": warnings_with(booleans)}
print("warnings beside a boolean padding mask:", warned)
mismatched = {"Support for mismatched key_padding_mask and attn_mask"}
assert warned == {"floats": mismatched, "booleans": set()}, (
    "Beside a boolean padding mask, a float tgt_mask draws a warning and a boolean one none."
)

told = []
decoder.layers[0].register_forward_pre_hook(
    lambda layer, inputs, options: told.append(options["tgt_is_causal"]), with_kwargs=True
)
for mask in (floats, booleans, floats.clamp(min=-1e9)):
    decoder(target, memory, tgt_mask=mask)
print("recognised as causal, with -inf, True and -1e9:", told)
assert told == [True, True, False], (
    "The layers are told that a mask of -inf or True is causal, and that one of -1e9 is not."
)
