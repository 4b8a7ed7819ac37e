"""Compute the eager attention of Qwen3 by its formula, in float32 and in bfloat16."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers.models.qwen3.modeling_qwen3 import eager_attention_forward

from srcread.lab import equation

torch.manual_seed(0)
device = "cpu"

BATCH, HEADS, SEQ, HEAD_DIM = 2, 3, 5, 8
query, key, value = torch.randn(3, BATCH, HEADS, SEQ, HEAD_DIM, device=device)
attention_mask = torch.randn(BATCH, 1, SEQ, SEQ, device=device)
scaling = 0.7  # no model's, so that a factor that is forgotten shows
module = nn.Module().eval()
module.num_key_value_groups = 1


def attend(*inputs, mask=attention_mask, **options):
    return eager_attention_forward(module, *inputs, mask, scaling, **options)


attn_output, attn_weights = attend(query, key, value)
given = {"query": query, "key_states": key, "scaling": scaling, "attention_mask": attention_mask}
assert equation("attn_weights", attn_weights, **given), (
    "The weights are the softmax of the scaled scores plus the mask."
)
by_hand = (attn_weights @ value).transpose(1, 2)
print("output:", tuple(attn_output.shape))
assert torch.allclose(attn_output, by_hand, atol=1e-6), (
    "The output is (batch, seq, heads, head_dim): the weighted values, with the heads behind the "
    "positions."
)
torchs = F.scaled_dot_product_attention(query, key, value, attention_mask, scale=scaling)
gap = (attn_output - torchs.transpose(1, 2)).abs().max().item()
print("difference from torch's attention:", gap)
assert gap < 1e-5, (
    "The output is that of scaled_dot_product_attention of torch with this mask and scale."
)

free, _ = attend(query, key, value, mask=None)
open_weights = torch.softmax(query @ key.mT * scaling, dim=-1)
assert torch.allclose(free, (open_weights @ value).transpose(1, 2), atol=1e-5), (
    "Without a mask every query attends to every key."
)

half = [each.bfloat16() for each in (query, key, value, attention_mask)]
_, weights = attend(*half[:3], mask=half[3])
scores = half[0] @ half[1].mT * scaling + half[3]
wide = torch.softmax(scores.float(), dim=-1)
print("weights in bfloat16:", weights.dtype)
assert weights.dtype is torch.bfloat16 and torch.equal(weights, wide.bfloat16()), (
    "In bfloat16 the scores are rounded to bfloat16, the softmax is computed in float32, and the "
    "weights are rounded again."
)

torch.manual_seed(0)
module.train()
_, dropped = attend(query, key, value, dropout=0.5)
kept = dropped != 0
print("share of weights kept:", kept.float().mean().item())
assert not kept.all() and torch.allclose(dropped[kept], 2 * attn_weights[kept], atol=1e-6), (
    "In training dropout takes weights after the softmax, and what is left is scaled up."
)
module.eval()
_, whole = attend(query, key, value, dropout=0.5)
assert torch.equal(whole, attn_weights), "In eval mode a given dropout does nothing."
