"""Compute by hand the rule of the C++ quantiser; the operator itself is not run."""

import torch

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def away_from_zero(numbers):
    """Round halves away from zero, as C does; torch.round takes the even neighbour."""
    return numbers.sign() * (numbers.abs() + 0.5).floor()


rule = {8: 128, 4: 8}  # the steps from zero to the largest entry, by the number of bits
rounded = away_from_zero
if must_fail("A column's largest entry is -128 if negative, and only 127 if positive."):
    rule[8] = 127  # as SmoothQuant's own rule in Python
if must_fail("Halves are rounded away from zero."):
    rounded = torch.round


def quantise(weight, bits):
    """Return codes, and the step between two of them, for `(in, out)`: one step per output."""
    step = weight.abs().amax(0) / rule[bits]
    lowest = -(2 ** (bits - 1))
    return rounded(weight / step).clamp(lowest, -lowest - 1), step


small = torch.tensor([[-1.0, 2.0, 0.25], [0.5, -0.5, -0.125], [0.25, 1.0, 0.0]], device=device)
codes, step = quantise(small, 8)
print("codes by output:", *codes.int().T.tolist())
assert codes.int().T.tolist() == [[-128, 64, 32], [127, -32, 64], [127, -64, 0]], (
    "A column's largest entry is -128 if negative, and only 127 if positive."
)

halves = torch.tensor([-128.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5], device=device)[:, None]
codes, step = quantise(halves, 8)
assert codes.flatten().tolist() == [-128, 1, 2, 3, -1, -2, -3], "Halves are rounded away from zero."

weight = torch.randn(256, 64, device=device)
weight[:, 0] *= 100
codes, step = quantise(weight, 8)
if must_fail(
    "Every output has a step of its own: one with large weights costs the others nothing."
):
    step = weight.abs().amax() / rule[8]
    codes = rounded(weight / step).clamp(-128, 127)
error = (codes * step - weight).abs()
others = (error[:, 1:].mean() / weight[:, 1:].abs().mean()).item()
assert others < 0.01, (
    "Every output has a step of its own: one with large weights costs the others nothing."
)

cut = (codes == 127) & (weight > 127.5 * step)
if must_fail("An entry is off by at most half a step, or by at most one where 128 is cut to 127."):
    cut = torch.zeros_like(cut)
bound = torch.where(cut, 1.0, 0.5) * step
print(f"{int(cut.sum())} of {codes.numel()} entries are cut")
assert (error <= bound * 1.001).all(), (
    "An entry is off by at most half a step, or by at most one where 128 is cut to 127."
)

relative = {}
for bits in (8, 4):
    codes, step = quantise(weight, bits)
    relative[bits] = ((codes * step - weight).abs().mean(0) / weight.abs().mean(0)).mean().item()
print(f"mean error of int8: {relative[8]:.2%}, of int4: {relative[4]:.1%}")
if must_fail("A weight is off by less than 1 % on average with int8, by more than 10 % with int4."):
    relative[4] = relative[8]
assert relative[8] < 0.01 and relative[4] > 0.1, (
    "A weight is off by less than 1 % on average with int8, by more than 10 % with int4."
)
