"""Drop attention weights in training and in eval mode, by the module and by the function."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cpu"  # what is told of kernels is told of those of a CPU

attention = nn.MultiheadAttention(16, 4, dropout=0.5, device=device)  # sequence first
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x = torch.randn(5, 3, 16, device=device)
query, key, value = torch.randn(3, 2, 4, 5, 8, device=device)


def agree(call):
    """Tell whether two calls give the same."""
    return torch.equal(call(), call())


def attend(training, need_weights):
    return attention.train(training)(x, x, x, need_weights=need_weights)[0]


same = {
    (mode, need): agree(lambda mode=mode, need=need: attend(mode == "train", need))
    for mode in ("train", "eval")
    for need in (True, False)
}
print("two calls agree, by mode and need_weights:", same)
assert same == {
    ("train", True): False,
    ("train", False): False,
    ("eval", True): True,
    ("eval", False): True,
}, "In eval mode two calls agree, in training they differ, with need_weights=True and with False."


class Own(nn.Module):
    """A module that hands its probability on, whatever its mode is."""

    def forward(self, query, key, value):
        return F.scaled_dot_product_attention(query, key, value, dropout_p=0.5)


own = Own()
same = {}
for mode in (True, False):
    own.train(mode)
    with torch.set_grad_enabled(mode):
        same["function", mode] = agree(lambda: own(query, key, value))
        same["module", mode] = agree(lambda mode=mode: attend(mode, False))
print("two calls agree, by training:", same)
assert same == {
    ("function", True): False,
    ("module", True): False,
    ("function", False): False,
    ("module", False): True,
}, (
    "Between modes, only the training flag decides for the module; "
    "scaled_dot_product_attention drops in each, with dropout_p."
)


def weights(training):
    return attention.train(training)(x, x, x, average_attn_weights=False)[1]


kept = weights(training=False)
ratios = weights(training=True) / kept
print("in training, a weight is that of eval mode times", ratios.unique().tolist())
dropped = (ratios == 0).float().mean().item()
stays = ratios[ratios != 0]
assert (stays - 2).abs().max() < 1e-5 and 0.3 < dropped < 0.7, (
    "In training a returned weight is 0 or that of eval mode divided by 1 - dropout_p."
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


def is_flash(training, dropout):
    attention.dropout = dropout
    return any("Flash" in name for name in backward_of(attend(training, False)))


flash = {
    "training": is_flash(True, 0.5),
    "training, 0.0": is_flash(True, 0.0),
    "eval": is_flash(False, 0.5),
}
print("flash kernel:", flash)
assert flash == {"training": False, "training, 0.0": True, "eval": True}, (
    "With need_weights=False, dropout in training keeps the flash kernel of the CPU away; eval "
    "mode and a dropout of 0 do not."
)

attention.dropout = 0.0
of_eval = attend(False, True)
outputs = [attend(mode, need) for mode in (True, False) for need in (True, False)]
assert max((output - of_eval).abs().max().item() for output in outputs) < 1e-5, (
    "With the number set to 0 training gives what eval mode gives."
)
