"""Give attention one mask per sequence and head, and see which goes where."""

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
x = torch.randn(2, 5, 16, device=device)
separate = torch.rand(8, 5, 5, device=device) < 0.3  # two sequences times four heads
separate[:, :, 0] = False  # every query may attend to the first key


def weights(mask, gradients=True, inputs=x):
    """Return the weights, (batch, heads, query, key): in Python, or of the native operator."""
    with torch.set_grad_enabled(gradients):
        options = {"attn_mask": mask, "average_attn_weights": False}
        return attention(inputs, inputs, inputs, **options)[1].detach()


given = {"attn_mask": separate, "num_heads": 4}
assert equation("hidden", weights(separate) == 0, **given), (
    "The mask's first dimension counts the heads of the first sequence, then those of the second."
)
assert torch.allclose(weights(separate, gradients=False), weights(separate), atol=1e-5), (
    "The native operator gives the same weights, so it takes the same order."
)

each = torch.stack([torch.ones(5, 5, device=device).triu(n + 1) > 0 for n in range(2)])
wanted = each.unsqueeze(1).expand(2, 4, 5, 5)  # (batch, heads, query, key)
right = {
    "repeat_interleave": torch.equal(weights(each.repeat_interleave(4, dim=0)) == 0, wanted),
    "repeat": torch.equal(weights(each.repeat(4, 1, 1)) == 0, wanted),
}
print("masks of sequences, given to every head:", right)
assert right == {"repeat_interleave": True, "repeat": False}, (
    "repeat_interleave(num_heads, dim=0) gives each sequence its mask in all heads; "
    "repeat mixes them up, without an error."
)
heads = torch.stack([torch.ones(5, 5, device=device).triu(h + 1) > 0 for h in range(4)])
of_heads = weights(heads.repeat(2, 1, 1)) == 0
assert torch.equal(of_heads, heads.expand(2, 4, 5, 5)), (
    "Masks of heads are repeated for the sequences: repeat(batch, 1, 1)."
)
unbatched = weights(heads, inputs=x[0])
assert torch.equal(unbatched == 0, heads), "Without a batch the mask is (heads, query, key)."


def refusal(*shape, gradients=True, inputs=x):
    """Return the error of a mask of a shape."""
    try:
        weights(torch.zeros(shape, dtype=torch.bool, device=device), gradients, inputs)
    except (AssertionError, RuntimeError) as error:
        return str(error)
    return "none"


refused = {
    (2, 5, 5): refusal(2, 5, 5),
    (2, 4, 5, 5): refusal(2, 4, 5, 5),
    (5, 4): refusal(5, 4),
}
for shape, why in refused.items():
    print(shape, "is refused:", why)
assert refused == {
    (2, 5, 5): "The shape of the 3D attn_mask is torch.Size([2, 5, 5]), but should be (8, 5, 5).",
    (2, 4, 5, 5): (
        "For batched (3-D) `query`, expected `attn_mask` to be `None`, 2-D or 3-D "
        "but found 4-D tensor instead"
    ),
    (5, 4): "The shape of the 2D attn_mask is torch.Size([5, 4]), but should be (5, 5).",
}, (
    "One mask per sequence, four dimensions and another length are errors in Python, "
    "which give both shapes."
)
natively = [refusal(*shape, gradients=False) for shape in refused]
print("and by the native operator:", natively)
assert natively == [
    "For mask_type == 2 mask shape should match input shape",
    "shape '[1, 1, 5, 5]' is invalid for input of size 200",
    "shape '[1, 1, 5, 5]' is invalid for input of size 20",
], "In inference they are errors as well, with other words."
