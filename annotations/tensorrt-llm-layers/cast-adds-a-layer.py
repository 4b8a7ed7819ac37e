"""Record what `cast` asks of TensorRT, and let the recorded network compute only afterwards."""

import ast
import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def body(tree, name):
    """Return what a function says in a tree, without layout."""
    parsed = ast.parse((tree / "tensorrt_llm" / "functional.py").read_bytes())
    (found,) = [node for node in parsed.body if getattr(node, "name", "") == name]
    return ast.unparse(found)


def cast(source, target, strongly_typed=False):
    """Cast an input in a network of its own; return the network's calls, the layer, the result."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        x = tensorrt_llm.Tensor(name="x", dtype=tensorrt_llm.str_dtype_to_trt(source), shape=[2, 3])
        before = len(network.trt_network.calls)
        if must_fail("What comes back tells a type and a shape; the input had no numbers yet."):
            target = "float32"
        y = functional.cast(x, target)
        if must_fail("One cast is one call of TensorRT: a layer is added to the network."):
            functional.cast(y, source)
    calls = [call.method for call in network.trt_network.calls[before:]]
    layer = network.trt_network.layers[0]
    network.trt_network.mark_output(y.trt_tensor)
    return calls, layer, y


with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    calls, layer, y = cast("float32", "float16")
    stand_in.show("One cast")
    x = torch.randn(2, 3, device=device)
    first, second = (next(iter(stand_in.evaluate({"x": each}).values())) for each in (x, 2 * x))
    if must_fail("Numbers are converted anew each time that the network runs, as torch converts."):
        second = first
    _, strong, _ = cast("float32", "float16", strongly_typed=True)
    ranges = {}
    for types in (("float32", "float16"), ("float32", "int8"), ("int8", "float32")):
        _, each, _ = cast(*types)
        ranges[types] = (each.get_input(0).dynamic_range, each.get_output(0).dynamic_range)
    of_torch = torch.float16
    if must_fail("A type is a name or TensorRT's own; a dtype of torch is refused."):
        of_torch = "float16"
    try:
        cast("float32", of_torch)
        refused = ""
    except TypeError as error:
        refused = str(error)
    by_enumeration = cast("float32", functional.trt.DataType.HALF)[1].to_type

print("calls:", calls, "| the layer:", layer.name)
print("returned:", type(y).__name__, y.dtype.name, tuple(y.shape), "| computed later:", first.dtype)
assert calls == ["add_cast"], "One cast is one call of TensorRT: a layer is added to the network."
assert (y.dtype.name, tuple(y.shape)) == ("HALF", (2, 3)), (
    "What comes back tells a type and a shape; the input had no numbers yet."
)
assert torch.equal(first, x.half()) and torch.equal(second, (2 * x).half()), (
    "Numbers are converted anew each time that the network runs, as torch converts."
)
assert layer.output_type_is_set(0) and not strong.output_type_is_set(0), (
    "The output's type is set once more, unless the network is strongly typed."
)
int8 = (-127, 127)
assert ranges == {
    ("float32", "float16"): (None, None),
    ("float32", "int8"): (None, int8),
    ("int8", "float32"): (int8, None),
}, "The side that is int8, and only that, gets the range from -127 to 127."
assert by_enumeration.name == "HALF" and "torch.dtype" in refused, (
    "A type is a name or TensorRT's own; a dtype of torch is refused."
)
name = "cast"
if must_fail("The function is the same, word for word, in 0.5.0."):
    name = "matmul"
assert body(trees["0.5.0"], name) == body(trees["0.7.1"], name), (
    "The function is the same, word for word, in 0.5.0."
)
