"""Write an encoder layer around scaled_dot_product_attention, with the weights of torch's."""

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


class Layer(nn.Module):
    """Self-attention and a feed-forward block, pre-norm or post-norm, and a cache if given."""

    def __init__(self, width, heads, hidden, norm_first=False):
        super().__init__()
        self.heads, self.norm_first = heads, norm_first
        self.projection, self.mixing = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def attend(self, x, allowed, cache):
        """Attend over x, and over what the cache holds; `allowed` is True where a key is seen."""
        projected = self.projection(x).unflatten(-1, (3, self.heads, -1))
        q, k, v = projected.permute(2, 0, 3, 1, 4)  # each (batch, heads, seq, head_dim)
        if cache is not None:
            k, v = (torch.cat(pair, dim=2) for pair in zip(cache, (k, v), strict=True))
            cache[:] = k, v
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        return self.mixing(heads.transpose(1, 2).flatten(2))

    def forward(self, x, allowed=None, cache=None):
        if self.norm_first:
            x = x + self.attend(self.norm1(x), allowed, cache)
            return x + self.linear2(self.linear1(self.norm2(x)).relu())
        x = self.norm1(x + self.attend(x, allowed, cache))
        return self.norm2(x + self.linear2(self.linear1(x).relu()))


def pair(norm_first):
    """Return torch's layer, and ours with its weights."""
    theirs = nn.TransformerEncoderLayer(
        16, 4, 32, dropout=0.0, batch_first=True, norm_first=norm_first, device=device
    )
    for parameter in theirs.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    ours = Layer(16, 4, 32, norm_first).to(device)
    names = {"self_attn.in_proj_": "projection.", "self_attn.out_proj.": "mixing."}
    weights = theirs.state_dict()
    for old, new in names.items():
        weights = {name.replace(old, new): weight for name, weight in weights.items()}
    ours.load_state_dict(weights)
    return theirs, ours


def gap(first, second):
    return (first - second).abs().max().item()


causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
padding = torch.tensor([[False] * 5, [False, True, False, False, True]], device=device)
allowed = ~(causal | padding[:, None, None])  # (batch, 1, query, key), True is seen
outputs, gradients, steps = {}, {}, {}
for norm_first in (False, True):
    theirs, ours = pair(norm_first)
    x = torch.randn(2, 5, 16, device=device, requires_grad=True)
    expected = theirs(x, src_mask=causal, src_key_padding_mask=padding)
    output = ours(x, allowed)
    name = "pre-norm" if norm_first else "post-norm"
    outputs[name] = gap(output, expected)
    weight = torch.randn(2, 5, 16, device=device)
    found, wanted = (torch.autograd.grad((y * weight).sum(), x)[0] for y in (output, expected))
    gradients[name] = gap(found, wanted)
    with torch.no_grad():
        cache = [torch.empty(2, 4, 0, 4, device=device) for _ in "kv"]
        rows = []
        for i in range(5):
            if must_fail(
                "With a cache, one position at a time gives the rows of torch's layer under a "
                "causal mask."
            ):
                cache = [torch.zeros_like(part) for part in cache]
            seen = allowed[:, :, i : i + 1, : i + 1]
            rows.append(ours(x[:, i : i + 1], seen, cache))
        steps[name] = gap(torch.cat(rows, dim=1), expected)

print("outputs differ by", outputs)
assert max(outputs.values()) < 1e-5, (
    "With the same weights and masks, the layer by hand gives the output of torch's, post-norm and "
    "pre-norm."
)
print("gradients differ by", gradients)
assert max(gradients.values()) < 1e-4, "The gradients of the input are the same, too."
print("one position at a time differs by", steps)
assert max(steps.values()) < 1e-5, (
    "With a cache, one position at a time gives the rows of torch's layer under a causal mask."
)
