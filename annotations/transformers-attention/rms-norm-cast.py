"""Normalise in bfloat16 as Qwen3 does, and as torch's RMSNorm does."""

import torch
from torch import nn
from transformers.models.qwen3.modeling_qwen3 import Qwen3RMSNorm

from srcread.lab import equation

torch.manual_seed(0)
device = "cpu"

SIZE, EPS = 32, 0.01
norm = Qwen3RMSNorm(SIZE, eps=EPS).to(device).requires_grad_(False)
torchs = nn.RMSNorm(SIZE, eps=EPS, device=device).requires_grad_(False)
norm.weight.normal_()
torchs.weight.copy_(norm.weight)
x = torch.randn(50, SIZE, device=device)


def difference(first, second):
    return (first.float() - second.float()).abs().max().item()


given = {"hidden_states": x, "variance": x.pow(2).mean(-1, keepdim=True)}
scaled = norm(x) / norm.weight
assert equation("scaled", scaled, **given, variance_epsilon=EPS), (
    "Each vector is divided by the root of its mean square plus eps; no mean is subtracted."
)
print("difference from torch's in float32:", difference(norm(x), torchs(x)))
assert difference(norm(x), torchs(x)) < 1e-5, "In float32 it is torch's RMSNorm."

large = torch.full((1, SIZE), 300.0, dtype=torch.float16, device=device)
one = norm.half()(large) / norm.weight
print("300 in float16, squared:", large.pow(2)[0, 0].item(), "normalised:", one[0, 0].item())
assert difference(one, torch.ones_like(one)) < 1e-3, (
    "A vector of 300 in float16, whose square is infinite there, comes out as one."
)

norm, torchs, half = norm.bfloat16(), torchs.bfloat16(), x.bfloat16()
wide = half.float() * torch.rsqrt(half.float().pow(2).mean(-1, keepdim=True) + EPS)
rounded_before = norm.weight * wide.bfloat16()
rounded_after = (norm.weight.float() * wide).bfloat16()
assert difference(norm(half), rounded_before) == 0, (
    "In bfloat16 the normalised vector is rounded first and multiplied by the weight then."
)
others = (norm(half) != torchs(half)).float().mean().item()
apart = (norm(half).float() / torchs(half).float() - 1).abs().max().item()
print("share of numbers that differ from torch's in bfloat16:", others, "at most by", apart)
once = difference(torchs(half), rounded_after) == 0
assert once and others > 0.1 and apart < 1 / 64, (
    "torch's RMSNorm multiplies in float32 and rounds once: more than a tenth of the numbers "
    "differ, by less than one part in 64."
)

norm = norm.float()
mixed = norm(half)
print("weight in float32, input in bfloat16:", mixed.dtype)
exact = difference(mixed, norm.weight * wide.bfloat16()) == 0
assert mixed.dtype is torch.float32 and exact, (
    "With a weight in float32 and an input in bfloat16 the output is float32."
)
