"""Record a linear layer of halves without plugins, compute it, and compare it with torch's."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

weight, bias = torch.randn(5, 8).half(), torch.randn(5).half()
rows, batch = torch.randn(3, 8, device=device).half(), torch.randn(2, 3, 8, device=device).half()


def linear(x, has_bias=True):
    """Apply a linear layer in a network of its own; return the layers' kinds, and the result."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        layer = tensorrt_llm.layers.Linear(8, 5, bias=has_bias, dtype="float16")
        layer.weight.value = weight.numpy()
        if has_bias:
            layer.bias.value = bias.numpy()
        half = tensorrt_llm.str_dtype_to_trt("float16")
        y = layer(tensorrt_llm.Tensor(name="x", dtype=half, shape=list(x.shape)))
    network.trt_network.mark_output(y.trt_tensor)
    (result,) = stand_in.evaluate({"x": x}).values()
    return [layer.kind.name for layer in network.trt_network.layers], result


def by_torch(x):
    """Multiply in floats, and round."""
    return (x.float() @ weight.to(device).float().mT).half()


sys.path.insert(0, str(trees["0.5.0"]))
if must_fail("0.5.0 makes the same layers but for the casts: 10, and 19 for a batch."):
    sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm

    older, _ = linear(rows)
    older_batch, _ = linear(batch)

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm

    of_rows, projected = linear(rows)
    stand_in.show("A Linear of halves, applied to rows")
    of_batch, projected_batch = linear(batch)
    without_bias, product = linear(rows, has_bias=False)

bias_layers = of_rows[len(without_bias) :]
print("(rows, size):", len(of_rows), "layers:", *of_rows)
print("(batch, length, size):", len(of_batch), "layers; 0.5.0 has", len(older), "for rows")
assert without_bias == ["CONSTANT", "CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
    "Without a bias it is five layers: the weight, and a product with its three casts."
)
assert bias_layers == [
    *("CONSTANT", "SHAPE", "CONSTANT", "GATHER"),
    *("CONSTANT", "CONCATENATION", "SHUFFLE", "ELEMENTWISE"),
], "The bias is eight more: itself, six that make its shape that of a row, and the sum."
assert (len(of_rows), len(of_batch)) == (13, 22), (
    "That is 13 layers for rows, and 22 for a batch of sequences: the weight is reshaped as well."
)
assert torch.equal(product, by_torch(rows)), "The product is made in floats, and rounded to halves."
with_bias = [by_torch(x) + bias.to(device) for x in (rows, batch)]
if must_fail("Only then the bias is added, in halves."):
    by_float = batch.float() @ weight.to(device).float().mT + bias.to(device).float()
    with_bias[1] = by_float.half()
assert torch.equal(projected, with_bias[0]) and torch.equal(projected_batch, with_bias[1]), (
    "Only then the bias is added, in halves."
)
assert older == [kind for kind in of_rows if kind != "CAST"] and len(older_batch) == 19, (
    "0.5.0 makes the same layers but for the casts: 10, and 19 for a batch."
)
