"""Record and compute GELU, and compare it with torch's two forms of it."""

import math
import sys
from collections import Counter

import torch
from torch.nn import functional as F

from srcread.lab import equation, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.linspace(-5, 5, 201, device=device)
NAMES = ("gelu", "gelu_new", "gelu_fast")


def record(activation, dtype, strongly_typed=False, shape=x.shape):
    """Apply an activation in a network of its own; return the layers."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        data_type = tensorrt_llm.str_dtype_to_trt(dtype)
        given = tensorrt_llm.Tensor(name="x", dtype=data_type, shape=list(shape))
        y = tensorrt_llm.functional.ACT2FN[activation](given)
    if isinstance(y, tensorrt_llm.Tensor):
        network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


def computed(given):
    """Return what the network made last gives, in fp32; NaN where it has no output."""
    return next(iter(stand_in.evaluate({"x": given}).values()), given * math.nan).float()


def constants(layers):
    """Return the types of the constants."""
    return {layer.outputs[0].dtype.name for layer in layers if layer.kind.name == "CONSTANT"}


def outcome(dtype):
    """Return the types of the constants in a strongly typed network, or the error's."""
    try:
        return constants(record("gelu", dtype, strongly_typed=True))
    except AssertionError as error:
        return type(error).__name__


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm

    older = outcome("bfloat16")

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm

    results = []
    for name in NAMES:
        layers = record(name, "float32")
        results.append(computed(x))
    weak, strong = constants(record("gelu", "float16")), outcome("float16")
    in_fp16 = computed(x.half())
    strong_fp32 = outcome("float32")
    in_fp32 = computed(x)
    newer = outcome("bfloat16")
    in_bf16 = computed(x.bfloat16())
    of_batch = record("gelu", "float32", shape=(2, 3, 8))
    stand_in.show("GELU of (batch, seq, hidden)")

by_tanh, by_erf = (F.gelu(x, approximate=form) for form in ("tanh", "none"))
apart = [(result - by_tanh).abs().max().item() for result in results]
from_erf = (results[0] - by_erf).abs().max().item()
kinds, more = ([layer.kind.name for layer in each] for each in (layers, of_batch))
print(len(kinds), "layers for one dimension:", *kinds)
print(len(more), "layers for (batch, seq, hidden)")
print("from torch's tanh form:", apart, "| from its default, by the error function:", from_erf)
print("constants:", weak, "| strongly typed:", strong, "| bfloat16:", older, newer)
assert (
    equation("gelu", results[0], x=x)
    and equation("gelu", results[1], x=x)
    and equation("gelu", results[2], x=x)
), "The names gelu, gelu_new and gelu_fast all give GELU by the hyperbolic tangent."
assert 4e-4 < from_erf < 5e-4, "GELU by the error function differs from it by up to 0.0005."
activations = [layer.activation_type.name for layer in layers if layer.kind.name == "ACTIVATION"]
added = Counter(more) - Counter(kinds)
reshaped = kinds.count("CONSTANT"), added["SHUFFLE"], added.total()
assert (len(kinds), activations, len(more), reshaped) == (13, ["TANH"], 48, (5, 5, 5 * 7)), (
    "For (batch, seq, hidden) TensorRT gets 48 layers: 13 of the formula, one of them a tanh, "
    "and seven that reshape each of its five constants."
)
assert weak == {"FLOAT"}, "In a weakly typed network the constants are fp32 for an fp16 input, too."
apart_in_fp32, apart_in_fp16, apart_in_bf16 = (
    (result - by_tanh).abs().max().item() for result in (in_fp32, in_fp16, in_bf16)
)
formula = strong_fp32 == {"FLOAT"} and apart_in_fp32 < 1e-6
assert formula and strong == {"HALF"} and apart_in_fp16 < 0.01, (
    "In a strongly typed network they are fp16 for an fp16 input, and the formula is the same."
)
print("apart in fp32:", apart_in_fp32, "| in fp16:", apart_in_fp16, "| in bf16:", apart_in_bf16)
assert (older, newer) == ("AssertionError", {"BF16"}) and apart_in_bf16 < 0.05, (
    "In a strongly typed network bfloat16 is an AssertionError in 0.5.0, "
    "and the same formula in 0.7.1."
)
