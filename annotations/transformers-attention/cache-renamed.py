"""Call a model by the old name of its cache, by the new one, and by both."""

import inspect
import warnings

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

torch.manual_seed(0)
device = "cpu"

config = Qwen3Config(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=1,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)
whole = model(x, use_cache=False).logits[:, 4:]
names = list(inspect.signature(model.forward).parameters)
print("parameters:", names)


def prompt(ids=x):
    return model(ids[:, :4], use_cache=True).cache


def gap(**given):
    """Return how far the next tokens are off with this cache, and what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            logits = model(x[:, 4:], **given).logits
        except TypeError:
            return torch.inf, []
    said = [str(one.message) for one in caught if issubclass(one.category, FutureWarning)]
    return (logits - whole).abs().max().item(), said


new, quiet = gap(cache=prompt())
assert new < 1e-5 and quiet == [], "The argument is named cache."
old, said = gap(past_key_values=prompt())
print("past_key_values:", old, said)
output = model(x, use_cache=True)
both_names = output.past_key_values is output.cache
assert "past_key_values" not in names and old < 1e-5 and both_names, (
    "past_key_values is in no signature any more, and is taken all the same; the output has the "
    "cache under both names."
)
assert len(said) == 1 and "removed in version 5.40.0" in said[0], (
    "It is warned of once, by a FutureWarning that names version 5.40.0."
)

other = prompt((x + 1) % 50)
both, said = gap(cache=prompt(), past_key_values=other)
print("both:", both, [one[:60] for one in said])
assert both < 1e-5 and len(said) == 1 and other.get_seq_length() == 4, (
    "Of both names the new one is used, the old one is ignored, and a warning says so."
)

seen = []
attention = model.model.layers[0].self_attn
handle = attention.register_forward_pre_hook(
    lambda module, given, named: seen.append(sorted(named)), with_kwargs=True
)
gap(cache=prompt())
gap(past_key_values=prompt())
handle.remove()
print("the attention is given:", seen[-1])
assert all("cache" in one and "past_key_values" not in one for one in seen), (
    "A hook on the attention finds the cache under its new name only, whatever the caller wrote."
)
