"""Look at the rows that padded positions get, and at what a loss makes of them."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
head = nn.Linear(16, 7, device=device)
source = torch.randn(2, 5, 16, device=device)
padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
other = torch.where(padding.unsqueeze(-1), 3 * torch.randn_like(source), source)  # other padding


def encode(inputs):
    return layer(inputs, src_key_padding_mask=padding)


weights = layer.self_attn(source, source, source, key_padding_mask=padding)[1]
assert torch.equal(weights > 0, ~padding.unsqueeze(1).expand(2, 5, 5)), (
    "Every query, a padded one too, attends to all real keys, and to no padded one."
)
moved = ((encode(other) - encode(source)).abs().amax(dim=-1) > 1e-3).tolist()
print("rows that change with the values at the padding:", moved)
assert moved == padding.tolist(), (
    "With other values at the padding the padded rows are others, and the real ones are the same."
)

labels = torch.randint(0, 7, (2, 5), device=device)
ignored = labels.masked_fill(padding, -100)


def loss(inputs, labels):
    return F.cross_entropy(head(encode(inputs)).flatten(0, 1), labels.flatten())


gaps = {
    "all rows": (loss(other, labels) - loss(source, labels)).abs().item(),
    "padded labels -100": (loss(other, ignored) - loss(source, ignored)).abs().item(),
}
print("other padding changes the loss by", gaps)
assert gaps["padded labels -100"] < 1e-5 < 0.01 < gaps["all rows"], (
    "A loss over all rows depends on the padding, and one with labels of -100 there does not."
)
leaf = source.clone().requires_grad_()
loss(leaf, ignored).backward()
reached = (leaf.grad != 0).any(dim=-1)
assert torch.equal(reached, ~padding), (
    "Of such a loss every real position gets a gradient, and no padded one does."
)

keep = ~padding.unsqueeze(-1)
output = encode(source)
single = layer(source[:1, :3]).mean(dim=1)  # the first sequence without its padding
means = {
    "all rows": (output.mean(dim=1)[:1] - single).abs().max().item(),
    "real rows": ((output * keep).sum(dim=1) / keep.sum(dim=1) - single)[0].abs().max().item(),
}
print("the mean of a padded sequence is off by", means)
assert means["real rows"] < 1e-5 < 0.01 < means["all rows"], (
    "The mean of the real rows is that of the sequence without padding; that of all rows is not."
)
