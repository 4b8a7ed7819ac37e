"""Call `argmax` with and without keepdim, and compute what can be recorded."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(2, 3, 5, device=device)


def argmax(dim, **options):
    """Record an argmax in a network of its own; return the layers' kinds, or the error."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        given = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape))
        try:
            y = tensorrt_llm.functional.argmax(given, dim, **options)
        except TypeError as error:
            return error
    network.trt_network.mark_output(y.trt_tensor)
    return [layer.kind.name for layer in network.trt_network.layers]


def computed():
    """Return what the network made last gives for x."""
    (result,) = stand_in.evaluate({"x": x}).values()
    return result


errors = {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in(device=device) as stand_in:
        import tensorrt_llm

        errors[version] = argmax(2)
        errors[f"{version}, over the first axis"] = argmax(0, keepdim=False)
        kinds, last = argmax(2, keepdim=True), computed()
        argmax(1, keepdim=True)
        middle = computed()
        end = -1
        if must_fail("A negative axis counts from the end."):
            end = -2
        argmax(end, keepdim=True)
        negative = computed()
        has_output = hasattr(tensorrt_llm.Tensor, "get_output")
    sys.path.remove(str(tree))

if must_fail("Its last line could not run either: it asks a Tensor for an output, as of a layer."):
    has_output = True
for name, error in errors.items():
    print(name, type(error).__name__, error)
if must_fail("It is one layer, the top 1, of which the second output is taken: places, as int32."):
    last = last.long()
messages = {str(error) for error in errors.values()}
assert messages == {"object of type 'int' has no len()"}, (
    "Without keepdim, which is the default, argmax is a TypeError, in 0.5.0 as in 0.7.1."
)
assert not has_output, (
    "Its last line could not run either: it asks a Tensor for an output, as of a layer."
)
assert torch.equal(last.long(), x.argmax(2, keepdim=True)) and torch.equal(
    middle.long(), x.argmax(1, keepdim=True)
), "With keepdim it gives the places of the largest elements along any axis."
assert torch.equal(negative, last), "A negative axis counts from the end."
assert kinds == ["TOPK"] and last.dtype is torch.int32, (
    "It is one layer, the top 1, of which the second output is taken: places, as int32."
)
