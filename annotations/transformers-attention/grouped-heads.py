"""Give two key heads to six query heads, and ask which query head reads which."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers.models.qwen3.modeling_qwen3 import eager_attention_forward, repeat_kv

from srcread.lab import must_fail, show_grid

torch.manual_seed(0)
device = "cpu"

GROUPS, KEY_HEADS, HEAD_DIM = 3, 2, 4  # so six query heads
query = torch.randn(2, KEY_HEADS * GROUPS, 5, HEAD_DIM, device=device)
key, value = (torch.randn(2, KEY_HEADS, 5, HEAD_DIM, device=device) for _ in range(2))


def is_same(first, second):
    return isinstance(first, torch.Tensor) and torch.equal(first, second)


repeated = repeat_kv(key, GROUPS)
assert is_same(repeated, key.repeat_interleave(GROUPS, dim=1)), (
    "repeat_kv gives each key head several times in a row, as repeat_interleave does."
)
print("keys:", tuple(key.shape), "repeated:", tuple(repeated.shape))

bytes_of = [each.untyped_storage().nbytes() for each in (key, repeated)]
print("bytes:", bytes_of)
assert bytes_of[1] == GROUPS * bytes_of[0], (
    "The repeated keys are a copy, num_key_value_groups times as large."
)
same = repeat_kv(key, 1)
assert same is key, "With one query head a key head nothing is copied."

if must_fail("Query head q reads key head q // num_key_value_groups."):
    repeated = key.repeat(1, GROUPS, 1, 1)
heads = repeated.unbind(dim=1)
reads = [[is_same(head, key[:, k]) for k in range(KEY_HEADS)] for head in heads]
show_grid("Which query head reads which key head", reads, rows="query head", columns="key head")
expected = [[q // GROUPS == k for k in range(KEY_HEADS)] for q in range(KEY_HEADS * GROUPS)]
assert reads == expected, "Query head q reads key head q // num_key_value_groups."

module = nn.Module().eval()
module.num_key_value_groups = GROUPS
grouped = F.scaled_dot_product_attention(query, key, value, enable_gqa=True).transpose(1, 2)


def gaps(*keys_and_values):
    """Return by head how far eager attention is from torch's grouped attention."""
    output, _ = eager_attention_forward(module, query, *keys_and_values, None, HEAD_DIM**-0.5)
    return (output - grouped).abs().amax(dim=(0, 1, 3))


print("difference from torch's grouped attention:", gaps(key, value).max().item())
assert gaps(key, value).max() < 1e-5, "With enable_gqa=True torch groups the heads in the same way."

module.num_key_value_groups = 1
tiled = gaps(key.repeat(1, GROUPS, 1, 1), value.repeat(1, GROUPS, 1, 1)).tolist()
wrong = [q for q, gap in enumerate(tiled) if gap > 1e-5]
print("heads that come out otherwise with repeat:", wrong)
assert wrong == [1, 4], (
    "Tensor.repeat in place of repeat_interleave raises no error: of six heads, the second and the "
    "fifth read the wrong keys."
)
