"""Pack two sequences into one row, and ask what separates them."""

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

from srcread.lab import show_grid

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
    attn_implementation="eager",
)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)
packed = torch.tensor([[0, 1, 2, 3, 0, 1, 2]], device=device)  # positions: four tokens, three
alone = model(x[:, 4:], use_cache=True).logits


def gap(**options):
    """Return how far the second sequence is from what it gives alone."""
    logits = model(x, position_ids=packed, **options).logits[:, 4:]
    return (logits - alone).abs().max().item()


without = model(x, position_ids=packed, use_cache=False, output_attentions=True)
seen = without.attentions[0][0, 0] > 0
show_grid("Who is seen without a cache", seen, rows="query", columns="key")
print("without a cache:", gap(use_cache=False))
assert gap(use_cache=False) < 1e-5, (
    "With use_cache=False positions that begin anew separate the sequences: the second gives what "
    "it gives alone."
)

print("with the default:", gap())
assert gap() > 0.1, "By default, with a cache, the second sequence attends to the first."
model.train()
print("in training, with labels:", gap(labels=x))
assert gap(labels=x) > 0.1, "So it does in training mode, with labels."
model.eval()

ones = gap(use_cache=False, attention_mask=torch.ones_like(x))
print("with a mask of ones:", ones)
assert ones > 0.1, "With an attention_mask of ones it does so without a cache as well."

jumping = torch.tensor([[0, 1, 2, 5, 6, 7, 8]], device=device)
cut = model(x, position_ids=jumping, use_cache=False, output_attentions=True).attentions[0][0, 0]
print("weights of query 3 behind a gap of the positions:", cut[3].tolist())
assert (cut[3, :3] == 0).all() and cut[3, 3] == 1, (
    "Without a cache a gap in the positions cuts a sequence in two: what is behind it sees nothing "
    "before it."
)
