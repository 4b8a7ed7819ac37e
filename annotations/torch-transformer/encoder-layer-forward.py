"""Run one encoder layer fused and in Python, and rebuild it from its sub-layers."""

import sys
import warnings

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(2, 5, 16, device=device)


def build(heads=4, **options):
    """Build a layer whose norms and biases cannot be mistaken for each other."""
    options = {"dropout": 0.0, "batch_first": True, **options}
    layer = nn.TransformerEncoderLayer(16, heads, 32, **options, device=device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer.eval()


def native_calls(call, *inputs, **options):
    """List the functions not written in Python that a call runs, as Python calls them."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return names


def is_fused(layer, source=source, gradients=False, **masks):
    """Tell whether a layer runs as its one fused operator; return the error if it fails."""
    try:
        with torch.set_grad_enabled(gradients):
            names = native_calls(layer, source, **masks)
    except (AssertionError, RuntimeError) as error:
        return str(error).partition(".")[0]
    return "_transformer_encoder_layer_fwd" in names


frozen, unequal, narrow = build().requires_grad_(False), build(), build()
unequal.norm2.eps = 1e-3
narrow.self_attn = nn.MultiheadAttention(16, 4, kdim=8, batch_first=True, device=device).eval()
nested = torch.nested.nested_tensor([source[0], source[1, :3]])
no_mask = torch.zeros(5, 5, dtype=torch.bool, device=device)
fused = {
    "post-norm": is_fused(build()),
    "pre-norm": is_fused(build(norm_first=True)),
    "GELU": is_fused(build(activation="gelu")),
    "gradients on, all parameters frozen": is_fused(frozen, gradients=True),
    "gradients on": is_fused(build(), gradients=True),
    "a gradient for the input": is_fused(frozen, source.clone().requires_grad_(), gradients=True),
    "training": is_fused(build().train()),
    "sequence first": is_fused(build(batch_first=False)),
    "no batch": is_fused(build(), source[0]),
    "no biases": is_fused(build(bias=False)),
    "SiLU": is_fused(build(activation=nn.functional.silu)),
    "one head": is_fused(build(heads=1)),
    "unequal eps": is_fused(unequal),
    "keys of another width": is_fused(narrow),
    "a nested tensor": is_fused(build(), nested),
    "a nested tensor and a mask": is_fused(build(), nested, src_mask=no_mask),
}
torch.set_autocast_enabled("cuda", True)
fused["autocast for CUDA"] = is_fused(build())
torch.set_autocast_enabled("cuda", False)
torch.backends.mha.set_fastpath_enabled(False)
fused["switched off"] = is_fused(build())
torch.backends.mha.set_fastpath_enabled(True)
print("fused:", fused)
expected = dict.fromkeys(fused, False) | {
    "post-norm": True,
    "pre-norm": True,
    "GELU": True,
    "gradients on, all parameters frozen": True,
    "a nested tensor": True,
    "keys of another width": "expecting key weights shape of (16, 16), but got torch",
    "a nested tensor and a mask": (
        "MultiheadAttention does not support NestedTensor outside of its fast path"
    ),
}
assert fused == expected, (
    "The fused operator runs in eval mode with batch_first where no gradient is needed; not if "
    "there is no batch, no bias, another activation than ReLU or GELU, an odd number of heads, "
    "unequal eps or autocast for CUDA, nor after torch.backends.mha.set_fastpath_enabled(False)."
)


def outcome(layer, gradients=False, **options):
    """Return the error of a call, or say that there was none."""
    try:
        with torch.set_grad_enabled(gradients):
            layer(source, **options)
    except (AttributeError, RuntimeError) as error:
        return str(error)
    return "no error"


def broken(*inputs, **options):
    raise RuntimeError("a sub-layer was called")


patched = build()
for child in patched.children():
    child.forward = broken
outcomes = {"in inference": outcome(patched), "gradients on": outcome(patched, gradients=True)}
print("with every sub-layer broken:", outcomes)
assert outcomes == {"in inference": "no error", "gradients on": "a sub-layer was called"}, (
    "With the forward of every sub-layer broken a layer still works in inference, "
    "and fails with gradients on."
)

replaced = build()
replaced.linear1 = nn.Sequential(replaced.linear1)
outcomes = [
    outcome(replaced),
    outcome(replaced, gradients=True),
    outcome(replaced.train(), gradients=True),
]
print("with linear1 in a Sequential:", outcomes)
missing = "'Sequential' object has no attribute 'weight'"
assert outcomes == [missing, missing, "no error"], (
    "With linear1 wrapped in a Sequential, eval mode raises an AttributeError, "
    "even with gradients on; training works."
)

names = [name for name, _ in build().named_modules()]
hooked, called = {}, []
for name in names:
    layer = build()
    layer.get_submodule(name).register_forward_hook(lambda *call, name=name: called.append(name))
    hooked[name] = is_fused(layer)
print("fused, with a hook on one module:", hooked)
assert hooked == dict.fromkeys(names, False), (
    "A forward hook on the layer or on any module inside it keeps the fused operator away."
)
assert called == [name for name in names if name != "self_attn.out_proj"], (
    "Such a hook is then called, unless it is on self_attn.out_proj."
)


def in_inference(layer, **masks):
    with torch.no_grad():
        return layer(source, **masks)


def difference(first, second):
    return (first - second).abs().max().item()


gelu, post = build(activation="gelu"), build()
assert (
    equation("output", post(source), x=source, self=post)
    and equation("output", in_inference(post), x=source, self=post)
    and equation("output", gelu(source), x=source, self=gelu)
    and equation("output", in_inference(gelu), x=source, self=gelu)
), "Post-norm, fused or not, is norm1(x + attention(x)), then norm2(x + feed_forward(x))."

pre = build(norm_first=True)
assert equation("output #2", pre(source), x=source, self=pre) and equation(
    "output #2", in_inference(pre), x=source, self=pre
), "Pre-norm, fused or not, is x + attention(norm1(x)), then x + feed_forward(norm2(x))."

bias = torch.zeros(5, 5, device=device)
values = torch.tensor([0.5, -0.5, 3.0, 1e-6, -1e-30], device=device)
bias[:, 0] = values  # attend a little more to position 0, or less
hidden = bias != 0  # do not attend to position 0 at all
with_bias = {"Python": post(source, src_mask=bias), "fused": in_inference(post, src_mask=bias)}
gap = difference(with_bias["fused"], with_bias["Python"])
print(f"with small values in the mask, fused and Python differ by {gap:.2f}")
assert gap > 0.01, (
    "With finite values in a float mask the fused operator and the Python path disagree."
)
assert difference(with_bias["fused"], post(source, src_mask=hidden)) < 1e-4, (
    "The fused operator takes any value but 0 for True, and hides the position."
)


def rows_of_nan(output):
    return output.isnan().any(dim=-1).tolist()


padding = torch.tensor([[True] * 5, [False] * 5], device=device)  # one sequence is all padding
masks = {"src_key_padding_mask": padding}
rows = {
    "training": rows_of_nan(build().train()(source, **masks)),
    "gradients on": rows_of_nan(post(source, **masks)),
    "fused": rows_of_nan(in_inference(post, **masks)),
}
print("rows with NaN, where one sequence is all padding:", rows)
none, first = [[False] * 5] * 2, padding.tolist()
assert rows == {"training": none, "gradients on": none, "fused": first}, (
    "A sequence that is all padding is NaN where the layer runs fused, "
    "and finite in training and with gradients on."
)

causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
left = torch.tensor([[True, True, False, False, False], [False] * 5], device=device)
masks = {"src_mask": causal, "src_key_padding_mask": left}
with torch.no_grad():
    once = post(source, **masks)
    twice = post(once, **masks)
python = post(post(source, **masks), **masks)  # gradients are on
rows = {"one fused": rows_of_nan(once), "two fused": rows_of_nan(twice), "two": rows_of_nan(python)}
print("and with left padding under a causal mask:", rows)
assert rows == {"one fused": left.tolist(), "two fused": first, "two": none}, (
    "Under a causal mask, of a sequence with padding on the left one fused layer makes the padded "
    "rows NaN and a second all rows; with gradients on all are finite."
)

everywhere = values.expand(5, 5)
rows = {
    "gradients on": rows_of_nan(post(source, src_mask=everywhere)),
    "fused": rows_of_nan(in_inference(post, src_mask=everywhere)),
}
print("and with no 0 in the mask:", rows)
assert rows == {"gradients on": none, "fused": [[True] * 5] * 2}, (
    "A float mask without any 0 makes every row NaN where the layer runs fused, "
    "and none with gradients on."
)
