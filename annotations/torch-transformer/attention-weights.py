"""Look at the attention weights that come back: of each head, averaged, and in training."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, dropout=0.5, device=device).eval()  # sequence first
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x, source = torch.randn(5, 2, 16, device=device), torch.randn(7, 2, 16, device=device)


def weights(query=x, key=source, **options):
    return attention(query, key, key, **options)[1]


def difference(first, second):
    """Return how far two tensors are apart: infinitely, if their shapes differ."""
    same = first.shape == second.shape
    return (first - second).abs().max().item() if same else torch.inf


def by_hand(key):
    """Compute each head's weights and values: `(batch, heads, seq, …)`."""
    parts = zip(attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3), strict=True)
    query, key, value = (
        F.linear(each, *part).unflatten(-1, (4, 4)).permute(1, 2, 0, 3)
        for each, part in zip((x, key, key), parts, strict=True)
    )
    return torch.softmax(query @ key.mT / 2, dim=-1), value


expected, value = by_hand(source)
heads, average = weights(average_attn_weights=False), weights()
one = weights(x[:, 1], source[:, 1], average_attn_weights=False)
one_average = weights(x[:, 1], source[:, 1])
for name, each in {"a batch": (average, heads), "one sequence": (one_average, one)}.items():
    print(name, *(tuple(tensor.shape) for tensor in each))
gaps = [
    difference(heads, expected),
    difference(average, expected.mean(dim=1)),
    difference(one, expected[1]),
    difference(one_average, expected[1].mean(dim=0)),
]
assert max(gaps) < 1e-5, (
    "The weights of the heads are returned with average_attn_weights=False only; by default it is "
    "their mean, and without a batch that dimension is missing."
)


def output_by(weights):
    """Apply weights to the values, and mix the heads; an average is every head's."""
    weights = weights if weights.dim() == 4 else weights[:, None]
    return attention.out_proj((weights @ value).permute(2, 0, 1, 3).flatten(2))


output = attention(x, source, source)[0]
by_average = output_by(average)
of_one = attention(x[:, 1], source[:, 1], source[:, 1])[0]
print(f"the output is off by {difference(output, by_average):.2f} if made from the average")
own = output_by(heads)
gaps = difference(output, own), difference(of_one, own[:, 1])
assert max(gaps) < 1e-5 and difference(output, by_average) > 0.01, (
    "The heads' own weights give the output, of a batch and of one sequence, "
    "and their average does not."
)

two = nn.MultiheadAttention(4, 2, bias=False, device=device)
with torch.no_grad():
    two.in_proj_weight.copy_(torch.eye(4, device=device).repeat(3, 1) * 20)
ends = torch.tensor([[1.0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1.0, 0]], device=device)
seen = two(torch.ones(1, 4, device=device), ends, ends)[1][0]
print("two heads, averaged:", [round(each, 3) for each in seen.tolist()])
assert difference(seen, torch.tensor([0.5, 0.0, 0.5], device=device)) < 1e-3, (
    "Of two heads that look at the first and at the last position the average is one half each."
)

sums = [weights(average_attn_weights=each).sum(dim=-1) for each in (True, False)]
assert max(difference(each, torch.ones_like(each)) for each in sums) < 1e-5, (
    "In eval mode each row of weights sums to 1, averaged or not."
)
attention.train()
sums = weights().sum(dim=-1)
print("sums of the rows in training:", [round(each, 2) for each in sums[0].tolist()])
assert (sums - 1).abs().max() > 0.05, (
    "In training a returned row of weights sums to another number than 1."
)

attention.dropout = 0.0
(gradient,) = torch.autograd.grad(weights()[..., 0].sum(), [attention.in_proj_weight])
of_mean = by_hand(source)[0].mean(dim=1)[..., 0].sum()
of_hand = torch.autograd.grad(of_mean, [attention.in_proj_weight])
reached = [part.abs().max().item() > 1e-3 for part in gradient.chunk(3)]
print("a gradient for the rows of Q, K and V:", reached)
assert difference(gradient, of_hand[0]) < 1e-5 and reached == [True, True, False], (
    "The returned weights have a gradient for the packed weight, in its rows of Q and K only."
)
