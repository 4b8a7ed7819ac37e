"""See what reaches scaled_dot_product_attention when a decoder gets a causal mask."""

import sys

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerDecoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
decoder = nn.TransformerDecoder(layer, num_layers=3)
target = torch.randn(2, 5, 16, device=device)
memory = torch.randn(2, 4, 16, device=device)
floats = nn.Transformer.generate_square_subsequent_mask(5, device=device)
booleans = nn.Transformer.generate_square_subsequent_mask(5, device=device, dtype=torch.bool)
large = floats.clamp(min=-1e9)
padding = torch.zeros(2, 5, device=device)
padding[:, 4] = -torch.inf


def watch(call, *inputs, **options):
    """Return the output of a call, and the native functions that it called with their frames."""
    calls, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            calls.append((what.__name__, frame.f_code.co_name, dict(frame.f_locals)))

    sys.setprofile(note)
    try:
        output = call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return output.detach(), calls


def reaches(call, **options):
    """Return the output, and the mask's shape and the hint of the first attention."""
    output, calls = watch(call, target, memory, **options)
    given = [local for name, _, local in calls if name == "scaled_dot_product_attention"]
    first = given[0] if given else {"attn_mask": "never called", "is_causal": None}
    mask = first["attn_mask"]
    return output, (tuple(mask.shape) if hasattr(mask, "shape") else mask, first["is_causal"])


causal = {
    "floats": reaches(decoder, tgt_mask=floats),
    "booleans": reaches(decoder, tgt_mask=booleans),
}
masked = {
    "-1e9": reaches(decoder, tgt_mask=large),
    "three dimensions": reaches(decoder, tgt_mask=floats.expand(8, 5, 5)),
    "tgt_is_causal=False": reaches(decoder, tgt_mask=floats, tgt_is_causal=False),
}
alone = reaches(layer, tgt_mask=floats)[1]
padded = reaches(decoder, tgt_mask=floats, tgt_key_padding_mask=padding)[1]
print("given a causal mask, the attention gets (mask, hint):")
for name, (_, given) in (causal | masked).items():
    print(f"  {name}: {given}")
print("  one layer:", alone, "beside a padding mask:", padded)

assert [given for _, given in causal.values()] == [(None, True)] * 2, (
    "Of a causal mask of floats or of booleans only the hint reaches the attention, and no mask."
)
assert [given for _, given in masked.values()] == [
    ((1, 1, 5, 5), False),
    ((2, 4, 5, 5), False),
    ((1, 1, 5, 5), False),
], "A mask of -1e9, one with three dimensions and one with tgt_is_causal=False are passed on."
assert alone == ((1, 1, 5, 5), False), "A layer on its own looks for no causal mask."
assert padded == ((2, 4, 5, 5), False), (
    "Beside a padding mask both masks are merged, and the hint is dropped."
)
gaps = [
    (output - causal["floats"][0]).abs().max().item() for output, _ in (causal | masked).values()
]
print("their outputs differ by", max(gaps))
assert max(gaps) < 1e-5, "The output is the same either way."


def made(**options):
    """Count the masks that are made for a comparison."""
    calls = watch(decoder, target, memory, **options)[1]
    return [name for name, where, _ in calls if "subsequent" in where].count("triu")


counts = {
    "no hint": made(tgt_mask=floats),
    "True": made(tgt_mask=floats, tgt_is_causal=True),
    "False": made(tgt_mask=floats, tgt_is_causal=False),
    "no mask": made(),
}
print("masks made to compare with, by hint:", counts)
assert counts == {"no hint": 1, "True": 0, "False": 0, "no mask": 0}, (
    "Three layers compare the mask once, and not at all if there is a hint."
)
