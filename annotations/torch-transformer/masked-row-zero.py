"""Hide every key of one query, and follow what comes of it forwards and backwards."""

import copy

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cpu"  # what is told of kernels is told of those of a CPU

attention = nn.MultiheadAttention(16, 4, device=device)  # sequence first, with gradients
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.eye_(attention.out_proj.weight)  # the heads as they come
nn.init.zeros_(attention.out_proj.bias)
x = torch.randn(5, 2, 16, device=device)
value = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)[2]

ROW = 1  # the query that may see no key
mask = torch.randn(5, 5, device=device)
mask[ROW] = -torch.inf


def attend(mask, need_weights=False, kernel=SDPBackend.FLASH_ATTENTION):
    with sdpa_kernel(kernel):
        return attention(x, x, x, attn_mask=mask, need_weights=need_weights)


output, weights = attend(mask, need_weights=True)
rows = {
    "output": output.isnan().any(dim=-1).any(dim=-1).tolist(),
    "weights": weights.isnan().any(dim=-1).any(dim=0).tolist(),
}
print("rows with NaN:", rows)
show_grid("Attention weights: query 1 sees no key", weights[0], rows="query", columns="key")
only = [row == ROW for row in range(5)]
assert rows == {"output": only, "weights": only}, (
    "With need_weights=True, a row whose scores are all minus infinity has NaN for attention "
    "weights and for output."
)

kernels = SDPBackend.FLASH_ATTENTION, SDPBackend.MATH
zero = {
    kernel.name: [(row == 0).all().item() for row in attend(mask, kernel=kernel)[0]]
    for kernel in kernels
}
print("rows that are 0:", zero)
assert zero == {"FLASH_ATTENTION": only, "MATH": only}, (
    "With need_weights=False the row is exactly 0, from the flash kernel of the CPU and from the "
    "matmuls."
)

biased = copy.deepcopy(attention)
nn.init.uniform_(biased.out_proj.bias, 0.5, 1.5)
row = biased(x, x, x, attn_mask=mask, need_weights=False)[0][ROW]
print("with a bias in out_proj it differs from that by", (row - biased.out_proj.bias).abs().max())
assert (row - biased.out_proj.bias).abs().max() < 1e-5, (
    "With need_weights=False the output of nn.MultiheadAttention for such a query is the bias of "
    "out_proj."
)


def gradients(*call):
    """Return the gradients of all parameters; the loss leaves the row out."""
    output = attend(*call)[0]
    loss = output[[row for row in range(5) if row != ROW]].pow(2).sum()
    return torch.autograd.grad(loss, list(attention.parameters()), materialize_grads=True)


names = [name for name, _ in attention.named_parameters()]
with_nan = [
    name
    for name, gradient in zip(names, gradients(mask, True), strict=True)
    if gradient.isnan().all()
]
print("with need_weights=True all of these gradients are NaN:", with_nan)
assert with_nan == ["in_proj_weight", "in_proj_bias", "out_proj.weight"], (
    "With need_weights=True such a row makes the gradients of both weight matrices NaN, though the "
    "loss leaves it out."
)

own = mask.clone()
own[ROW, ROW] = 0  # now the query sees one key
whole = gradients(own, True)
gaps = [
    (one - other).abs().max().item()
    for kernel in kernels
    for one, other in zip(gradients(mask, False, kernel), whole, strict=True)
]
print("with need_weights=False they are off by", max(gaps), "from those of a row with one key")
assert max(gaps) < 1e-4, (
    "With need_weights=False all gradients are finite, from either kernel: those of a row with one "
    "key."
)
outputs = [attend(own, need)[0] for need in (True, False)]
gaps = [(output[ROW] - value[ROW]).abs().max().item() for output in outputs]
apart = (outputs[0] - outputs[1]).abs().max().item()
assert max(*gaps, apart) < 1e-5, (
    "With one key to see, its own, the output is its value, in either branch."
)

least = mask.clone()
least[ROW] = torch.finfo(mask.dtype).min
gaps = [(attend(least, need)[0][ROW] - value.mean(dim=0)).abs().max().item() for need in (1, 0)]
assert max(gaps) < 1e-5, (
    "With the least finite number in place of minus infinity the row is the mean of all values, "
    "in either branch."
)
