"""Find out which of two implementations a call of MultiheadAttention runs, and compare them."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")

attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
sequence_first = nn.MultiheadAttention(16, 4, device=device).eval()
sequence_first.load_state_dict(attention.state_dict())
x, y, z = torch.randn(3, 2, 5, 16, device=device)
hidden = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
floats = nn.Transformer.generate_square_subsequent_mask(5, device=device)


def operators(attention, *inputs, gradients=False, **options):
    """List the operators that one call runs."""
    with (
        torch.set_grad_enabled(gradients),
        torch.autograd.profiler.profile(use_kineto=False) as recording,
    ):
        attention(*inputs, **options)
    return [event.name for event in recording.function_events]


calls = {
    "self-attention": operators(attention, x, x, x),
    "boolean mask": operators(attention, x, x, x, attn_mask=hidden),
    "float mask": operators(attention, x, x, x, attn_mask=floats),
    "query is a copy": operators(attention, x.clone(), x, x),
    "value is a copy": operators(attention, x, x, x.clone()),
    "gradients on": operators(attention, x, x, x, gradients=True),
    "sequence first": operators(sequence_first, x, x, x),
    "training": operators(attention.train(), x, x, x),
}
attention.eval()  # as before the last call
native = [name for name, names in calls.items() if "aten::_native_multi_head_attention" in names]
print("the native operator runs:", *native, sep="\n  ")
assert native == ["self-attention", "boolean mask"], (
    "The native operator runs for batch-first self-attention in inference, "
    "with no mask or a boolean one."
)


def difference(first, second):
    return (first - second).abs().max().item()


padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
masks = {"attn_mask": hidden, "key_padding_mask": padding}
with torch.no_grad():
    native_output, native_weights = attention(x, x, x, **masks)
python_output, python_weights = attention(x, x, x, **masks)  # gradients are on here
assert difference(native_output, python_output) < 1e-5, (
    "Under a causal and a padding mask both implementations give the same output."
)
assert difference(native_weights, python_weights) < 1e-5, (
    "Both implementations give the same attention weights, too."
)

linears, gaps = [], []
for inputs in [(x, x, x), (x, y, y), (x, y, z)]:
    linears.append(operators(attention, *inputs, gradients=True).count("aten::linear"))
    transposed = sequence_first(*(tensor.transpose(0, 1) for tensor in inputs))[0]
    gaps.append(difference(attention(*inputs)[0], transposed.transpose(0, 1)))
print("multiplies for x, x, x; x, y, y; x, y, z:", linears)
assert linears == [2, 3, 4], (
    "Inputs that are identical are still so after the transpose, which saves multiplies."
)
assert max(gaps) < 1e-5, "In Python, batch_first only transposes the inputs and the output."

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
