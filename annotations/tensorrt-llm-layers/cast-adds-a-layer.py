"""Record what `cast` asks of TensorRT in two releases; nothing is computed."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
CASTS = (("float32", "float16"), ("float32", "int8"), ("int8", "float32"))


def cast(source, target, strongly_typed=False):
    """Cast an input in a network of its own; return the layer and what comes back."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        x = tensorrt_llm.Tensor(name="x", dtype=tensorrt_llm.str_dtype_to_trt(source), shape=[2, 3])
        y = tensorrt_llm.functional.cast(x, target)
    return network.trt_network.layers[0], y


def target_of(dtype):
    """Tell to which type an input is cast, or that its type is refused."""
    try:
        return cast("float32", dtype)[0].to_type.name
    except TypeError as error:
        return type(error).__name__


def described(layer):
    """Return a layer's kind, the type that it is given, and the ranges of its two sides."""
    sides = layer.get_input(0), layer.get_output(0)
    return layer.kind.name, layer.to_type.name, *(side.dynamic_range for side in sides)


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(version="9.1.0") as stand_in:
    import tensorrt_llm

    older = [described(cast(*types)[0]) for types in CASTS]

sys.path[0] = str(trees["0.7.1"])
with standing_in() as stand_in:
    import tensorrt_llm

    try:
        layer, y = cast("float32", "float16")
    finally:
        calls = [call.method for call in stand_in.network.calls]
        print("calls of TensorRT:", *calls)
        assert calls == ["add_input", "add_cast"], "One cast is one call of TensorRT, add_cast."
    stand_in.show("One cast")
    assert (type(y).__name__, y.dtype.name, tuple(y.shape)) == ("Tensor", "HALF", (2, 3)), (
        "What comes back is a Tensor that tells a type and a shape."
    )
    half = tensorrt_llm.str_dtype_to_trt("float16")
    types = [target_of(dtype) for dtype in ("float16", half, torch.float16)]
    again = [cast("float32", "float16", typed)[0].output_type_is_set(0) for typed in (False, True)]
    newer = [described(cast(*types)[0]) for types in CASTS]

for types_asked, (kind, target, *ranges) in zip(CASTS, newer, strict=True):
    print(*types_asked, kind, target, "dynamic ranges:", *ranges)
assert types == ["HALF", "HALF", "TypeError"], (
    "A type is a name or TensorRT's own; a dtype of torch raises a TypeError."
)
assert again == [True, False], (
    "The output's type is set once more, unless the network is strongly typed."
)
int8 = (-127, 127)
assert [tuple(ranges) for _, _, *ranges in newer] == [(None, None), (None, int8), (int8, None)], (
    "The side that is int8, and no other, gets the dynamic range -127 to 127."
)
assert older == newer, "In 0.5.0 the same casts make layers with the same types and ranges."
