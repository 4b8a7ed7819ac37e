"""Quantise inputs and weight of a linear layer by the converter's own scales."""

import numpy as np
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree, old_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

script = "examples/bloom/convert_checkpoint.py"
taken = extract(tree, f"{script}:generate_int8", f"{script}:smooth_gemm")
generate_int8, smooth_gemm = taken["generate_int8"], taken["smooth_gemm"]

x = torch.randn(256, 64, device=device)  # (tokens, in)
x[:, 3] *= 60  # an outlier: one channel of the activations is far larger than the rest
weight = torch.randn(24, 64, device=device)  # (out, in)
product = (x @ weight.T).cpu().numpy()


def from_arrays(tree, script):
    """Return another converter's function of the same name, which is given an array."""
    function = extract(tree, f"{script}:generate_int8")["generate_int8"]
    return lambda weight, *ranges, **options: function(weight.cpu().numpy(), *ranges, **options)


def quantised(x, weight, shape=(64, 24), function=generate_int8, **options):
    """Call a converter's function with the ranges that a calibration would have found."""
    ranges = {"x": x.abs().amax(0), "y": (x @ weight.T).abs().amax(0), "w": weight.abs().amax(1)}
    return function(weight.T.reshape(shape), ranges, **options)


def is_same(one, other):
    """Tell whether two results have the same names, and the same values and scales."""
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name]) for name in one
    )


def in_steps(numbers, largest):
    """Return numbers as int8 values, 127 for the largest."""
    return np.rint(numbers * (127 / largest)).clip(-127, 127)


told = quantised(x, weight)
matrix, codes = weight.T.cpu().numpy(), told["weight.int8"]
print("smallest and largest int8 value:", codes.min(), codes.max())
kinds = [value.dtype.name for value in told.values() if isinstance(value, np.ndarray | np.generic)]
assert kinds == ["int8"] * 2 + ["float32"] * 6, (
    "NumPy makes the values, in int8, and their scales, in float32."
)
assert (codes == in_steps(matrix, abs(matrix).max())).all(), (
    "One scale for the whole weight is its largest absolute value / 127; no int8 value is -128."
)

by_part = matrix.reshape(64, 3, 8)
fused = quantised(x, weight, (64, 3, 8), is_qkv=True)
many = torch.randn(64 + 8 + 8, 64, device=device)  # q, and fewer k and v
grouped = quantised(x, many, (64, 80), is_qkv=True, multi_query_mode=True)
for found, given in ((told, matrix), (fused, by_part), (grouped, many.T.cpu().numpy())):
    widest = abs(given).max(0)
    assert np.array_equal(found["weight.int8.col"], in_steps(given, widest)) and np.allclose(
        found["scale_w_quant_orig.col"], widest / 127
    ), "One scale for each output is the largest absolute value of its column / 127."

ends = x.abs().max().item(), abs(product).max()
print("largest input and output:", *(f"{end:.1f}" for end in ends))
scales = told["scale_x_orig_quant"], told["scale_y_quant_orig"]
assert np.allclose(scales, (127 / ends[0], ends[1] / 127)), (
    "All inputs have one scale, 127 / the largest of them; all outputs have one, the largest / 127."
)


def int8_error(x, weight, kind=""):
    """Multiply in int8, sum in int32, give int8 out by one factor, and compare with floats."""
    told = quantised(x, weight)
    inputs = np.rint(x.cpu().numpy() * told["scale_x_orig_quant"]).astype(np.int32)
    summed = inputs @ told["weight.int8" + kind].astype(np.int32)
    outputs = np.rint(summed * told["scale_y_accum_quant" + kind]) * told["scale_y_quant_orig"]
    return float(abs(outputs - product).mean() / abs(product).mean())


smoothed = weight.clone()
divisors = smooth_gemm(smoothed, x.abs().amax(0)).float()
errors = int8_error(x, weight), int8_error(x / divisors, smoothed), int8_error(x, weight, ".col")
print(f"mean error of a product in int8: {errors[0]:.1%}, after smoothing {errors[1]:.1%}")
factors = [  # of a sum's float value: by way of the int8 output, and by the scales of the inputs
    (told[f"scale_y_accum_quant{kind}"] * scales[1], told[f"scale_w_quant_orig{kind}"] / scales[0])
    for kind in ("", ".col")
]
assert max(errors) < 0.1 and all(np.allclose(*pair) for pair in factors), (
    "The sums of int8 products become int8 outputs by a single factor, or by one for each output."
)
assert errors[1] < errors[0] / 2, (
    "An outlier costs precision; smoothing more than halves the error."
)

largest = abs(by_part).max((0, 2))[:, None]
expected = np.repeat(largest / 127, 8, axis=1)
assert np.array_equal(fused["scale_w_quant_orig"].round(5), expected.round(5)), (
    "Of a fused weight, q, k and v each have one scale, repeated for each output."
)
assert (fused["weight.int8"] == in_steps(by_part, largest)).all(), (
    "The int8 values of q, k and v follow these three scales."
)

zeros = {name: (grouped[name] == 0).mean() for name in ("weight.int8", "weight.int8.col")}
print("values that are 0 with grouped queries:", *(f"{k} {v:.0%}" for k, v in zeros.items()))
assert (zeros["weight.int8"], zeros["weight.int8.col"] < 0.1) == (1, True), (
    "With grouped queries, one scale for each part multiplies instead of divides: all values are 0."
)

llama, llama_old = (from_arrays(each, "examples/llama/convert.py") for each in (tree, old_tree))
of_llama = [
    quantised(x, many, (64, 80), function, is_qkv=True, multi_query_mode=True)
    for function in (llama, llama_old)
]
assert [is_same(each, grouped) for each in of_llama] == [True, True], (
    "Grouped queries give the same values and scales by LLaMA's function, here and in 0.5.0."
)

bloom_old = from_arrays(old_tree, "examples/bloom/convert.py")
before = [quantised(x, weight, function=bloom_old)]
before.append(quantised(x, weight, (64, 3, 8), bloom_old, is_qkv=True))
try:
    quantised(x, many, (64, 80), bloom_old, is_qkv=True, multi_query_mode=True)
    refusal = "none"
except ValueError as error:
    refusal = str(error)
print("0.5.0, with grouped queries:", refusal)
assert ([*map(is_same, before, (told, fused))], "Multi-query" in refusal) == ([True, True], True), (
    "Without grouped queries 0.5.0's function gives the same; with them it raises a ValueError."
)
