"""Take the output of attention apart again, head by head."""

import math

import torch
from torch import nn

from srcread.lab import equation, must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

heads, head_dim = 4, 3
attention = nn.MultiheadAttention(heads * head_dim, heads, device=device)
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
x = torch.randn(5, 2, heads * head_dim, device=device)  # (seq, batch, feature)


def attend(need_weights=False):
    return attention(x, x, x, need_weights=need_weights)[0]


def output_of_head(columns):
    """Compute the head that owns these columns by itself: `(seq, batch, head_dim)`."""
    packed = x.transpose(0, 1) @ attention.in_proj_weight.T + attention.in_proj_bias
    query, key, value = (part[..., columns] for part in packed.chunk(3, dim=-1))
    weights = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(head_dim), dim=-1)
    return (weights @ value).transpose(0, 1)


def difference(first, second):
    return (first - second).abs().max().item()


columns_of = [slice(head * head_dim, (head + 1) * head_dim) for head in range(heads)]
alone = [output_of_head(columns) for columns in columns_of]
weight, bias = attention.out_proj.weight.clone(), torch.linspace(0.5, 1.5, heads * head_dim)
nn.init.eye_(attention.out_proj.weight)  # for now, the heads as they come
gaps = [difference(attend(need), torch.cat(alone, dim=-1)) for need in (False, True)]
print("one head:", tuple(alone[0].shape), "and all of them:", tuple(attend().shape))
assert max(gaps) < 1e-5, (
    "Unmixed, head h is in the columns from h * head_dim on, and is what it gives by itself, "
    "in either branch."
)

with torch.no_grad():
    attention.out_proj.weight.copy_(weight)
    attention.out_proj.bias.copy_(bias)
given = {
    "attn_output": alone,
    "out_proj_weight": attention.out_proj.weight,
    "out_proj_bias": attention.out_proj.bias,
    "num_heads": heads,
    "head_dim": head_dim,
}
assert equation("output", attend(), **given), (
    "With need_weights=False, the output is the bias plus a sum over heads, each times its own "
    "columns of out_proj."
)
assert equation("output", attend(need_weights=True), **given), (
    "With need_weights=True, the output is the same sum, by way of the other branch."
)

native = nn.MultiheadAttention(heads * head_dim, heads, batch_first=True, device=device).eval()
calls, changed = [], []
for module, gradients in ((attention, True), (native, False)):
    module.out_proj.register_forward_hook(lambda *call: calls.append("hook"))
    module.out_proj.forward = lambda value: calls.append("forward")
    if must_fail(
        "The weight of out_proj is used, yet neither a hook on it nor a patched forward is called, "
        "in training or in inference."
    ):
        module.register_forward_hook(lambda *call: calls.append("hook on the attention"))
    with torch.set_grad_enabled(gradients):
        before = module(x, x, x, need_weights=False)[0]
        nn.init.uniform_(module.out_proj.weight)
        changed.append(not torch.equal(module(x, x, x, need_weights=False)[0], before))
print("calls of out_proj:", calls, "- a new weight changes the output:", changed)
assert (calls, changed) == ([], [True, True]), (
    "The weight of out_proj is used, yet neither a hook on it nor a patched forward is called, "
    "in training or in inference."
)
