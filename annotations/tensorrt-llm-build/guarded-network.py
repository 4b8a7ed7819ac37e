"""Record layers in two networks, in and outside a guard, and see where they go.

The same is done with 0.5.0.
"""

import sys
from threading import Thread

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)


def kinds(network):
    """Return the kinds of the layers that a network holds."""
    return [layer.kind.name for layer in network.trt_network.layers]


def attempt(function, *arguments):
    """Return what a call returns, or the words of the error that it raises."""
    try:
        return function(*arguments)
    except (AssertionError, AttributeError, TypeError) as error:
        return str(error)


def observe(version):
    """Return what the guards of a version do."""
    sys.path.insert(0, str(trees[version]))
    with standing_in():
        from tensorrt_llm import Builder, Tensor, _common, net_guard, str_dtype_to_trt
        from tensorrt_llm.functional import cast, relu

        float32 = str_dtype_to_trt("float32")
        builder = Builder()
        outer, inner = builder.create_network(), builder.create_network()
        base = builder.create_network()
        networks = {id(None): "none", id(base): "base", id(outer): "outer", id(inner): "inner"}

        def guarded(network, function, *arguments):
            with net_guard(network):
                return function(*arguments)

        def default():
            return networks[id(_common.net)]

        def fill_both():
            with net_guard(outer):
                relu(x)
                with net_guard(inner):
                    cast(y, "float16")
                relu(x)
            return kinds(outer), kinds(inner)

        def guard_elsewhere():
            """Return the default before and after another thread enters a guard of its own."""
            before = default()
            guard = net_guard(inner)
            thread = Thread(target=guard.__enter__)
            thread.start()
            thread.join()
            return before, default()

        told = str(attempt(guarded, outer.trt_network, kinds, outer))
        seen = {"refused": told.partition(", got")[0]}
        _common.set_network(base)  # what no guard takes goes here
        x = attempt(guarded, outer, lambda: Tensor(name="x", dtype=float32, shape=[2, 3]))
        y = attempt(guarded, inner, lambda: Tensor(name="y", dtype=float32, shape=[2, 3]))
        seen["inside"] = attempt(guarded, inner, _common.default_trtnet) is inner.trt_network
        seen["nested"] = attempt(fill_both)
        seen["threads"] = attempt(guarded, outer, guard_elsewhere)
        _common.set_network(None)
        attempt(guarded, inner, default)
        seen["behind"] = default()
        seen["outside"] = str(attempt(relu, x))
        _common.set_network(None)
        attempt(guarded, inner, cast, None, None)  # nothing to cast: it raises
        seen["left"] = default()
        if seen["left"] != "none":
            relu(y)
        seen["added"] = kinds(inner)
        _common.set_network(None)
        builder.create_builder_config(precision="float16", strongly_typed=True)
        later = builder.create_network()
        seen["strong"] = [each.trt_network.strongly_typed for each in (outer, later)]
    sys.path.remove(str(trees[version]))
    return seen


seen = observe("0.7.1")
print(*(f"{name}: {what}" for name, what in seen.items()), sep="\n")
assert seen["refused"] == "Invalid network, can only guard Network instance", (
    "Only tensorrt_llm's Network can be guarded, not the TensorRT network inside it."
)
assert seen["inside"], (
    "Inside a guard, default_trtnet() is the TensorRT network of the guarded one."
)
assert seen["behind"] == "none", "After the outermost guard there is no default network again."
assert seen["outside"].startswith("Use builder to create network first"), (
    "A functional call outside a guard raises, although networks have been created."
)
assert seen["nested"] == (["ACTIVATION", "ACTIVATION"], ["CAST"]), (
    "Guards nest: the inner network takes the layers until its guard ends, then the outer one."
)
assert seen["threads"] == ("outer", "inner"), (
    "A guard that another thread enters takes the layers of this thread, too."
)
assert (seen["left"], seen["added"]) == ("inner", ["CAST", "ACTIVATION"]), (
    "An error inside a guard leaves its network set, and a later call adds a layer to it."
)
assert seen["strong"] == [False, True], (
    "A network is weakly typed unless its builder was configured as strongly typed before."
)
assert observe("0.5.0") == seen, "The guards of 0.5.0 do the same in all of this."
