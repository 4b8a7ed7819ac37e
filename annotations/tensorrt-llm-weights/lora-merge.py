"""Compare a LoRA adapter merged into a weight with one beside it, on the framework's own graph."""

import os
import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
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


def linear(dtype, weight, up=None):
    """Build the framework's Linear, with an adapter unless `up` is None, and compute its graph."""

    def kernel(fields, x, *others):
        """Stand for the plugin's kernel, which is not here: `x A^T B^T`, without a factor."""
        return x @ down.T.to(x) @ up.T.to(x)

    with standing_in(references={"Lora": kernel}, device=device) as stand_in:
        import tensorrt_llm
        from tensorrt_llm.functional import Tensor
        from tensorrt_llm.layers.lora import LoraRuntimeParams

        def tensor(name, dtype, *shape):
            return Tensor(name=name, dtype=tensorrt_llm.str_dtype_to_trt(dtype), shape=shape)

        layer = tensorrt_llm.layers.Linear(inputs, outputs, dtype=dtype)
        half = getattr(torch, dtype)
        layer.weight.value = weight.to(half).cpu().numpy()
        layer.bias.value = bias.to(half).cpu().numpy()
        network = tensorrt_llm.Builder().create_network()
        network.plugin_config.lora_plugin = dtype
        with tensorrt_llm.net_guard(network):
            adapter = LoraRuntimeParams(
                lora_ranks=[tensor("lora_ranks", "int32", 2)],
                lora_weights_pointers=[tensor("lora_weights_pointers", "int64", 2, 2)],
                host_request_types=tensor("host_request_types", "int32", 2),
                max_context_length=5,
            )
            y = layer(tensor("x", dtype, 2, 5, inputs), None if up is None else adapter)
            y.mark_output("y", dtype)
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
factor = alpha / rank
if must_fail("In float64 a merged adapter and one beside the weight give the same, to rounding."):
    factor = 1
beside = x @ weight.T + factor * (x @ down.T) @ up.T + bias
print(f"in float64, outputs up to {largest(expected):.1f}: {largest(beside - expected):.0e} apart")
assert largest(beside - expected) < 1e-12, (
    "In float64 a merged adapter and one beside the weight give the same, to rounding."
)

network, plain = linear("float32", weight, up)
_, scaled = linear("float32", weight, alpha / rank * up)
if must_fail("With B as it was saved, it gives something else."):
    plain = scaled
errors = {
    "B as it was saved": largest(plain - expected),
    "with alpha / r": largest(scaled - expected),
}
print("the graph against the merged weight:", {name: f"{e:.0e}" for name, e in errors.items()})
assert errors["with alpha / r"] < 1e-5, (
    "With alpha / r multiplied into B, the framework's graph gives what the merged weight gives."
)
assert errors["B as it was saved"] > 0.5, "With B as it was saved, it gives something else."

(plugin,) = [layer for layer in network.layers if layer.kind.name == "PLUGIN_V2"]
told = {*plugin.plugin.fields, *(plugin.get_input(i).name for i in range(plugin.num_inputs))}
if must_fail("The plugin is told sizes, types, ranks and pointers: there is no place for alpha."):
    told.add("alpha")
print("the plugin is told:", sorted(told))
assert told == {
    *("x", "in_hidden_size", "out_hidden_size_0", "transa", "transb", "type_id"),
    *("num_lora_modules", "lora_ranks", "max_low_rank", "lora_weights_pointers"),
    *("host_request_types", "remove_input_padding", "max_context_length"),
}, "The plugin is told sizes, types, ranks and pointers: there is no place for alpha."

_, merged_half = linear("float16", merged)
_, beside_half = linear("float16", weight, alpha / rank * up)
error = largest(merged_half - beside_half)
print(f"in float16 the graphs of the two are up to {error:.0e} apart")
assert 0 < error < 0.01, "In float16 the two agree to rounding, and not bit for bit."
