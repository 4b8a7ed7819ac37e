"""See what TransformerDecoder adds to its layers in inference, which is very little."""

import sys
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


seen, called = [], []
watchers = []
for layer in decoder.layers:
    watchers.append(
        layer.register_forward_pre_hook(
            lambda layer, inputs, options: seen.append((inputs, options)), with_kwargs=True
        )
    )
    watchers += [
        part.register_forward_hook(lambda part, *call, name=name: called.append(name))
        for name, part in layer.named_children()
    ]
decoder(target, memory, **masks, memory_is_causal=True)
for watcher in watchers:
    watcher.remove()
as_given = [
    [inputs[0].shape == target.shape, inputs[1] is memory, options.get("memory_is_causal")]
    + [options.get(name) is mask for name, mask in masks.items()]
    for inputs, options in seen
]
print("length, memory and masks are as they were given:", as_given)
assert as_given == [[True] * 7] * 2, (
    "In inference the layers get all of the target and of memory, "
    "and the very masks and hint that were passed."
)
parts = [name for name, _ in decoder.layers[0].named_children()]
print("called in each layer:", parts)
assert sorted(called) == sorted(parts * 2), (
    "In inference every sub-layer of every layer is called: none is fused."
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


def attentions(decoder, target=target, memory=memory, **options):
    """Count the attentions of one run: those of the native operator, and those in Python."""
    names = native_calls(decoder, target, memory, **options)
    return [
        names.count("_native_multi_head_attention"),
        names.count("scaled_dot_product_attention"),
    ]


def build(heads=4, **options):
    layer = nn.TransformerDecoderLayer(16, heads, 32, **options)
    return nn.TransformerDecoder(layer, num_layers=2).to(device).eval()


counted = {
    "boolean mask": attentions(decoder, tgt_mask=booleans),
    "float mask": attentions(decoder, tgt_mask=floats),
    "sequence first": attentions(build(), target.transpose(0, 1), memory.transpose(0, 1)),
    "one head": attentions(build(heads=1, batch_first=True)),
}
print("attentions, native and in Python:", counted)
assert counted == {
    "boolean mask": [2, 2],
    "float mask": [0, 4],
    "sequence first": [0, 4],
    "one head": [0, 4],
}, (
    "In inference two layers run two native self-attentions and two cross-attentions in Python; "
    "with a float tgt_mask, in the default layout or with one head all four are in Python."
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
    "Beside a boolean padding mask a float tgt_mask gives a warning, and a boolean one none."
)


def told(tgt_mask, tgt_is_causal=None):
    """Return what the first layer is told of a mask."""
    heard = []
    watcher = decoder.layers[0].register_forward_pre_hook(
        lambda layer, inputs, options: heard.append(options.get("tgt_is_causal")), with_kwargs=True
    )
    decoder(target, memory, tgt_mask=tgt_mask, tgt_is_causal=tgt_is_causal)
    watcher.remove()
    return heard[0]


ahead_by_one = booleans.clone()
ahead_by_one[0, 1] = False  # one element is another
causal = {
    "-inf": told(floats),
    "True": told(booleans),
    "-1e9": told(floats.clamp(min=-1e9)),
    "one element is another": told(ahead_by_one),
    "three dimensions": told(booleans.expand(8, 4, 4)),
}
print("taken for causal:", causal)
assert [name for name, one in causal.items() if one] == ["-inf", "True"], (
    "The layers are told that a 2-D mask of -inf or of True above the diagonal is causal; "
    "one of -1e9, one with another element, or the same in 3-D is not."
)
assert [told(booleans, False), told(ahead_by_one, True)] == [False, True], (
    "What is passed as tgt_is_causal is handed on as it is, even where the mask says otherwise."
)
