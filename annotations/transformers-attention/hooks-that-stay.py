"""Ask a model for hidden states once, and look at what stays behind; ask sdpa for weights."""

import pickle

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

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
x = torch.randint(0, 50, (2, 7), device=device)
size = len(pickle.dumps(model))


def hooked():
    """Name the modules that have a forward hook."""
    return [name for name, module in model.named_modules() if module._forward_hooks]


before = hooked()
output = model(x, output_hidden_states=True, use_cache=False)
after = hooked()
print("hooks:", before, "and then", after)
layers = [f"model.layers.{i}{part}" for i in (0, 1) for part in ("", ".self_attn")]
assert before == [] and after == layers, (
    "The first call with output_hidden_states=True puts a hook on each layer and each attention, "
    "and they stay."
)

captured = []
handle = model.model.layers[0].register_forward_pre_hook(
    lambda _, inputs: captured.append(inputs[0])
)
model(x, use_cache=False)
handle.remove()
states = output.hidden_states
print("hidden states:", [tuple(state.shape) for state in states])
assert len(states) == 3 and torch.equal(states[0], captured[0]), (
    "The states are one more than the layers: the first is the input of the first layer."
)
captured.clear()
handle = model.model.norm.register_forward_pre_hook(lambda _, inputs: captured.append(inputs[0]))
model(x, use_cache=False)
handle.remove()
normed = model.model.norm(captured[0])
found = [any(torch.equal(state, one) for state in states) for one in (captured[0], normed)]
print("the last layer's output is among them:", found[0], "that of the norm:", found[1])
assert found == [False, True] and states and torch.equal(states[-1], normed), (
    "The last one is what the final norm gives, and what the last layer gives is none of them."
)

again = model(x, use_cache=False)
assert again.hidden_states is None and hooked() == layers, (
    "A later call without it returns no states, and takes no hook away."
)
try:
    pickle.dumps(model)
    message = ""
except (AttributeError, pickle.PicklingError) as error:
    message = str(error)
fresh = Qwen3ForCausalLM(config)
fresh.load_state_dict(model.state_dict())
anew = len(pickle.dumps(fresh))
print("pickle before:", size, "bytes; after:", message, "; a new model:", anew, "bytes")
assert min(size, anew) > 0 and "local" in message, (
    "pickle.dumps worked before, and raises now; of a new model with the same state dict it works."
)

empty = model(x, use_cache=False, output_attentions=True).attentions
model.set_attn_implementation("eager")
full = model(x, use_cache=False, output_attentions=True).attentions
print("attentions under sdpa:", empty, "under eager:", [tuple(each.shape) for each in full])
assert empty == () and len(full) == 2, (
    "output_attentions=True gives an empty tuple under sdpa, and one tensor for each layer under "
    "eager."
)
