"""Find out which of the two implementations of attention a call runs, and compare them."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")


def build(**options):
    """Build an attention module whose biases are not zero."""
    attention = nn.MultiheadAttention(16, 4, **{"batch_first": True, **options}, device=device)
    nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
    nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
    return attention.eval()


def operators(gradients, attention, *inputs, **options):
    """List the operators that one call of the attention module runs."""
    with (
        torch.set_grad_enabled(gradients),
        torch.autograd.profiler.profile(use_kineto=False) as recording,
    ):
        attention(*inputs, **options)
    return [event.name for event in recording.function_events]


def is_native(*inputs, attention=None, gradients=False, **options):
    names = operators(gradients, attention or build(), *inputs, **options)
    return "aten::_native_multi_head_attention" in names


def difference(first, second):
    return (first - second).abs().max().item()


x = torch.randn(2, 5, 16, device=device)
hidden = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
additive = nn.Transformer.generate_square_subsequent_mask(5, device=device)
native = {
    "self-attention": is_native(x, x, x),
    "boolean mask": is_native(x, x, x, attn_mask=hidden),
    "the same mask in floats": is_native(x, x, x, attn_mask=additive),
    "query is a copy": is_native(x.clone(), x, x),
    "value is a copy": is_native(x, x, x.clone()),
    "gradients on": is_native(x, x, x, gradients=True),
    "training": is_native(x, x, x, attention=build().train()),
    "sequence first": is_native(x, x, x, attention=build(batch_first=False)),
}
print("native:", native)
assert [case for case, one in native.items() if one] == ["self-attention", "boolean mask"], (
    "The native operator runs for batch-first self-attention in inference, "
    "with no mask or a boolean one."
)

attention = build()
padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
masks = {"attn_mask": hidden, "key_padding_mask": padding}
with torch.no_grad():
    native_output, native_weights = attention(x, x, x, **masks)
python_output, python_weights = attention(x, x, x, **masks)  # gradients are on here
gap = max(difference(native_output, python_output), difference(native_weights, python_weights))
print(f"the implementations differ by {gap:.0e}")
assert gap < 1e-5, (
    "Under a causal and a padding mask both implementations give the same output and weights."
)

y, z = torch.randn(2, 2, 7, 16, device=device)
multiplies = {
    "x, x, x": operators(True, attention, x, x, x).count("aten::linear"),
    "x, y, y": operators(True, attention, x, y, y).count("aten::linear"),
    "x, y, z": operators(True, attention, x, y, z).count("aten::linear"),
}
print("linear operators in Python:", multiplies)
assert multiplies == {"x, x, x": 2, "x, y, y": 3, "x, y, z": 4}, (
    "Inputs that are identical stay identical when batch_first input is transposed, "
    "which saves projections."
)

sequence_first = build(batch_first=False)
sequence_first.load_state_dict(attention.state_dict())
gaps = {}
for name, inputs in {"x, x, x": (x, x, x), "x, y, y": (x, y, y), "x, y, z": (x, y, z)}.items():
    expected, _ = sequence_first(*(tensor.transpose(0, 1) for tensor in inputs))
    gaps[name] = difference(attention(*inputs)[0], expected.transpose(0, 1))
assert max(gaps.values()) < 1e-5, (
    "In Python, batch_first is a transpose on the way in and one on the way out, and no more."
)

nested = torch.nested.nested_tensor([x[0], x[1, :3]])
try:
    attention(nested, nested, nested)  # gradients are on
    refusal = "none"
except (AssertionError, RuntimeError) as error:
    refusal = str(error)
print("a nested tensor is refused because", refusal.partition("because ")[2])
assert "NestedTensor outside of its fast path" in refusal and "requires_grad" in refusal, (
    "A nested tensor that the native operator refuses is an error that gives the reason."
)
