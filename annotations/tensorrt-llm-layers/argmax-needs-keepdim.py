"""Call `argmax` with and without keepdim, and compute what can be recorded."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(2, 3, 5, device=device)


class Sized(int):
    """A number of dimensions that has a length, so that the first fault does not hide the next."""

    def __len__(self):
        return int(self)


def argmax(dim, sized=False, **options):
    """Record an argmax in a network of its own; return the layers, or the error's words."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        given = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape))
        if sized:
            given.ndim = lambda: Sized(x.ndim)
        try:
            y = tensorrt_llm.functional.argmax(given, dim, **options)
        except TypeError as error:
            return str(error)
    if not isinstance(y, tensorrt_llm.Tensor):
        return f"not a Tensor, but {type(y).__name__}"
    network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


messages = {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in(device=device) as stand_in:
        import tensorrt_llm

        messages[version] = argmax(2)
        sized = argmax(2, sized=True)
        print(version, messages[version], "| with a length:", sized)
        if version == "0.7.1":
            recorded, results = {}, {}
            for dim in (0, 1, 2):
                recorded[dim] = argmax(dim, keepdim=True)
                if not isinstance(recorded[dim], str):
                    (results[dim],) = stand_in.evaluate({"x": x}).values()
    sys.path.remove(str(tree))

assert messages == dict.fromkeys(trees, "object of type 'int' has no len()"), (
    "Without keepdim argmax raises a TypeError about a length, in 0.5.0 as in 0.7.1."
)
assert sized == "'tuple' object cannot be interpreted as an integer", (
    "With a length that line passes, and the next one raises, for dim is a tuple."
)
kinds = [
    layers if isinstance(layers, str) else [(layer.kind.name, layer.k) for layer in layers]
    for layers in recorded.values()
]
assert kinds == [[("TOPK", 1)]] * 3, "With keepdim it is one top-k layer with k = 1."
assert all(
    dim in results
    and results[dim].dtype is torch.int32
    and torch.equal(results[dim], x.argmax(dim, keepdim=True).int())
    for dim in recorded
), "With keepdim it gives the positions of the largest elements, as int32."
