"""Make the causal mask of one batch for eager and for sdpa, with padding and without."""

import torch
from transformers import DynamicCache, Qwen3Config
from transformers.masking_utils import create_causal_mask

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cpu"

BATCH, SEQ = 2, 5
embeds = torch.randn(BATCH, SEQ, 16, device=device)
ones = torch.ones(BATCH, SEQ, dtype=torch.long, device=device)
padding = ones.clone()
padding[0, :2] = 0
config = Qwen3Config(num_hidden_layers=1)


def mask(name, attention_mask, queries=embeds, cache=None):
    config._attn_implementation = name
    return create_causal_mask(config, queries, attention_mask, cache)


allowed = (
    torch.ones(SEQ, SEQ, dtype=torch.bool, device=device).tril() & padding[:, None, None].bool()
)
made = mask("sdpa", padding)
assert made is not None and made.dtype is torch.bool and torch.equal(made, allowed), (
    "With padding sdpa gets truth values of shape (batch, 1, query, key): True where a key is no "
    "later than the query and no padding."
)
print("sdpa, padded:", made.dtype, tuple(made.shape))
show_grid(
    "The mask of the padded sequence, as sdpa gets it", made[0, 0], rows="query", columns="key"
)

unpadded = [mask("sdpa", None), mask("sdpa", ones)]
print("sdpa, nothing hidden:", unpadded)
assert unpadded == [None, None], (
    "Without padding sdpa gets None, also where attention_mask is given."
)

numbers = mask("eager", padding)
lowest = torch.finfo(torch.float32).min
print("eager, padded:", numbers.dtype, numbers.unique().tolist())
assert torch.equal(numbers, torch.where(allowed, 0.0, lowest)), (
    "eager gets the same as numbers: 0 where sdpa has True, and the lowest finite number elsewhere."
)
always = mask("eager", None)
causal = torch.ones(SEQ, SEQ, dtype=torch.bool, device=device).tril().expand(BATCH, 1, SEQ, SEQ)
assert always is not None and torch.equal(always == 0, causal), (
    "eager gets a mask without padding, too."
)
half = mask("eager", padding, embeds.bfloat16())
print("eager in bfloat16:", half.dtype, half.min().item())
assert half.dtype is torch.bfloat16 and half.min() == torch.finfo(torch.bfloat16).min, (
    "The numbers are those of the model's dtype."
)

cache = DynamicCache()
cache.update(torch.randn(BATCH, 1, 3, 8), torch.randn(BATCH, 1, 3, 8), 0)
steps = [mask("sdpa", None, embeds[:, :n], cache) for n in (1, 2)]
print(
    "with three cached keys, one and two queries:", [None if m is None else m[0, 0] for m in steps]
)
assert steps[0] is None, "A single query with a cache gets None: it may see all keys."
shifted = torch.ones(2, 5, dtype=torch.bool, device=device).tril(diagonal=3)
assert torch.equal(steps[1][0, 0], shifted), (
    "Two queries with a cache get a mask, in which the last query sees all keys."
)
