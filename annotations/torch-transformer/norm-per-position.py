"""Rebuild LayerNorm, and give it small, constant and half-precision inputs."""

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.randn(2, 5, 16, device=device) * 3 + 1


def build(eps=1e-5, like=x):
    norm = nn.LayerNorm(16, eps=eps, device=device, dtype=like.dtype)
    for parameter in norm.parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
    return norm


norm, coarse = build(), build(eps=0.5)
first, last = x[0, 0], x[1, 4]
assert (
    equation("output", norm(x)[0, 0], input=first, weight=norm.weight, bias=norm.bias, eps=1e-5)
    and equation("output", norm(x)[1, 4], input=last, weight=norm.weight, bias=norm.bias, eps=1e-5)
    and equation(
        "output", coarse(x)[0, 0], input=first, weight=coarse.weight, bias=coarse.bias, eps=0.5
    )
), "LayerNorm is the equation for each position, with eps added to a variance that divides by n."


def difference(first, second):
    return (first - second).abs().max().item()


changed = x.clone()
changed[0, 2] *= -1
rows = (norm(changed) - norm(x)).abs().amax(dim=-1) > 1e-3
modes = torch.equal(norm.eval()(x), norm.train()(x))
print("rows that change with one:", rows.nonzero().tolist(), "; eval as training:", modes)
assert rows.nonzero().tolist() == [[0, 2]] and modes, (
    "Each position is normalised by itself, in training as in eval mode."
)

plain = nn.LayerNorm(16, device=device)
spread = {
    scale: plain(torch.randn(1000, 16, device=device) * scale)
    .var(dim=-1, correction=0)
    .mean()
    .item()
    for scale in (10.0, 1.0, 0.001)
}
print("variance of the output, by the size of the input:", spread)
assert 0.99 < spread[1.0] < 1.01 and 0.99 < spread[10.0] < 1.01 and spread[0.001] < 0.12, (
    "Inputs of sizes 1 and 10 come out with a variance of 1, those of size 0.001 with less than "
    "0.12."
)

constant = norm(torch.full((1, 16), 7.0, device=device))[0]
print(f"a constant row is off the bias by {difference(constant, norm.bias):.1e}")
assert difference(constant, norm.bias) < 1e-4, "A row of equal values becomes the bias."


def refusal(shape):
    try:
        norm(torch.randn(shape, device=device))
    except RuntimeError as error:
        return str(error)[:27]
    return "none"


refusals = [refusal((2, 16, 5)), refusal((16, 2, 16))]
print("(2, 16, 5) and (16, 2, 16):", refusals)
assert refusals == [
    "Given normalized_shape=[16]",
    "none",
], "Only the last size is checked: (2, 16, 5) is refused, (16, 2, 16) is not."

by_std = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
by_std = by_std * norm.weight + norm.bias
ratio = ((by_std - norm.bias) / (norm(x) - norm.bias)).mean().item()
print(f"by x.std() the normalised values are {ratio:.3f} of LayerNorm's")
assert 0.967 < ratio < 0.970, (
    "With torch's std in place of the root, 16 features come out 3 % smaller."
)

large = (torch.randn(2, 5, 16, device=device) * 1000).half()  # their squares overflow
half = build(like=large)
in_float = nn.functional.layer_norm(large.float(), (16,), half.weight.float(), half.bias.float())
gap = difference(half(large).float(), in_float)
print(f"in float16: finite {half(large).isfinite().all()}, off by {gap:.1e}")
assert large.square().isinf().any() and gap < 0.01, (
    "Values in float16 whose squares overflow are normalised as in float32."
)
