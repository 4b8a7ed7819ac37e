"""See how a padding mask joins the attention mask, and what a float one of 1 does."""

import math
import sys
import warnings

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="Support for mismatched")

attention = nn.MultiheadAttention(16, 4, dropout=0.0, batch_first=True, device=device)
x = torch.randn(2, 5, 16, device=device)
scores = torch.randn(5, 5, device=device)
padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
hiding = torch.zeros(2, 5, device=device).masked_fill(padding, -math.inf)
numbers = torch.randn(2, 5, device=device)


def handed_on(**masks):
    """Return the mask that scaled_dot_product_attention gets: (batch, heads, query, key)."""
    seen, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call" and what.__name__ == "scaled_dot_product_attention":
            seen.append(frame.f_locals["attn_mask"])

    sys.setprofile(note)
    try:
        attention(x, x, x, need_weights=False, **masks)
    finally:
        sys.setprofile(before)
    return torch.zeros(0) if not seen or seen[0] is None else seen[0]


merged = handed_on(attn_mask=scores, key_padding_mask=numbers)
assert equation("merged", merged, attn_mask=scores, key_padding_mask=numbers), (
    "The two masks are added, for every sequence, head, query and key."
)
alone = handed_on(key_padding_mask=numbers)
print("merged:", tuple(merged.shape), "a padding mask alone:", tuple(alone.shape))
assert torch.equal(alone, numbers.view(2, 1, 1, 5).expand(2, 4, 1, 5)), (
    "A padding mask alone is (batch, heads, 1, seq), the same for every query and head."
)
assert torch.equal(
    handed_on(key_padding_mask=padding), hiding.view(2, 1, 1, 5).expand(2, 4, 1, 5)
), "Booleans have become 0 and -inf before."


def weights(**masks):
    return attention(x, x, x, **masks)[1].detach()


ones = padding.float()
unmasked = attention(x, x, x, average_attn_weights=False)[1]
raised = attention(x, x, x, key_padding_mask=ones, average_attn_weights=False)[1]
times = (raised / raised[..., :1]) / (unmasked / unmasked[..., :1])
print("1 in a padding mask multiplies weights by", times[0, 0, 0].tolist())
assert torch.allclose(times, torch.exp(ones).view(2, 1, 1, 5).expand_as(times), rtol=1e-3), (
    "A padding mask of 1.0 hides nothing: beside the others, padding weighs e times as much."
)
as_zeros = [weights(key_padding_mask=mask) == 0 for mask in (padding, hiding)]
assert all(torch.equal(zeros, padding.unsqueeze(1).expand(2, 5, 5)) for zeros in as_zeros), (
    "Booleans hide the padding, and so do floats of -inf."
)

encoder = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
decoder = nn.TransformerDecoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
other = torch.where(padding.unsqueeze(-1), -x, x)  # differs in the padding only


def reads_padding(gradients, mask):
    """Tell whether the rows of real tokens depend on the padding, in encoder and decoder."""
    with torch.set_grad_enabled(gradients):
        pairs = [
            [encoder(each, src_key_padding_mask=mask) for each in (x, other)],
            [decoder(each, x, tgt_key_padding_mask=mask) for each in (x, other)],
        ]
    return [(one - two)[~padding].abs().max().item() > 1e-3 for one, two in pairs]


encoder.eval()
decoder.eval()
found = {
    "training, booleans": reads_padding(True, padding),
    "training, 1.0": reads_padding(True, ones),
    "inference, booleans": reads_padding(False, padding),
    "inference, 1.0": reads_padding(False, ones),
}
print("real tokens read the padding (encoder layer, decoder layer):", found)
assert found == {
    "training, booleans": [False, False],
    "training, 1.0": [True, True],
    "inference, booleans": [False, False],
    "inference, 1.0": [False, True],
}, (
    "With 1.0 an encoder layer reads the padding in training, but not where it runs fused; "
    "a decoder layer reads it in both."
)
