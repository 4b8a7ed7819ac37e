"""Smooth a linear layer and the norm before it with the converter's own function."""

import torch

from srcread.lab import equation, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

taken = extract(tree, "examples/bloom/convert_checkpoint.py:smooth_gemm")
smooth_gemm = taken["smooth_gemm"]
old_tree = source_tree("tensorrt-llm==0.5.0")
old = extract(old_tree, "examples/bloom/smoothquant.py:smooth_gemm")["smooth_gemm"]

norm = torch.nn.LayerNorm(16, device=device).requires_grad_(False)
norm.weight.uniform_(0.5, 1.5)
norm.bias.uniform_(-1, 1)
norm.weight[3] = 60  # an outlier: one channel of the activations is far larger than the rest
weight = torch.randn(24, 16, device=device)  # (out, in)
normalised = torch.nn.functional.layer_norm(torch.randn(256, 16, device=device), (16,))
x = normalised * norm.weight + norm.bias  # (tokens, in)
largest = x.abs().amax(0)


def smooth(alpha, weight=weight, function=smooth_gemm):
    """Return the scales, and the inputs and the weight after them; the function changes both."""
    smoothed, scale, shift = weight.clone(), norm.weight.clone(), norm.bias.clone()
    scales = function(smoothed, largest, scale, shift, alpha)
    return scales, normalised * scale + shift, smoothed


scales, x_smooth, weight_smooth = smooth(0.5)
product, product_smooth = x @ weight.T, x_smooth @ weight_smooth.T
gap = ((product_smooth - product).abs().max() / product.abs().max()).item()
print(
    f"largest input {largest.max():.0f} -> {x_smooth.abs().max():.1f}; products differ by {gap:.0e}"
)
given = {"act_scales": largest, "weight_scales": weight.abs().amax(0), "alpha": 0.25}
assert equation("scales", smooth(0.25)[0].float(), **given), (
    "The scales are input ** alpha / weight ** (1 - alpha), of each channel's largest absolute "
    "values."
)
assert (x_smooth - x / scales).abs().max().item() < 1e-4, (
    "The inputs are divided by the scales, by way of the norm's weight and bias."
)
assert gap < 1e-5, "The weight is multiplied by the scales, so the product stays the same."
before = smooth(0.5, function=old)
assert torch.equal(before[0], scales) and torch.equal(before[2], weight_smooth), (
    "0.5.0's function gives the same scales and the same weight."
)

ratios = {
    alpha: smooth(alpha)[1].abs().amax(0) / smooth(alpha)[2].abs().amax(0) for alpha in (0.5, 1)
}
assert (ratios[0.5] - 1).abs().max().item() < 1e-4, (
    "With alpha 0.5 each channel's largest input equals its largest weight afterwards."
)
assert (smooth(1)[1].abs().amax(0) - 1).abs().max().item() < 1e-4, (
    "With alpha 1 the whole range moves into the weight: each channel's largest input is 1."
)

dead = weight.clone()
dead[:, 5] = 0  # an input that no output uses
broken = smooth(0.5, dead)
print("scale of an input whose weights are all 0:", broken[0][5].item())
assert broken[0][5].isinf() and broken[2][:, 5].isnan().all(), (
    "A weight column of zeros becomes NaN: the result of the clamp is not assigned."
)
