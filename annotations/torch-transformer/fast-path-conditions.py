"""Ask three fast paths, in one situation after the other, which are taken, and why not."""

import sys
import warnings

import torch
from torch import nn
from torch.profiler import profile

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors|enable_nested_tensor")
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(2, 4, 16, device=device)
right = torch.tensor([[False, False, True, True], [False] * 4], device=device)
causal = torch.ones(4, 4, dtype=torch.bool, device=device).triu(1)
OPERATORS = {
    "_nested_tensor_from_mask": "stack",
    "_transformer_encoder_layer_fwd": "layer",
    "_native_multi_head_attention": "attention",
}


def watch(call):
    """Run a call; return which operators it ran, and what each class noted against its own."""
    ran, reasons, before = [], {}, sys.getprofile()

    def look(frame, event, what):
        if event == "c_call" and what.__name__ in OPERATORS:
            ran.append(OPERATORS[what.__name__])
        for name in ("why_not_sparsity_fast_path", "why_not_fast_path"):
            if event == "return" and name in frame.f_locals:
                reasons.setdefault(type(frame.f_locals["self"]).__name__, frame.f_locals[name])

    sys.setprofile(look)
    try:
        call()
    except (AssertionError, RuntimeError) as error:
        ran.append(str(error).partition(".")[0])
    finally:
        sys.setprofile(before)
    return ran, reasons


def build(heads=4, **options):
    options = {"dropout": 0.0, "batch_first": True, **options}
    return nn.TransformerEncoderLayer(16, heads, 32, **options, device=device).eval()


def taken(layer=None, source=source, mask=None, padding=right, gradients=False, **options):
    """Name the fast paths taken by an encoder, by its layer, and by the attention in it."""
    layer = layer or build()
    stack = nn.TransformerEncoder(layer, 1, **options)
    attention, inputs = layer.self_attn, [source] * 3
    with torch.set_grad_enabled(gradients):
        found = [
            watch(lambda: stack(source, mask, padding))[0][:1],
            watch(lambda: layer(source, mask, padding))[0][:1],
            watch(lambda: attention(*inputs, attn_mask=mask, key_padding_mask=padding))[0],
        ]
    return [name for name, ran in zip(OPERATORS.values(), found, strict=True) if name in ran]


def but(change, **options):
    """Return a layer after a change."""
    layer = build(**options)
    change(layer)
    return layer


def without_packing(layer):
    layer.self_attn._qkv_same_embed_dim = False  # as no constructor leaves it


def with_own_eps(layer):
    layer.norm1.eps = 1e-3


def with_hook(layer):
    layer.linear2.register_forward_pre_hook(lambda module, inputs: None)


def with_bias_kv(layer):
    layer.self_attn = nn.MultiheadAttention(
        16, 4, add_bias_kv=True, batch_first=True, device=device
    )
    layer.eval()


def with_zero_attn(layer):
    layer.self_attn.add_zero_attn = True


EVERY, NONE = ["stack", "layer", "attention"], []
frozen = but(lambda layer: layer.requires_grad_(False))
found = [taken(), taken(frozen, gradients=True)]
assert found == [EVERY, EVERY], (
    "In eval mode all three fast paths are taken where gradients are off, or all weights frozen."
)

found = {
    "training": taken(build().train()),
    "a gradient for the weights": taken(gradients=True),
    "a gradient for the input": taken(frozen, source.clone().requires_grad_(), gradients=True),
    "sequence first": taken(build(batch_first=False)),
    "no batch": taken(source=source[1], padding=right[1]),
    "one head": taken(build(heads=1)),
    "no biases": taken(build(bias=False)),
    "weights not packed": taken(but(without_packing)),
}
with torch.device(device):  # a torch function mode
    found["torch functions intercepted"] = taken()
torch.set_autocast_enabled("cuda", True)
found["autocast for CUDA"] = taken()
torch.set_autocast_enabled("cuda", False)
torch.backends.mha.set_fastpath_enabled(False)
found["switched off"] = taken()
torch.backends.mha.set_fastpath_enabled(True)
print("taken:", found)
assert found == dict.fromkeys(found, NONE), (
    "None of the three is taken in training, where a gradient is needed, with the sequence first, "
    "without a batch, with one head, without biases or packed weights, where "
    "torch functions are intercepted, under autocast for CUDA, or after "
    "torch.backends.mha.set_fastpath_enabled(False)."
)

found = [taken(build(activation=nn.functional.silu)), taken(but(with_own_eps))]
assert found == [["attention"]] * 2, (
    "Another activation or unequal eps leave only the attention on its fast path."
)
assert taken(build(norm_first=True)) == ["layer", "attention"], (
    "With pre-norm layers the stack makes no nested tensor, and the layer is fused."
)
assert taken(but(with_hook)) == ["stack", "attention"], (
    "A hook inside the layer keeps away the fused layer, and neither the stack nor the attention."
)

left = right.flip(1)
found = {
    "no padding mask": taken(padding=None),
    "padding on the left": taken(padding=left),
    "a mask": taken(mask=causal),
    "not enabled": taken(enable_nested_tensor=False),
}
print("taken:", found)
assert list(found.values()) == [["layer", "attention"]] * 4, (
    "The stack makes no nested tensor without a padding mask, with padding on the left, "
    "beside a mask, or with enable_nested_tensor=False."
)
assert taken(padding=left, mask_check=False) == EVERY, (
    "With mask_check=False the stack does not look at the side of the padding."
)
found = [taken(mask=causal.float(), padding=None), taken(padding=right.float())]
assert found == [["layer"], ["stack", "layer"]], (
    "A float mask keeps away the native attention, and neither the stack nor the layer."
)

extended = but(with_bias_kv)
nn.init.constant_(extended.self_attn.bias_k, 9.0)
with torch.no_grad():
    outputs = [extended(source)]
    extended.self_attn.bias_k = None
    outputs.append(extended(source))
    extended.self_attn.bias_v = None
    outputs.append(extended(source))
gap = max((outputs[0] - each).abs().max().item() for each in outputs)
found = [taken(but(with_bias_kv)), taken(but(with_zero_attn)), gap < 1e-6]
assert found == [["stack", "layer"], ["stack", "layer"], True], (
    "bias_k, bias_v and add_zero_attn keep away the native attention, but not the fused layer, "
    "which leaves them out."
)

nested = torch.nested.nested_tensor([source[0, :2], source[1]])
with torch.no_grad():
    ran = watch(lambda: build()(nested))[0], watch(lambda: build()(nested, causal))[0]
print("a nested tensor, alone and with a mask:", ran)
refusal = "MultiheadAttention does not support NestedTensor outside of its fast path"
assert ran == (["layer"], [refusal]), (
    "A nested tensor runs fused without a mask, and with one is an error."
)

self_attn = build().self_attn
with torch.no_grad():
    ran, reasons = watch(lambda: self_attn(source, source.clone(), source))
noted = reasons["MultiheadAttention"].partition(" (")[0]
assert (ran, noted) == (NONE, "non-self attention was used"), (
    "Equal query and key that are two objects keep away the native attention."
)

hooked = nn.TransformerEncoder(but(with_hook), 1)
with torch.no_grad():
    ran, reasons = watch(lambda: hooked(source, src_key_padding_mask=right))
print("noted:", reasons)
assert reasons == {
    "TransformerEncoder": "",
    "TransformerEncoderLayer": "forward pre-/hooks are attached to the module",
    "MultiheadAttention": "",
}, (
    "When forward returns, a local variable holds the reason, and an empty text if there is none; "
    "a function of sys.setprofile can read it."
)

with torch.no_grad(), profile() as recorded:
    hooked(source, src_key_padding_mask=right)
names = {event.name for event in recorded.events()}
listed = [path for operator, path in OPERATORS.items() if f"aten::{operator}" in names]
print("listed by the profiler:", listed)
assert listed == ["stack", "attention"], (
    "torch.profiler lists each of the three operators that ran, by its name behind aten::."
)
