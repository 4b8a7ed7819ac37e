"""Decode a text token by token with a cache, and look at what the cache holds."""

import torch
from transformers import DynamicCache, Qwen3Config, Qwen3ForCausalLM

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
whole = model(x, use_cache=False).logits


def difference(first, second):
    if getattr(first, "shape", None) != second.shape:
        return torch.inf
    return (first - second).abs().max().item()


new = [torch.randn(2, 2, 3, 8, device=device) for _ in range(4)]
alone = DynamicCache()
alone.update(new[0], new[1], 0)
keys, values = alone.update(new[2], new[3], 0)
joined = torch.cat(new[::2], dim=2), torch.cat(new[1::2], dim=2)
assert difference(keys, joined[0]) == 0 and difference(values, joined[1]) == 0, (
    "update puts new keys and values behind the old ones, and returns all."
)

print("two updates of three tokens:", tuple(keys.shape))

seen = []
attention = model.model.layers[0].self_attn
hooks = [
    attention.k_norm.register_forward_hook(lambda _, given, output: seen.append(output)),
    model.model.rotary_emb.register_forward_hook(lambda _, given, output: seen.append(output)),
]
prompt = model(x[:, :4], use_cache=True)
for hook in hooks:
    hook.remove()
(cos, sin), normed = seen
normed = normed.transpose(1, 2)
swapped = torch.cat((-normed[..., 4:], normed[..., :4]), dim=-1)
rotated = normed * cos[:, None] + swapped * sin[:, None]
filled = [layer.keys for layer in prompt.cache.layers if layer.keys is not None]
kept = filled[0] if filled else normed
print("kept:", tuple(kept.shape), "difference from the rotated keys:", difference(kept, rotated))
assert difference(kept, rotated) < 1e-6, (
    "What is kept are the keys of the key heads, normalised and rotated: (batch, key heads, seq, "
    "head_dim)."
)

cache = prompt.cache
steps = [model(x[:, [i]], cache=cache) for i in (4, 5, 6)]
logits = torch.cat([step.logits for step in steps], dim=1)
print("difference from the whole text at once:", difference(logits, whole[:, 4:]))
assert difference(logits, whole[:, 4:]) < 1e-5, (
    "Token by token with a cache the logits are those of the whole text at once."
)
same = [step.cache is cache for step in steps]
print("one object:", same, "length:", cache.get_seq_length())
assert all(same) and cache.get_seq_length() == 7, (
    "The cache that comes back is the one that was given, changed in place."
)

kwargs = {"cache": prompt.cache, "use_cache": True}
again = model(x[:, 4:5], **kwargs).logits
eighth = model(torch.cat((x, x[:, 4:5]), dim=1), use_cache=False).logits[:, 7:]
print("the same step, with the cache of the prompt:", difference(again, whole[:, 4:5]))
assert difference(again, eighth) < 1e-5 and difference(again, whole[:, 4:5]) > 0.1, (
    "So the cache of a prompt cannot be used twice: after three steps it holds seven tokens, and "
    "the next is the eighth."
)
cache.crop(-4)
again = model(x[:, 4:5], **kwargs).logits
assert difference(again, whole[:, 4:5]) < 1e-5, (
    "crop with a negative number takes the last tokens away, and the step is right again."
)
