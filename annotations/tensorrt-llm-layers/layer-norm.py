"""Record and compute a layer norm, and compare it with torch's."""

import sys

import torch
from torch.nn import functional as F

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(2, 3, 4, 8, device=device) * 3 + 1
scale, shift = torch.randn(2, 4, 8)


def record(normalise, layernorm=False, rmsnorm=False):
    """Normalise x in a network of its own; return the layers."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.layernorm_plugin = layernorm
    network.plugin_config.rmsnorm_plugin = rmsnorm
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        y = normalise(tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape)))
    network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


def layer_norm(size, eps):
    """Return a layer norm with scales and shifts that are not 1 and 0."""

    def normalise(given):
        layer = tensorrt_llm.layers.LayerNorm(size, eps=eps, dtype="float32")
        layer.weight.value = (scale if len(size) == 2 else scale[0]).numpy()
        layer.bias.value = (shift if len(size) == 2 else shift[0]).numpy()
        return layer(given)

    return normalise


def constants(*tensors):
    """Put tensors into the network."""
    return [functional.constant(tensor.numpy()) for tensor in tensors]


def kinds_of(layers):
    """Name layers by their kinds."""
    return [layer.kind.name for layer in layers]


def numbers_of(layers):
    """Return the different numbers in each constant."""
    return [each.values.unique().tolist() for each in layers if each.kind.name == "CONSTANT"]


def difference(size, eps):
    """Compare what the network made last gives with torch's layer norm."""
    (result,) = stand_in.evaluate({"x": x}).values()
    weight, bias = (scale, shift) if len(size) == 2 else (scale[0], shift[0])
    by_torch = F.layer_norm(x, size, weight.to(device), bias.to(device), eps)
    return (result - by_torch).abs().max().item()


with standing_in(device=device) as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    layers = record(layer_norm((8,), 0.01))
    differences = [difference((8,), 0.01)]
    two_axes = record(layer_norm((4, 8), 1.0))
    differences.append(difference((4, 8), 1.0))
    plugged = record(layer_norm((8,), 0.01), layernorm="float32")
    without = []
    if must_fail("Without a plugin a scale and a shift must be given: None is an AttributeError."):
        without = [scale[0], shift[0]]
    try:
        record(lambda given: functional.layer_norm(given, 8, *constants(*without)))
        bare = ""
    except AttributeError as error:
        bare = str(error)
    record(lambda given: functional.layer_norm(given, 8, *constants(scale[0], shift[0]), 0.01))
    differences.append(difference((8,), 0.01))
    filled = record(lambda given: functional.layer_norm(given, 8), layernorm="float32")
    filled_rms = record(lambda given: functional.rms_norm(given, 8), rmsnorm="float32")

kinds, counted, by_plugin = kinds_of(layers), layers, plugged[-1]
if must_fail("Without plugins the whole layer norm is one layer of TensorRT's own."):
    kinds = kinds_of(plugged)
if must_fail(
    "Around it are 18 more: the scale, the shift, and eight each that give these four dimensions."
):
    counted = two_axes
if must_fail(
    "With the plugin three fields go to a kernel, one of which picks the formula of the variance."
):
    by_plugin = filled_rms[-1]
if must_fail("The plugin gets a scale of ones where there is none; that of RMS norm gets zeros."):
    filled_rms = filled
norm, fields = layers[-1], by_plugin.plugin.fields
print(len(layers), "layers:", *kinds)
print("axes:", bin(norm.axes), "epsilon:", norm.epsilon, "| differences:", differences)
print("plugin:", plugged[-1].plugin.plugin_type, fields, "| without weights:", bare)
assert kinds.count("NORMALIZATION") == 1 and kinds[-1] == "NORMALIZATION", (
    "Without plugins the whole layer norm is one layer of TensorRT's own."
)
assert len(counted) == 1 + 18, (
    "Around it are 18 more: the scale, the shift, and eight each that give these four dimensions."
)
assert norm.axes == 0b1000 and norm.epsilon == 0.01, (
    "The axes are a bit mask, here of the last of four; epsilon is set on the layer."
)
assert max(differences) < 1e-5, (
    "It gives what torch's layer norm gives, over one axis and over two."
)
assert list(fields) == ["eps", "use_diff_of_squares", "type_id"], (
    "With the plugin three fields go to a kernel, one of which picks the formula of the variance."
)
assert "rank" in bare, (
    "Without a plugin a scale and a shift must be given: None is an AttributeError."
)
assert (numbers_of(filled), numbers_of(filled_rms)) == ([[1.0], [0.0]], [[0.0]]), (
    "The plugin gets a scale of ones where there is none; that of RMS norm gets zeros."
)
