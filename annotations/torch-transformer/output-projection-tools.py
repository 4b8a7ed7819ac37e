"""Wrap, prune, quantise and parametrize the output projection that attention never calls."""

import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrize, prune

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore")  # of what torch.ao is to become

x = torch.randn(2, 5, 16, device=device)
low, high = torch.randn(2, 16, device=device), torch.randn(16, 2, device=device)


def build():
    """Build an attention with the same parameters each time; it is in eval mode."""
    torch.manual_seed(1)
    attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
    for parameter in attention.parameters():
        nn.init.uniform_(parameter, -0.7, 0.7)
    return attention


def outputs(attention):
    """Return the output in Python, and that of the native operator."""
    attended = attention(x, x, x, need_weights=False)[0]
    with torch.no_grad():
        return attended, attention(x, x, x, need_weights=False)[0]


def difference(first, second):
    return (first - second).abs().max().item()


def by_hand(attention, weight):
    """Compute the output with this weight in place of that of out_proj."""
    packed = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
    query, key, value = (each.unflatten(-1, (4, 4)).transpose(1, 2) for each in packed)
    heads = torch.softmax(query @ key.mT / 2, dim=-1) @ value
    return F.linear(heads.transpose(1, 2).flatten(2), weight, attention.out_proj.bias)


class Adapted(nn.Module):
    """Add a low-rank product to the output of a linear layer, and show the layer's weight."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.low, self.high = nn.Parameter(low.clone()), nn.Parameter(high.clone())

    weight = property(lambda self: self.base.weight)
    bias = property(lambda self: self.base.bias)

    def forward(self, value):
        return self.base(value) + value @ self.low.T @ self.high.T


wrapped = build()
weight = wrapped.out_proj.weight
plain = by_hand(wrapped, weight)
wrapped.out_proj = Adapted(wrapped.out_proj)
gaps = [difference(output, plain) for output in outputs(wrapped)]
wrapped(x, x, x, need_weights=False)[0].sum().backward()
print("wrapped: off by", gaps, "and the gradient is", wrapped.out_proj.low.grad)
untrained = wrapped.out_proj.low.grad is None and wrapped.out_proj.high.grad is None
assert max(gaps) < 1e-5 and untrained, (
    "A wrapper that adds to the output of out_proj changes nothing, and its parameters get no "
    "gradient, in Python and in the native operator."
)


def refusal(attention):
    try:
        attention(x, x, x, need_weights=False)
    except (AttributeError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"


class Shown(nn.Sequential):
    """A Sequential that shows the weight and the bias of its first part."""

    weight = property(lambda self: self[0].weight)
    bias = property(lambda self: self[0].bias)


said = {}
for wrap in (nn.Sequential, Shown):
    sequential = build()
    sequential.out_proj = wrap(sequential.out_proj)
    said[wrap.__name__] = refusal(sequential)
gap = difference(outputs(sequential)[0], plain)
print("wrapped:", said, "off by", gap)
assert (said, gap < 1e-5) == (
    {
        "Sequential": "AttributeError: 'Sequential' object has no attribute 'weight'",
        "Shown": "none",
    },
    True,
), (
    "With out_proj wrapped in a Sequential the call raises an AttributeError about weight; "
    "if that shows weight and bias it gives the same as before."
)

pruned = build()
prune.l1_unstructured(pruned.out_proj, "weight", amount=0.5)
before = pruned.out_proj.weight.detach().clone()
optimizer = torch.optim.SGD(pruned.parameters(), lr=1.0)
said = []
for _ in range(2):
    optimizer.zero_grad()
    try:
        pruned(x, x, x, need_weights=False)[0].pow(2).sum().backward()
        said.append("none")
    except RuntimeError as error:
        said.append(str(error)[:50])
    optimizer.step()
fresh = pruned.out_proj.weight_orig * pruned.out_proj.weight_mask
stale = torch.equal(pruned.out_proj.weight, before), difference(fresh, before) > 0.1
print("pruned: the weight is stale:", stale, "and backward says", said)
assert stale == (True, True) and said == [
    "none",
    "Trying to backward through the graph a second time",
], (
    "After pruning, a step of the optimizer leaves the weight in use as it was, "
    "and the second backward raises."
)

kinds, models = {}, {}
for name, layer in {"out_proj": build(), "nn.Linear": nn.Linear(16, 16)}.items():
    model = nn.Sequential(layer)
    models[name] = torch.ao.quantization.quantize_dynamic(model, {nn.Linear})[0]
kinds = [type(models["out_proj"].out_proj).__name__, type(models["nn.Linear"]).__module__[:8]]
gap = difference(outputs(models["out_proj"])[0], plain)
print("after quantize_dynamic:", kinds, "off by", gap)
assert (kinds, gap < 1e-5) == (["NonDynamicallyQuantizableLinear", "torch.ao"], True), (
    "quantize_dynamic replaces an nn.Linear and leaves out_proj alone, which is a "
    "NonDynamicallyQuantizableLinear: attention gives what it gave before."
)

quantised = build()
quantised.out_proj = models["nn.Linear"]
said = [refusal(quantised.train(mode)) for mode in (True, False)]
print(*said, sep="\n")
assert said == [
    "TypeError: linear(): argument 'weight' (position 2) must be Tensor, not method",
    "AttributeError: 'function' object has no attribute 'device'",
], (
    "A dynamically quantised nn.Linear in place of out_proj raises an error, a TypeError in "
    "training, for its weight is a method."
)


class LowRank(nn.Module):
    """Add a low-rank product to a weight."""

    def __init__(self):
        super().__init__()
        self.low, self.high = nn.Parameter(low.clone()), nn.Parameter(high.clone())

    def forward(self, weight):
        return weight + self.high @ self.low


changed = by_hand(wrapped, weight + high @ low)
parametrized = build()
parametrize.register_parametrization(parametrized.out_proj, "weight", LowRank())
gaps = [difference(output, changed) for output in outputs(parametrized)]
parametrized(x, x, x, need_weights=False)[0].pow(2).sum().backward()
gradient = parametrized.out_proj.parametrizations.weight[0].low.grad
print("parametrized: off by", gaps, "and the gradient is up to", gradient.abs().max().item())
assert max(gaps) < 1e-4 and gradient.abs().max() > 0.1, (
    "A low-rank parametrization of the weight gives the output of the changed weight "
    "in both paths, and trains."
)

merged = build()
with torch.no_grad():
    merged.out_proj.weight += high @ low
assert max(difference(output, changed) for output in outputs(merged)) < 1e-4, (
    "A weight with the low-rank product added gives the same."
)
