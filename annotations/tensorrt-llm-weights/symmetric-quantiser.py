"""Let the framework call its C++ quantiser, for which the same rule in torch stands in here."""

from types import SimpleNamespace

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
old_tree = source_tree("tensorrt-llm==0.5.0")
torch.manual_seed(0)
calls = []


def rule(weight, quant_type):
    """Quantise each column as symmetric_quantize does in C++, and leave out the shuffle.

    Two int4 values stay in two bytes here, and are packed into one in C++.
    """
    calls.append((weight, quant_type))
    steps = 128 if quant_type == torch.int8 else 8
    scales = weight.abs().amax(0) / steps
    scaled = weight / scales
    rounded = scaled.sign() * (scaled.abs() + 0.5).floor()  # C rounds halves away from zero
    return [rounded.clamp(-steps, steps - 1).to(torch.int8), scales]


# The C++ library registers an operator of this name.
operator = "symmetric_quantize_last_axis_of_batched_matrix"
operators = torch.library.Library("fastertransformer", "DEF")
operators.define(f"{operator}(Tensor weight, ScalarType quant_type) -> Tensor[]")
operators.impl(operator, rule, "CPU")

script = "examples/bloom/convert_checkpoint.py"
convert = extract(tree, f"{script}:get_tllm_linear_weight")["get_tllm_linear_weight"]
old = extract(old_tree, "examples/bloom/weight.py:set_layer_weight")["set_layer_weight"]

weight = torch.randn(64, 256)  # (out, in)
weight[0] *= 100  # one output with large weights
weight[1, 5], weight[2, 5] = 9, -9


def stored(quant_type):
    """Return the calls of the operator, and what the framework stores: values and scales."""
    calls.clear()
    result = convert(weight, "fc.", None, True, quant_type)
    nothing = torch.zeros(1)
    return list(calls), *(result.get(f"fc.{kind}", nothing) for kind in kinds)


kinds = ("weight", "per_channel_scale")
called, values, scales = stored(torch.int8)
for given, quant_type in called:
    print("given:", tuple(given.shape), given.dtype, given.device.type, "and", quant_type)
calls.clear()
plain = convert(weight, "fc.").get("fc.weight")
print("calls without weight-only quantisation:", len(calls))
assert plain is not None and torch.equal(plain, weight) and calls == [], (
    "Without weight-only quantisation the weight is stored as it is, and the operator not called."
)
assert [(given.shape, given.is_contiguous(), given.is_cpu) for given, _ in called] == [
    ((256, 64), True, True)
], "The operator is given one matrix (in, out), contiguous and on the CPU."

largest = weight.abs().amax(1)
assert torch.equal(scales, largest / 128), (
    "By this rule the int8 scale of an output is its largest absolute weight / 128."
)
ends = [values[place].item() for place in ((5, 1), (5, 2)) if values.dim() == 2]
print("largest weight of an output, if positive and if negative:", ends)
assert ends == [127, -128], (
    "By this rule a largest weight becomes 127 if positive, -128 if negative."
)

fits = values.shape == (256, 64)
steps = ((values * scales - weight.t()).abs() / (largest / 128)).max().item() if fits else 0.0
print(f"values times scales are off by up to {steps:.2f} steps")
assert 0.5 < steps < 1.001, (
    "By this rule values times scales give the weight back, to within one step."
)

_, _, scales_int4 = stored(torch.quint4x2)
assert torch.equal(scales_int4, largest / 8), (
    "By this rule the int4 scale of an output is its largest absolute weight / 8."
)

calls.clear()
quant_mode = SimpleNamespace(
    is_int8_weight_only=lambda: True, is_int4_weight_only=lambda: False, is_weight_only=lambda: True
)
layer = SimpleNamespace(weight=SimpleNamespace(), per_channel_scale=SimpleNamespace())
old(layer, weight.numpy(), quant_mode)
both = [torch.equal(one[0], two[0]) for one, two in zip(calls, called, strict=False)]
assert both == [True], "0.5.0 gives the operator the same matrix."
