"""Count, differentiate forward, vmap and checkpoint one encoder layer in eval mode."""

import sys
import warnings

import torch
from torch import nn
from torch.autograd import forward_ad
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.profiler import profile
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(16, 4, 32, 0.0, "gelu", batch_first=True).eval()
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(2, 5, 16)  # on the CPU, wherever the snippet runs


def flops(gradients):
    with torch.set_grad_enabled(gradients), FlopCounterMode(display=False) as counter:
        layer(source)
    return counter.get_total_flops()


linear = 2 * source.shape[0] * source.shape[1] * (4 * 16 * 16 + 2 * 16 * 32)
products = 2 * 2 * 2 * 4 * 5 * 5 * 4  # two of them: batch, heads, queries, keys, head size
counted = {"inference": flops(gradients=False), "gradients on": flops(gradients=True)}
with sdpa_kernel(SDPBackend.MATH):
    counted["gradients on, math"] = flops(gradients=True)
print("FLOPs counted:", counted)
assert list(counted.values()) == [0, linear, linear + products], (
    "Of a layer FlopCounterMode counts 0 in inference, with gradients on the linear layers without "
    "attention's two products, and all where scaled_dot_product_attention runs as plain math."
)


def derivative(call, gradients):
    """Return the forward derivative of a call in the direction of ones, or who has none."""
    try:
        with torch.set_grad_enabled(gradients), forward_ad.dual_level():
            dual = call(forward_ad.make_dual(source, torch.ones_like(source)))
            return forward_ad.unpack_dual(dual).tangent.detach()
    except NotImplementedError as error:
        return str(error).partition("forward AD with ")[2].partition(" ")[0].rpartition(":")[2]


def attend(source):
    return layer.self_attn(source, source, source, need_weights=False)[0]


found = [derivative(layer, True), derivative(layer, False), derivative(attend, False)]
layer.requires_grad_(False)
found.append(derivative(layer, True))
layer.requires_grad_(True)
print("without a forward derivative:", found)
assert found == [
    "_scaled_dot_product_flash_attention_for_cpu",
    "_transformer_encoder_layer_fwd",
    "_native_multi_head_attention",
    "_transformer_encoder_layer_fwd",
], (
    "None of the three has a forward derivative on a CPU: the flash kernel with gradients on, "
    "the fused layer and the native attention without, or the fused layer with frozen weights."
)
with sdpa_kernel(SDPBackend.MATH):
    tangents = [derivative(layer, True), derivative(layer, False)]
with torch.no_grad():
    step = 1e-2
    quotient = (layer(source + step) - layer(source - step)) / (2 * step)
gap = (tangents[0] - quotient).abs().max().item()
print("with the math backend, gradients on:", gap, "and off:", tangents[1])
assert [gap < 1e-2, tangents[1]] == [True, "_transformer_encoder_layer_fwd"], (
    "sdpa_kernel(SDPBackend.MATH) gives the derivative with gradients on, and not without."
)


def called(call, name):
    """Count how often an operator runs in a call."""
    with profile() as recorded:
        call()
    return [event.name for event in recorded.events()].count(f"aten::{name}")


many = torch.randn(3, 2, 5, 16)
with warnings.catch_warnings(record=True) as caught, torch.no_grad():
    warnings.simplefilter("always")
    mapped = torch.func.vmap(layer)(many)
    times = called(lambda: torch.func.vmap(layer)(many), "_native_multi_head_attention")
    once = called(lambda: layer(many.flatten(0, 1)), "_native_multi_head_attention")
flat = layer(many.flatten(0, 1)).unflatten(0, (3, 2))  # gradients are on
warned = any("batching rule for aten::_transformer_encoder" in str(each.message) for each in caught)
print("vmap over 3 runs the inside of the fused operator", times, "times; one batch,", once)
assert [warned, times, once] == [True, 3, 1] and torch.allclose(mapped, flat, atol=1e-5), (
    "torch.func.vmap over three batches warns and runs the fused operator three times; "
    "one batch of all samples gives the same in one."
)


def path(call):
    """Tell by the functions not written in Python which path a call takes."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return {"_transformer_encoder_layer_fwd": "fused", "scaled_dot_product_attention": "Python"}[
        next(name for name in names if name.startswith(("_transformer_enc", "scaled_dot")))
    ]


lonely = torch.zeros(5, 5, dtype=torch.bool)
lonely[2] = True  # query 2 has no key


def checkpointed(reentrant):
    """Return the paths of both passes, and whether output and gradient are finite."""
    start, results = source.clone().requires_grad_(), []
    passes = [
        path(lambda: results.append(checkpoint(layer, start, lonely, use_reentrant=reentrant))),
        path(lambda: results[0].nan_to_num().sum().backward()),
    ]
    return passes, [results[0].isfinite().all().item(), start.grad.isfinite().all().item()]


paths, finite = zip(checkpointed(True), checkpointed(False), strict=True)
print("checkpointed, forward and in backward:", paths, "; finite output and gradient:", finite)
assert paths == (["fused", "Python"], ["Python", "Python"]), (
    "Reentrant checkpointing in eval mode computes the output fused and its gradient in Python; "
    "with use_reentrant=False both are Python."
)
assert finite == ([False, True], [True, True]), (
    "So with a query without keys the reentrant output is NaN and the gradient is not; "
    "with use_reentrant=False both are finite."
)
