"""Look at the one mask that the fused and native operators get for two."""

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
layer.eval()
merge = layer.self_attn.merge_masks
x = torch.randn(2, 5, 16, device=device)
mask = torch.randn(5, 5, device=device)
padding = torch.randn(2, 5, device=device)

merged, kind = merge(mask, padding, x)
assert equation("merged_mask", merged, attn_mask=mask, key_padding_mask=padding), (
    "The two masks are added, for every sequence and head."
)
kinds = {
    "none": merge(None, None, x)[1],
    "padding": merge(None, padding, x)[1],
    "attention": merge(mask, None, x)[1],
    "both": kind,
}
print("types:", kinds)
assert kinds == {"none": None, "padding": 1, "attention": 2, "both": 2}, (
    "A padding mask alone has type 1, an attention mask type 2, with or without padding; "
    "type 0 never comes back."
)


def mask_of(attn_mask, key_padding_mask):
    """Return the merged mask; an empty one if there is none."""
    made = merge(attn_mask, key_padding_mask, x)[0]
    if isinstance(made, torch.Tensor):
        return made
    return torch.zeros(0)


separate = torch.randn(8, 5, 5, device=device)
alone, expanded, viewed = mask_of(None, padding), mask_of(mask, None), mask_of(separate, None)
print("shapes:", [tuple(each.shape) for each in (alone, expanded, merged, viewed)])
assert torch.equal(alone, padding), "A padding mask alone is handed on as it is."
assert torch.equal(expanded, mask.expand(2, 4, 5, 5)), (
    "An attention mask alone is expanded to (batch, heads, seq, seq)."
)
assert torch.equal(viewed, separate.view(2, 4, 5, 5)), (
    "One with three dimensions is viewed as (batch, heads, seq, seq)."
)
held = {
    name: each.untyped_storage().nbytes() // each.element_size()
    for name, each in {"attention": expanded, "both": merged}.items()
}
print("numbers held in memory:", held)
assert held == {"attention": 25, "both": 200}, (
    "One attention mask is held once for all; with padding, once for each sequence and head."
)


def run(gradients, **masks):
    """Run the layer, in Python with gradients, else fused."""
    with torch.set_grad_enabled(gradients):
        return layer(x, **masks).detach()


def difference(first, second):
    return (first - second).abs().max().item()


hidden = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
padded = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
either = (hidden | padded.view(2, 1, 1, 5)).expand(2, 4, 5, 5).reshape(8, 5, 5)
fused = run(False, src_mask=hidden, src_key_padding_mask=padded)
gap = difference(fused, run(False, src_mask=either))
assert gap < 1e-5, "Of boolean masks the sum hides what one or the other hides."

two = torch.zeros(5, 5, device=device)
two[:, 4] = 2.0
minus_two = torch.zeros(2, 5, device=device)
minus_two[:, 4] = -2.0
cancelled = run(False, src_mask=two, src_key_padding_mask=minus_two)
gaps = {
    "no mask": difference(cancelled, run(False)),
    "one of them": difference(cancelled, run(False, src_mask=two)),
}
print("2 and -2 at one key are off", gaps)
assert gaps["no mask"] < 1e-5 < 0.01 < gaps["one of them"], (
    "2 in one mask and -2 in the other hide nothing, where either alone hides the key."
)
