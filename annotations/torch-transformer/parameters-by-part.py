"""Count the parameters of nn.Transformer by part, without the memory for them."""

from collections import Counter

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)


def build(*sizes, **options):
    """Build a model of shapes only."""
    return nn.Transformer(*sizes, **options, batch_first=True, device="meta")


def count(module):
    """Count the parameters that were made on the given device."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.is_meta)


def by_part(model):
    """Map each kind of part to how many there are, and how many parameters they have."""
    numbers, totals = Counter(), Counter()
    for name, module in model.named_modules():
        kind = type(module).__name__
        if name.endswith("linear1"):  # the block is linear1 and linear2
            kind, numbers["feed-forward"] = "feed-forward", numbers["feed-forward"] + 1
        elif name.endswith("linear2"):
            kind = "feed-forward"
        elif kind in ("MultiheadAttention", "LayerNorm"):
            numbers[kind] += 1
        else:
            continue
        totals[kind] += count(module)
    return {kind: (numbers[kind], totals[kind]) for kind in totals}


default = build()
parts = by_part(default)
for kind, (number, total) in parts.items():
    print(f"{number} {kind}: {total:,} parameters, {total / count(default):.1%}")
assert count(default) == 44_140_544 and parts == {
    "MultiheadAttention": (18, 18_911_232),
    "feed-forward": (12, 25_196_544),
    "LayerNorm": (32, 32_768),
}, (
    "Of 44,140,544 parameters 18 attentions hold 18,911,232, 12 feed-forward blocks 25,196,544, "
    "and 32 norms 32,768."
)

layers = count(default.encoder.layers[0]), count(default.decoder.layers[0])
print(f"an encoder layer: {layers[0]:,}; a decoder layer: {layers[1]:,}")
assert layers == (3_152_384, 4_204_032), (
    "By default an encoder layer has 3,152,384 parameters, and a decoder layer 4,204,032."
)

odd = {
    "d_model": 24,
    "num_encoder_layers": 2,
    "num_decoder_layers": 5,
    "dim_feedforward": 37,
}
base = {
    "d_model": 512,
    "num_encoder_layers": 6,
    "num_decoder_layers": 6,
    "dim_feedforward": 2048,
}
assert equation("parameters", count(build(nhead=4, **odd)), **odd) and equation(
    "parameters", count(default), **base
), "The formula gives the number of parameters for other sizes, too."

heads = {number: count(build(nhead=number)) for number in (2, 16)}
print("by the number of heads:", heads)
assert heads == dict.fromkeys((2, 16), 44_140_544), (
    "Two heads and 16 heads take equally many parameters."
)

small, fitted = build(128), build(128, dim_feedforward=512)
widths = {
    block.linear1.out_features for stack in (small.encoder, small.decoder) for block in stack.layers
}
share = by_part(small)["feed-forward"][1] / count(small)
print(f"with d_model 128, feed-forward blocks of width {widths} hold {share:.1%}")
assert widths == {2048} and round(share, 2) == 0.84, (
    "With d_model 128 the feed-forward blocks are still 2048 wide, and hold 84 % of the parameters."
)
remaining = count(fitted) / count(small)
print(f"with dim_feedforward 512 the model has {remaining:.1%} of the parameters")
assert round(remaining, 2) == 0.37, (
    "With d_model 128 and dim_feedforward 512 the model has 37 % of the parameters."
)
