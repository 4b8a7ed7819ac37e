"""Hide every key from one query, and compare what comes out of eager and of sdpa."""

import torch
from torch import nn
from transformers import Qwen3Config
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import create_causal_mask
from transformers.models.qwen3.modeling_qwen3 import eager_attention_forward

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cpu"

SEQ, HEAD_DIM = 5, 8
padding = torch.ones(2, SEQ, dtype=torch.long, device=device)
padding[0, :2] = 0  # on the left: its two queries see nothing at all
embeds = torch.zeros(2, SEQ, 16, device=device)
config = Qwen3Config(num_hidden_layers=1)
query, key, value = torch.randn(3, 2, 3, SEQ, HEAD_DIM, device=device)
module = nn.Module().eval()
module.num_key_value_groups = 1


def attend(name, function):
    """Return output and weights with the mask that is made for this attention."""
    config._attn_implementation = name
    mask = create_causal_mask(config, embeds, padding, None)
    output, weights = function(module, query, key, value, mask, scaling=0.3)
    return output.transpose(1, 2), weights


eager, weights = attend("eager", eager_attention_forward)
sdpa, _ = attend("sdpa", sdpa_attention_forward)
show_grid("Weights of the padded sequence under eager", weights[0, 0], rows="query", columns="key")

print("under sdpa:", sdpa[0, 0, 0, :3].tolist())
assert (sdpa[0, :, :2] == 0).all(), "Under sdpa a query whose keys are all hidden gives zeros."
mean = value[0].mean(dim=1, keepdim=True)
print("under eager:", eager[0, 0, 0, :3].tolist())
assert torch.allclose(eager[0, :, :2], mean.expand(3, 2, HEAD_DIM), atol=1e-6), (
    "Under eager it gives the mean of all values, those of padding and of later tokens too."
)
rest = [(eager[0, :, 2:] - sdpa[0, :, 2:]), (eager[1] - sdpa[1])]
print("elsewhere:", max(each.abs().max().item() for each in rest))
assert max(each.abs().max().item() for each in rest) < 1e-5, (
    "At all other queries the two are equal up to rounding."
)
finite = eager.isfinite().all() and sdpa.isfinite().all()
assert finite, "Neither gives NaN."
