"""Record and compute GELU, and compare it with torch's two forms of it."""

import sys

import torch
from torch.nn import functional as F

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.linspace(-5, 5, 201, device=device)


def record(activation, given, strongly_typed=False):
    """Apply an activation in a network of its own; return the layers and the result."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        data_type = tensorrt_llm.str_dtype_to_trt(str(given.dtype).removeprefix("torch."))
        x = tensorrt_llm.Tensor(name="x", dtype=data_type, shape=list(given.shape))
        y = functional.ACT2FN[activation](x)
    network.trt_network.mark_output(y.trt_tensor)
    (result,) = stand_in.evaluate({"x": given}).values()
    return network.trt_network.layers, result


with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    layers, ours = record("gelu", x)
    if must_fail("The names gelu, gelu_new and gelu_fast are one function."):
        functional.ACT2FN["gelu_new"] = functional.relu
    by_other_names = [record(name, x)[1] for name in ("gelu_new", "gelu_fast")]
    strong, in_halves = record("gelu", x.half(), strongly_typed=True)
    weak, _ = record("gelu", x.half())


def difference(first, second):
    return (first - second).abs().max().item()


def types_of_constants(layers):
    """Return the types of the numbers in the formula."""
    return {layer.outputs[0].dtype.name for layer in layers if layer.kind.name == "CONSTANT"}


kinds = [layer.kind.name for layer in layers]
from_tanh, from_erf = (difference(ours, F.gelu(x, approximate=form)) for form in ("tanh", "none"))
print(len(kinds), "layers:", *kinds)
print("from torch's tanh form:", from_tanh, "| from its default, by the error function:", from_erf)
assert from_tanh < 1e-6, "It is GELU by the hyperbolic tangent."
assert 1e-4 < from_erf < 1e-3, (
    "torch's default, by the error function, differs by up to five ten-thousandths."
)
assert all(torch.equal(each, ours) for each in by_other_names), (
    "The names gelu, gelu_new and gelu_fast are one function."
)
(activation,) = [layer for layer in layers if layer.kind.name == "ACTIVATION"]
assert (len(kinds), activation.activation_type.name) == (13, "TANH"), (
    "TensorRT sees no GELU: 13 layers, one of them a tanh, if nothing has to be reshaped."
)
assert types_of_constants(weak) == {"FLOAT"}, (
    "The five numbers of the formula are floats, even where the input is a half."
)
assert (
    types_of_constants(strong) == {"HALF"}
    and difference(in_halves.float(), F.gelu(x, approximate="tanh")) < 0.01
), "In a strongly typed network they have the input's type, and the formula is the same."
