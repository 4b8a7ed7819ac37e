"""Record and compute a layer norm and an RMS norm, and compare them with torch's."""

import logging
import sys

import torch
from torch.nn import functional as F

from srcread.lab import equation, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(2, 3, 4, 8, device=device) * 3 + 1
scale, shift = torch.randn(2, 4, 8)
weights = scale[0], shift[0]


def record(normalise, plugin=False):
    """Normalise x in a network of its own; return the layers, none where no Tensor comes of it."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.layernorm_plugin = plugin
    network.plugin_config.rmsnorm_plugin = plugin
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        y = normalise(tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape)))
    if not isinstance(y, tensorrt_llm.Tensor):
        return []
    network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


def layer_norm(shape, *weights, eps=1e-05):
    """Return a layer norm of constants."""
    return lambda given: functional.layer_norm(given, shape, *constants(weights), eps=eps)


def rms_norm(*weights):
    """Return an RMS norm over the last dimension, of constants."""
    return lambda given: functional.rms_norm(given, 8, *constants(weights), eps=0.5)


def constants(tensors):
    """Put tensors into the network; None stays None."""
    return [None if each is None else functional.constant(each.numpy()) for each in tensors]


def values_of(layers):
    """Return the constants of a network."""
    return torch.stack([each.values for each in layers if each.kind.name == "CONSTANT"]).cpu()


def computed():
    """Return what the network made last gives for x."""
    (result,) = stand_in.evaluate({"x": x}).values()
    return result


def check_switch(plugin, kind):
    """Record a layer norm with the plugin or without it."""
    kinds = [layer.kind.name for layer in record(layer_norm(8, *weights), plugin)]
    print(*kinds)
    assert (kinds.count(kind), kinds[-1:]) == (1, [kind]), (
        "With the plugin LayerNorm ends in one plugin, without it in one normalization layer."
    )


heard = []


class Listener(logging.Handler):
    """Keeps what is logged."""

    def emit(self, record):
        """Keep a message."""
        heard.append(record.getMessage())


logging.getLogger("TRT-LLM").addHandler(Listener())
warned = set()
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in(device=device):
        import tensorrt_llm
        from tensorrt_llm import functional

        tensorrt_llm.logger.set_level("warning")  # the import has set "error"
        for name, norm in (("Layernorm", layer_norm(8, *weights)), ("RMSnorm", rms_norm(scale[0]))):
            heard.clear()
            record(norm, plugin="float32")
            if any(f"{name} plugin is going to be deprecated" in said for said in heard):
                warned.add((version, name))
    sys.path.remove(str(tree))
print("warned:", sorted(warned))
assert warned == {("0.7.1", "Layernorm"), ("0.7.1", "RMSnorm")}, (
    "In 0.7.1 both plugins warn that they are going to be deprecated, in 0.5.0 neither."
)

sys.path.insert(0, str(trees["0.7.1"]))
with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    check_switch("float32", "PLUGIN_V2")
    without = tensorrt_llm.layers.LayerNorm(8, elementwise_affine=False)
    for norm in (layer_norm(8, scale[0], None), layer_norm(8, None, shift[0]), without):
        try:
            record(norm)
            refused = ""
        except AttributeError as error:
            refused = str(error)
        print("refused:", refused)
        assert refused == "'NoneType' object has no attribute 'rank'", (
            "Without the plugin, a missing weight or bias raises an AttributeError."
        )
    check_switch(False, "NORMALIZATION")
    for given, got in ((weights, weights), ((None, None), (torch.ones(8), torch.zeros(8)))):
        layers = record(layer_norm(8, *given), plugin="float32")
        assert torch.equal(values_of(layers), torch.stack(got)), (
            "Where weight and bias are None, and only there, the plugin gets ones and zeros."
        )
    for given, got in ((weights[:1], weights[0][None]), ((None,), torch.zeros(1, 8))):
        layers = record(rms_norm(*given), plugin="float32")
        assert torch.equal(values_of(layers), got), (
            "Where the weight is None, and only there, the plugin of RMS norm gets zeros."
        )
    for given, factor in ((weights[:1], weights[0].to(device)), ((None,), 1.0)):
        record(rms_norm(*given))
        assert equation("y", computed(), input=x, dim=-1, eps=0.5, weight=factor), (
            "Without its plugin, RMS norm multiplies by the weight if there is one."
        )
    axes = {
        shape: record(layer_norm(shape, *weights))[-1].axes for shape in (8, (8,), (99,), (5, 7))
    }
    differences = []
    for shape, of_shape in (((8,), weights), ((4, 8), (scale, shift))):
        record(layer_norm(shape, *of_shape, eps=0.5))
        by_torch = F.layer_norm(x, shape, *(each.to(device) for each in of_shape), 0.5)
        differences.append((computed() - by_torch).abs().max().item())

print("axes:", {shape: bin(mask) for shape, mask in axes.items()}, "| differences:", differences)
assert axes == {8: 0b1000, (8,): 0b1000, (99,): 0b1000, (5, 7): 0b1100}, (
    "Any normalized_shape of one number is the last dimension, any of two the last two."
)
assert max(differences) < 1e-5, "The layer gives what torch gives, over one dimension and over two."
