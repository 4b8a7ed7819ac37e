"""Register attention functions without a mask of their name, and see who attends to whom."""

import torch
import torch.nn.functional as F
from transformers import AttentionInterface, AttentionMaskInterface, Qwen3Config, Qwen3ForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import eager_mask
from transformers.models.qwen3.modeling_qwen3 import eager_attention_forward

torch.manual_seed(0)
device = "cpu"

config = Qwen3Config(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)
padding = torch.ones_like(x)
padding[:, 0] = 0


def logits(name, ids=x, mask=None):
    model.set_attn_implementation(name)
    return model(ids, attention_mask=mask, use_cache=False).logits


def difference(first, second):
    return (first - second).abs().max().item()


def changed(ids, position):
    """Return the ids with another token at this position."""
    other = ids.clone()
    other[:, position] = (other[:, position] + 1) % 50
    return other


def by_hand(is_causal):
    """Return attention by torch alone, which sees no padding."""

    def attend(module, query, key, value, attention_mask, scaling, **kwargs):
        output = F.scaled_dot_product_attention(
            query, key, value, scale=scaling, is_causal=is_causal, enable_gqa=True
        )
        return output.transpose(1, 2), None

    return attend


AttentionInterface.register("both-ways", by_hand(is_causal=False))
AttentionInterface.register("causal", by_hand(is_causal=True))
AttentionInterface.register("eager-copy", eager_attention_forward)
AttentionInterface.register("sdpa-copy", sdpa_attention_forward)

gap = difference(logits("eager-copy"), logits("both-ways"))
later = difference(logits("eager-copy")[:, :-1], logits("eager-copy", changed(x, -1))[:, :-1])
print("a copy of eager:", gap, "another last token moves earlier logits by", later)
assert gap < 1e-5 and later > 0.1, (
    "The eager function under another name attends to later tokens: it is torch's attention "
    "without a mask."
)

gap = difference(logits("paged|eager"), logits("both-ways"))
print("paged|eager:", gap)
assert gap < 1e-5, (
    "The name paged|eager, which transformers registers itself, attends to later tokens as well."
)

gap = difference(logits("sdpa-copy"), logits("causal"))
print("a copy of sdpa:", gap)
assert gap < 1e-5, "The sdpa function under another name is causal."
padded = logits("sdpa-copy", x, padding)[:, 1:]
moved = difference(padded, logits("sdpa-copy", changed(x, 0), padding)[:, 1:])
print("another padding token moves the logits by", moved)
assert moved > 0.1 and difference(padded, logits("causal")[:, 1:]) < 1e-5, (
    "It does not see the padding: a token that attention_mask hides changes the logits of the "
    "others."
)

AttentionMaskInterface.register("eager-copy", eager_mask)
gaps = [
    difference(logits("eager-copy", x, mask), logits("eager", x, mask)) for mask in (None, padding)
]
print("with a mask of the name, from eager:", gaps)
assert max(gaps) < 1e-5 and difference(logits("eager-copy"), logits("causal")) < 1e-5, (
    "With eager_mask registered under the same name the copy gives what eager gives."
)
