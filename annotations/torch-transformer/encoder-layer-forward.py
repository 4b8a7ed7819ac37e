"""Run one encoder layer fused and unfused, and rebuild it from its sub-layers."""

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def build(**options):
    """Build a layer whose norms and biases cannot be mistaken for each other."""
    options = {"dropout": 0.0, "batch_first": True, **options}
    layer = nn.TransformerEncoderLayer(16, 4, 32, **options, device=device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer.eval()


def difference(first, second):
    return (first - second).abs().max().item()


def is_fused(layer, gradients=False):
    """Tell whether the layer runs as its one fused operator."""
    with (
        torch.set_grad_enabled(gradients),
        torch.autograd.profiler.profile(use_kineto=False) as recording,
    ):
        layer(source)
    return "aten::_transformer_encoder_layer_fwd" in {e.name for e in recording.function_events}


source = torch.randn(2, 5, 16, device=device)
layer = build()
hooked = build()
hooked.norm2.register_forward_hook(lambda *call: None)
fused = {
    "inference": is_fused(layer),
    "gradients on": is_fused(layer, gradients=True),
    "training": is_fused(build().train()),
    "sequence first": is_fused(build(batch_first=False)),
    "a hook inside": is_fused(hooked),
    "pre-norm": is_fused(build(norm_first=True)),
}
print("fused:", fused)
assert [case for case, one in fused.items() if one] == ["inference", "pre-norm"], (
    "The fused operator needs eval mode, no gradients, batch_first and no hooks; "
    "the place of the norms does not matter to it."
)

calls = []
patched = build()


def count_calls(name, child):
    """Patch the forward of a sub-layer so that its calls are noted."""
    original = child.forward

    def counted(*inputs, **options):
        calls.append(name)
        return original(*inputs, **options)

    child.forward = counted


for name, child in patched.named_children():
    count_calls(name, child)
with torch.no_grad():
    patched(source)
calls_in_inference = list(calls)
patched(source)
print("sub-layers called in inference:", calls_in_inference, "with gradients on:", calls)
assert calls_in_inference == [] and len(set(calls)) == len(calls) == 8, (
    "In inference none of the eight sub-layers is called; with gradients on, each is called once."
)


def by_hand(layer, value):
    """Compute a layer from its sub-layers, with the norms where it wants them."""

    def attend(x):
        return layer.self_attn(x, x, x, need_weights=False)[0]

    def feed_forward(x):
        return layer.linear2(layer.activation(layer.linear1(x)))

    if layer.norm_first:
        value = value + attend(layer.norm1(value))
        return value + feed_forward(layer.norm2(value))
    value = layer.norm1(value + attend(value))
    return layer.norm2(value + feed_forward(value))


def errors(layer):
    """Return how far the layer is from its sub-layers put together, fused and unfused."""
    expected = by_hand(layer, source)
    with torch.no_grad():
        fused_output = layer(source)
    return {
        "fused": difference(fused_output, expected),
        "unfused": difference(layer(source), expected),
    }


post_norm_errors = errors(layer)
print(f"post-norm, error against its sub-layers: {max(post_norm_errors.values()):.0e}")
assert max(post_norm_errors.values()) < 1e-4, (
    "Post-norm, fused or not, is norm1(x + attention(x)), then norm2(x + feed_forward(x))."
)
pre_norm_errors = errors(build(norm_first=True, activation="gelu"))
print(f"pre-norm, error against its sub-layers: {max(pre_norm_errors.values()):.0e}")
assert max(pre_norm_errors.values()) < 1e-4, (
    "Pre-norm, fused or not, is x + attention(norm1(x)), then x + feed_forward(norm2(x))."
)

bias = torch.zeros(5, 5, device=device)
bias[:, 0] = 0.5  # attend a little more to position 0
hidden = bias > 0  # do not attend to position 0 at all
with torch.no_grad():
    fused_bias = layer(source, src_mask=bias)
unfused_bias = layer(source, src_mask=bias)
unfused_hidden = layer(source, src_mask=hidden)
print(f"a mask of 0.5: fused and unfused differ by {difference(fused_bias, unfused_bias):.3f}")
assert difference(fused_bias, unfused_hidden) < 1e-4 and (
    difference(fused_bias, unfused_bias) > 0.01
), "For the fused operator a mask value of 0.5 hides the position, as True would."
