"""Record an fp16 linear layer without plugins, compute it, and compare it with torch's."""

import sys
from collections import Counter

import torch

from srcread.lab import source_tree
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
    """Multiply in fp32, and round."""
    return (x.float() @ weight.to(device).float().mT).half()


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm

    older, _ = linear(rows)
    older_batch, _ = linear(batch)

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm

    of_rows, projected = linear(rows)
    stand_in.show("An fp16 Linear, applied to (n, in)")
    of_batch, projected_batch = linear(batch)
    without_bias, product = linear(rows, has_bias=False)

bias_layers = of_rows[len(without_bias) :]
print("(n, in):", len(of_rows), "layers:", *of_rows)
print("(batch, seq, in):", len(of_batch), "layers | 0.5.0:", len(older), "and", len(older_batch))
assert without_bias == ["CONSTANT", "CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
    "Without a bias it is five layers: the weight, and a matmul with three casts."
)
assert bias_layers == [
    *("CONSTANT", "SHAPE", "CONSTANT", "GATHER"),
    *("CONSTANT", "CONCATENATION", "SHUFFLE", "ELEMENTWISE"),
], "The bias is eight more: itself, six that make its shape (1, out), and the sum."
assert (len(of_rows), len(of_batch), of_batch.count("SHUFFLE")) == (13, 22, 2), (
    "It is 13 layers for (n, in), and 22 for (batch, seq, in), where the weight is reshaped, too."
)
assert torch.equal(product, by_torch(rows)), "The product is computed in fp32, and rounded to fp16."
found = torch.cat([projected, projected_batch.flatten(0, 1)])
expected = by_torch(torch.cat([rows, batch.flatten(0, 1)])) + bias.to(device)
assert torch.equal(found, expected), (
    "The bias is added in fp16, after the product has been rounded."
)
more = [Counter(of_rows) - Counter(older), Counter(of_batch) - Counter(older_batch)]
assert (len(older), len(older_batch), more) == (10, 19, [{"CAST": 3}] * 2), (
    "0.5.0 makes the same layers without the three casts: 10, and 19 for (batch, seq, in)."
)
