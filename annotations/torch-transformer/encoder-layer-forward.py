"""Run one encoder layer fused and in Python, and rebuild it from its sub-layers."""

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(2, 5, 16, device=device)


def build(**options):
    """Build a layer whose norms and biases cannot be mistaken for each other."""
    options = {"dropout": 0.0, "batch_first": True, **options}
    layer = nn.TransformerEncoderLayer(16, 4, 32, **options, device=device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer.eval()


def is_fused(layer, gradients=False):
    """Tell whether a layer runs as its one fused operator."""
    with (
        torch.set_grad_enabled(gradients),
        torch.autograd.profiler.profile(use_kineto=False) as recording,
    ):
        layer(source)
    return "aten::_transformer_encoder_layer_fwd" in {e.name for e in recording.function_events}


hooked = build()
hooked.norm2.register_forward_hook(lambda *call: None)
fused = {
    "post-norm": is_fused(build()),
    "pre-norm": is_fused(build(norm_first=True)),
    "gradients on": is_fused(build(), gradients=True),
    "training": is_fused(build().train()),
    "sequence first": is_fused(build(batch_first=False)),
    "a hook inside": is_fused(hooked),
}
print("fused:", fused)
assert [name for name, one in fused.items() if one] == ["post-norm", "pre-norm"], (
    "The fused operator takes over in eval mode, without gradients, with batch_first and no hooks."
)


def broken(*inputs, **options):
    raise RuntimeError("a sub-layer was called")


layer = build()
for child in layer.children():
    child.forward = broken
outcomes = {}
for name, gradients in {"in inference": False, "gradients on": True}.items():
    try:
        with torch.set_grad_enabled(gradients):
            layer(source)
        outcomes[name] = "no error"
    except RuntimeError as error:
        outcomes[name] = str(error)
print("with every sub-layer broken:", outcomes)
assert outcomes == {"in inference": "no error", "gradients on": "a sub-layer was called"}, (
    "With every sub-layer broken a layer still works in inference, and fails with gradients on."
)


def in_inference(layer, **masks):
    with torch.no_grad():
        return layer(source, **masks)


def attend(layer, x):
    return layer.self_attn(x, x, x, need_weights=False)[0]


def feed_forward(layer, x):
    return layer.linear2(layer.linear1(x).relu())


def difference(first, second):
    return (first - second).abs().max().item()


post = build()
x = post.norm1(source + attend(post, source))
x = post.norm2(x + feed_forward(post, x))
assert max(difference(post(source), x), difference(in_inference(post), x)) < 1e-4, (
    "Post-norm, fused or not, is norm1(x + attention(x)), then norm2(x + feed_forward(x))."
)

pre = build(norm_first=True)
x = source + attend(pre, pre.norm1(source))
x = x + feed_forward(pre, pre.norm2(x))
assert max(difference(pre(source), x), difference(in_inference(pre), x)) < 1e-4, (
    "Pre-norm, fused or not, is x + attention(norm1(x)), then x + feed_forward(norm2(x))."
)

bias = torch.zeros(5, 5, device=device)
bias[:, 0] = 0.5  # attend a little more to position 0
hidden = bias > 0  # do not attend to position 0 at all
with_bias = {"Python": post(source, src_mask=bias), "fused": in_inference(post, src_mask=bias)}
gap = difference(with_bias["fused"], with_bias["Python"])
print(f"with 0.5 in the mask, fused and Python differ by {gap:.2f}")
assert gap > 0.01, "With 0.5 in a float mask the fused operator and the Python path disagree."
assert difference(with_bias["fused"], post(source, src_mask=hidden)) < 1e-4, (
    "The fused operator takes 0.5 for True, and hides the position."
)
