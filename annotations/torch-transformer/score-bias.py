"""Add a bias to the scores of attention, and differentiate by it."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cpu"  # what is told of kernels is told of those of a CPU

attention = nn.MultiheadAttention(16, 4, device=device)  # sequence first, with gradients
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.eye_(attention.out_proj.weight)  # the heads as they come
nn.init.zeros_(attention.out_proj.bias)
x = torch.randn(5, 2, 16, device=device)
bias = torch.randn(5, 5, device=device)

projected = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
query, key, value = (each.unflatten(-1, (4, 4)).permute(1, 2, 0, 3) for each in projected)
given = {"q": query, "k": key, "head_dim": 4, "attn_mask": bias}


def weights_with(mask):
    return attention(x, x, x, attn_mask=mask, average_attn_weights=False)[1]


def output_with(mask, need_weights=False):
    return attention(x, x, x, attn_mask=mask, need_weights=need_weights)[0]


def difference(first, second):
    return (first - second).abs().max().item()


assert equation("attn_output_weights", weights_with(bias), **given), (
    "With need_weights=True, a float mask is added to the scores after they are scaled."
)
heads = output_with(bias).unflatten(-1, (4, 4)).permute(1, 2, 0, 3)
assert equation("attn_output", heads, **given, v=value), (
    "With need_weights=False, the same mask gives the output of the same formula."
)


def odds(weights):
    """Return the odds of the first key: its weight against that of all others together."""
    return weights[..., 0] / weights[..., 1:].sum(dim=-1)


def weights_in(mask, need_weights):
    """Return the averaged weights; without them, read them off an output of unit vectors."""
    ones = F.one_hot(torch.arange(5), 16).float().to(device)  # the value of key i is unit vector i
    plain = nn.MultiheadAttention(16, 1, device=device, bias=False)
    with torch.no_grad():
        plain.in_proj_weight.copy_(attention.in_proj_weight)
        plain.in_proj_weight[32:] = torch.eye(16, device=device)
        plain.out_proj.weight.copy_(torch.eye(16, device=device))
    return plain(x[:, 0], x[:, 1], ones, attn_mask=mask, need_weights=need_weights)[0][:, :5]


first = torch.zeros(5, 5, device=device)
first[:, 0] = math.log(2)
factors = [
    odds(weights_in(first, need)) / odds(weights_in(torch.zeros_like(first), need))
    for need in (True, False)
]
print("log 2 multiplies the odds by", factors[0].tolist())
assert max(difference(factor, torch.full_like(factor, 2)) for factor in factors) < 1e-4, (
    "A mask of log 2 doubles the odds of a key, in either branch."
)

first[:, 0] = -math.inf
rest = weights_with(None)[..., 1:]
expected = F.pad(rest / rest.sum(dim=-1, keepdim=True), (1, 0))
assert difference(weights_with(first), expected) < 1e-5, (
    "A mask of minus infinity gives a key the weight 0, and the others what they would get "
    "without it."
)


def gradients(need_weights):
    """Return the gradients of the mask, the input and the parameters, in this order."""
    leaf, mask = x.clone().requires_grad_(), bias.clone().requires_grad_()
    output = attention(leaf, leaf, leaf, attn_mask=mask, need_weights=need_weights)[0]
    wanted = [mask, leaf, *attention.parameters()]
    return torch.autograd.grad(output.pow(2).sum(), wanted, materialize_grads=True)


(of_mask, *with_weights), (of_other_mask, *without) = gradients(True), gradients(False)
gaps = [difference(*pair) for pair in zip(with_weights, without, strict=True)]
print("gradients of input and parameters differ by", max(gaps))
assert max(gaps) < 1e-4, (
    "The gradients of the input and of all parameters are the same in both branches."
)
steep = of_mask.abs().max().item() > 0.1 and of_other_mask.abs().max().item() > 0.1
assert steep and difference(of_mask, of_other_mask) < 1e-4, (
    "The mask gets a gradient, too, and it is the same in both branches and not 0."
)


def backward_of(tensor):
    """List the operators that a backward pass from this tensor goes through."""
    nodes, left = set(), [tensor.grad_fn]
    while left:
        node = left.pop()
        if node is not None and node not in nodes:
            nodes.add(node)
            left += [before for before, _ in node.next_functions]
    return {node.name() for node in nodes}


is_flash = {
    "learned": any("Flash" in name for name in backward_of(output_with(bias.requires_grad_()))),
    "fixed": any("Flash" in name for name in backward_of(output_with(bias.detach()))),
}
print("flash attention, by the mask:", is_flash)
assert is_flash == {"learned": False, "fixed": True}, (
    "A mask that needs a gradient is not handed to the flash kernel; one that needs none is."
)
