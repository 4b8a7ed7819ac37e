"""Compare a LoRA adapter merged into a weight with one beside it, on the framework's own graph."""

import ast
import os
import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, "")  # the place of a release's tree
torch.manual_seed(0)
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
device = "cuda" if torch.cuda.is_available() else "cpu"
inputs, outputs, rank, alpha = 64, 48, 4, 16


def random(*shape, scale):
    return torch.randn(shape, device=device, dtype=torch.float64) * scale


weight, bias = random(outputs, inputs, scale=0.1), random(outputs, scale=1)
down, up = random(rank, inputs, scale=0.1), random(outputs, rank, scale=0.1)  # A and B
x = random(2, 5, inputs, scale=1)  # (batch, seq, inputs)
merged = weight + alpha / rank * up @ down


def linear(dtype, weight, up=None, version="0.7.1"):
    """Build the framework's Linear, with an adapter unless `up` is None, and compute its graph."""
    sys.path[0] = str(trees[version])

    def kernel(fields, x, *others):
        """Stand for the plugin's kernel, which is not here: `x A^T B^T`, without a factor."""
        return x @ down.T.to(x) @ up.T.to(x)

    with standing_in(references={"Lora": kernel}, device=device) as stand_in:
        import tensorrt_llm
        from tensorrt_llm.functional import Tensor

        def tensor(name, dtype, *shape):
            return Tensor(name=name, dtype=tensorrt_llm.str_dtype_to_trt(dtype), shape=shape)

        layer = tensorrt_llm.layers.Linear(inputs, outputs, dtype=dtype)
        half = getattr(torch, dtype)
        layer.weight.value = weight.to(half).cpu().numpy()
        layer.bias.value = bias.to(half).cpu().numpy()
        network = tensorrt_llm.Builder().create_network()
        network.plugin_config.lora_plugin = dtype
        with tensorrt_llm.net_guard(network):
            ranks = tensor("lora_ranks", "int32", 2)
            pointers = tensor("lora_weights_pointers", "int64", 2, 2)
            types = tensor("host_request_types", "int32", 2)
            adapters = []
            if up is not None:
                from tensorrt_llm.layers.lora import LoraRuntimeParams  # 0.5.0 has none

                adapters = [LoraRuntimeParams([ranks], [pointers], types, max_context_length=5)]
            y = layer(tensor("x", dtype, 2, 5, inputs), *adapters)
            y.mark_output("y", tensorrt_llm.str_dtype_to_trt(dtype))
        given = {
            "x": x.to(half),
            "lora_ranks": torch.full((2,), rank, dtype=torch.int32),
            "lora_weights_pointers": torch.zeros(2, 2, dtype=torch.int64),
            "host_request_types": torch.zeros(2, dtype=torch.int32),
        }
        return stand_in.network, stand_in.evaluate(given)["y"].double()


def largest(difference):
    return difference.abs().max().item()


expected = x @ merged.T + bias
network, plain = linear("float32", weight, up)
_, scaled = linear("float32", weight, alpha / rank * up)
unscaled = x @ weight.T + x @ down.T @ up.T + bias
print(f"with alpha / r, the graph against the merged weight: {largest(scaled - expected):.0e}")
print(f"with B as it was saved: {largest(plain - expected):.0e}")
assert largest(scaled - expected) < 1e-5, (
    "With alpha / r multiplied into B, the framework's graph gives what the merged weight gives."
)
assert largest(plain - unscaled) < 1e-5 < largest(unscaled - expected), (
    "With B as it was saved, x A^T B^T is added, without a factor."
)

plugins = [layer for layer in network.layers if layer.kind.name == "PLUGIN_V2"]
told = {name: int(value[0]) for layer in plugins for name, value in layer.plugin.fields.items()}
given = [layer.get_input(i).name for layer in plugins for i in range(layer.num_inputs)]
print("the plugin is told:", told)
print("its inputs:", given)
assert told == {
    "in_hidden_size": inputs,
    "transa": 0,
    "transb": 1,
    "num_lora_modules": 1,
    "type_id": 0,
    "remove_input_padding": 0,
    "max_context_length": 5,
    "max_low_rank": outputs,
    "out_hidden_size_0": outputs,
}, "The fields of the plugin are sizes, types and switches: none holds alpha."
assert given == ["x", "host_request_types", "lora_ranks", "lora_weights_pointers"], (
    "The plugin gets x, the types of the requests, and each request's rank and pointers to A and B."
)

_, older = linear("float32", weight, version="0.5.0")
try:
    linear("float32", weight, up, version="0.5.0")
    missing = "nothing"
except ImportError as error:
    missing = error.name
texts = [path.read_bytes() for path in (trees["0.5.0"] / "tensorrt_llm").rglob("*.py")]
asked_for = {
    node.args[0].value
    for text in texts
    if b"get_plugin_creator" in text
    for node in ast.walk(ast.parse(text))
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_plugin_creator"
}
more = largest(plain - older - x @ down.T @ up.T)
print("0.5.0 lacks", missing, "and asks for", len(asked_for), "plugins:", *sorted(asked_for))
assert (missing, "Lora" in asked_for, more < 1e-5) == ("tensorrt_llm.layers.lora", False, True), (
    "0.5.0 has no layers.lora and asks for no plugin Lora; its graph gives x A^T B^T less."
)

_, merged_half = linear("float16", merged)
_, beside_half = linear("float16", weight, alpha / rank * up)
error = largest(merged_half - beside_half)
print(f"in float16 the graphs of the two are up to {error:.0e} apart")
assert 0 < error < 0.01, "In float16 the two agree to rounding, and not bit for bit."
