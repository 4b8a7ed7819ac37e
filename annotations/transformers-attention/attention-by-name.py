"""Run one model with three attention functions, and with one of one's own."""

import torch
import torch.nn.functional as F
from torch.compiler import set_stance
from transformers import AttentionInterface, AttentionMaskInterface, Qwen3Config, Qwen3ForCausalLM
from transformers.masking_utils import sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

torch.manual_seed(0)
device = "cpu"

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
}
try:
    default = Qwen3ForCausalLM(Qwen3Config(**SIZES)).config._attn_implementation
except ValueError:
    default = "refused"
print("by default:", default)
assert default == "sdpa", "A model that is told no name takes sdpa."

config = Qwen3Config(**SIZES, attn_implementation="eager")
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)


def logits(name=None):
    """Compute with this attention, or with the one that is set; give NaN where it is refused."""
    try:
        if name:
            model.set_attn_implementation(name)
        return model(x, use_cache=False).logits
    except (KeyError, ValueError):
        return torch.full((2, 7, 50), torch.nan)


def difference(first, second):
    return (first - second).abs().max().item()


calls = []


def by_hand(module, query, key, value, attention_mask, scaling, **kwargs):
    """Compute attention with torch alone."""
    calls.append(module.layer_idx)
    key, value = (each.repeat_interleave(2, dim=1) for each in (key, value))
    output = F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)
    return output.transpose(1, 2), None


AttentionInterface.register("by-hand", by_hand)
AttentionMaskInterface.register("by-hand", sdpa_mask)
expected = logits("by-hand")
print("layers that called the registered function:", calls)
assert calls == [0, 1], "A function that was registered under the name is called by each layer."

with set_stance("force_eager"):  # as it is written, without compiling it
    gaps = {
        name: difference(logits(name), expected) for name in ("eager", "sdpa", "flex_attention")
    }
print("largest difference of the logits:", gaps)
assert max(gaps.values()) < 1e-5, (
    "eager, sdpa and flex_attention give the logits that torch's attention gives by hand."
)


def twice(*arguments, **options):
    output, weights = by_hand(*arguments, **options)
    return 2 * output, weights


logits("by-hand")
AttentionInterface.register("by-hand", twice)
doubled = difference(logits(), expected)
print("after another function was registered under the name:", doubled)
assert doubled > 0.1, (
    "Another function registered under the same name acts in the next forward, without "
    "setting anything."
)

names = ALL_ATTENTION_FUNCTIONS.valid_keys()
print("registered:", names)
try:
    found = ALL_ATTENTION_FUNCTIONS.get_interface("eager", by_hand)
except KeyError:
    found = None
assert "eager" not in names and found is by_hand, (
    "The registry holds no function named eager: what the caller gives as default is returned."
)

AttentionInterface.register("eager", twice)
shadowed = difference(logits("eager"), expected)
del AttentionInterface._global_mapping["eager"]
print("with a function registered as eager:", shadowed)
assert shadowed > 0.1, "A function registered as eager is taken in place of the model's own."

errors = {}
try:
    model.set_attn_implementation("spda")
except ValueError as error:
    errors["set"] = str(error)
model.config._attn_implementation = "spda"
try:
    model(x)
except KeyError as error:
    errors["called"] = str(error)
print("a name that is not there:", errors)
assert "is not supported" in errors.get("set", ""), (
    "set_attn_implementation refuses a name that nothing was registered under."
)
assert "not a valid attention implementation" in errors.get("called", ""), (
    "Such a name in the config raises KeyError in the forward."
)
