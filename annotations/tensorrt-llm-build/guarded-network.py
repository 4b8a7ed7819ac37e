"""Record layers in two networks, in and outside a guard, and see where they end up."""

import sys

from srcread.lab import source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import Builder, Tensor, _common, net_guard, str_dtype_to_trt
from tensorrt_llm.functional import cast, relu


def kinds(network):
    """Return the kinds of the layers that a network holds."""
    return [layer.kind.name for layer in network.trt_network.layers]


def guarded(network, function, *arguments):
    """Call a function inside a guard."""
    with net_guard(network):
        return function(*arguments)


def attempt(function, *arguments):
    """Return what a call returns, or the words of the error that it raises."""
    try:
        return function(*arguments)
    except (AssertionError, AttributeError, TypeError) as error:
        return str(error)


float32 = str_dtype_to_trt("float32")
builder = Builder()
outer, inner = builder.create_network(), builder.create_network()

told = str(attempt(guarded, outer.trt_network, kinds, outer))
print("guarding TensorRT's own network:", told.partition(",")[0])
assert told.startswith("Invalid network, can only guard Network instance"), (
    "Only tensorrt_llm's Network can be guarded, not the TensorRT network inside it."
)

attempt(guarded, inner, cast, None, None)  # nothing to cast: it raises
left_behind = _common.net
_common.set_network(None)
print("the inner network is the default after an error in its guard:", left_behind is inner)
assert left_behind is inner, "An error inside a guard leaves its network behind as the default."

default_inside = attempt(guarded, inner, _common.default_trtnet)
assert default_inside is inner.trt_network, (
    "Inside a guard, default_trtnet() is the TensorRT network of the guarded one."
)

x = guarded(outer, lambda: Tensor(name="x", dtype=float32, shape=[2, 3]))
told = str(attempt(relu, x))
print("outside a guard:", told)
assert told.startswith("Use builder to create network first"), (
    "A functional call outside a guard raises, although networks have been created."
)

with net_guard(outer):
    relu(x)
    with net_guard(inner):
        y = Tensor(name="y", dtype=float32, shape=[2, 3])
        cast(y, "float16")
    relu(x)
print("outer:", kinds(outer), "inner:", kinds(inner))
assert (kinds(outer), kinds(inner)) == (["ACTIVATION", "ACTIVATION"], ["CAST"]), (
    "Guards nest: the inner network takes the layers until its guard ends, then the outer one."
)
assert _common.net is None, "After the outermost guard there is no default network again."

builder.create_builder_config(precision="float16", strongly_typed=True)
later = builder.create_network()
assert [network.trt_network.strongly_typed for network in (outer, later)] == [False, True], (
    "A network is weakly typed unless its builder was configured as strongly typed before."
)
