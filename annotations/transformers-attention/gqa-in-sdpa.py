"""Watch what the sdpa attention hands to torch when query heads share key heads."""

from unittest.mock import patch

import torch
import torch.nn.functional as F
from torch import nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

torch.manual_seed(0)
device = "cpu"

HEADS, KEY_HEADS, SEQ, HEAD_DIM = 4, 2, 5, 8
module = nn.Module().eval()
module.num_key_value_groups = HEADS // KEY_HEADS
query = torch.randn(2, HEADS, SEQ, HEAD_DIM, device=device)
key, value = (torch.randn(2, KEY_HEADS, SEQ, HEAD_DIM, device=device) for _ in range(2))
mask = torch.ones(2, 1, SEQ, SEQ, dtype=torch.bool, device=device).tril()
mask[0, :, 1:, 0] = False
repeated = [each.repeat_interleave(2, dim=1) for each in (key, value)]
attention = F.scaled_dot_product_attention


def handed(queries, given):
    """Return what torch gets (shapes of query and key, enable_gqa), and if the result is right."""
    with patch.object(F, "scaled_dot_product_attention", wraps=attention) as asked:
        output, _ = sdpa_attention_forward(module, queries, key, value, given)
    (one, two, _), named = asked.call_args
    causal = given is None and queries.shape[2] > 1
    expected = attention(queries, *repeated, given, is_causal=causal)
    off = (output - expected.transpose(1, 2)).abs().max().item()
    return tuple(one.shape), tuple(two.shape), named.get("enable_gqa", False), off < 1e-5


prompt = handed(query, None)
print("no mask:", prompt)
assert prompt == ((2, 4, 5, 8), (2, 2, 5, 8), True, True), (
    "Without a mask torch groups the heads itself: enable_gqa=True, and keys as they are."
)
padded = handed(query, mask)
print("a mask:", padded)
assert padded == ((2, 4, 5, 8), (2, 4, 5, 8), False, True), (
    "With a mask the keys are repeated first, to as many heads as the queries have."
)
step = handed(query[:, :, -1:], mask[:, :, -1:])
print("a mask, one query:", step)
assert step == ((2, 2, 2, 8), (2, 2, 5, 8), False, True), (
    "With a mask and a single query nothing is copied: the query heads of a group stand where "
    "positions would."
)
