"""Follow the encoder's output into the decoder, and see which masks travel with it."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

model = nn.Transformer(16, 4, 2, 3, 32).to(device).eval()
for parameter in model.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(5, 2, 16, device=device)
target = torch.randn(3, 2, 16, device=device)


def difference(first, second):
    return (first - second).abs().max().item()


memories, attended = [], []


def note_memory(encoder, inputs, memory):
    memories.append(memory)


def note_attended(attention, inputs):
    _query, key, value = inputs
    attended.extend([key, value])


model.encoder.register_forward_hook(note_memory)
for layer in model.decoder.layers:
    layer.multihead_attn.register_forward_pre_hook(note_attended)
output = model(source, target)

print("source", tuple(source.shape), "target", tuple(target.shape), "output", tuple(output.shape))
assert len(memories) == 1, "One forward pass runs the encoder once."
is_memory = [any(tensor is memory for memory in memories) for tensor in attended]
assert is_memory == [True] * 6, (
    "All three decoder layers get that same tensor as key and as value of their cross-attention."
)


def triangle(rows, columns):
    """Hide everything after the diagonal."""
    return torch.ones(rows, columns, dtype=torch.bool, device=device).triu(1)


last_of_source = torch.tensor([[False, False, False, False, True]] * 2, device=device)
last_of_target = torch.tensor([[False, False, True]] * 2, device=device)
encoder_masks = {"src_mask": triangle(5, 5), "src_key_padding_mask": last_of_source}
decoder_masks = {
    "tgt_mask": triangle(3, 3),
    "memory_mask": triangle(3, 5),
    "tgt_key_padding_mask": last_of_target,
    "memory_key_padding_mask": last_of_source,
}
output = model(source, target, **encoder_masks, **decoder_masks)
memory = model.encoder(source, triangle(5, 5), last_of_source)
by_hand = model.decoder(target, memory, **decoder_masks)
assert difference(output, by_hand) < 1e-5, (
    "The output is that of the decoder fed with the target, each mask given to its own stack."
)

# The last source position is padding: what stands there should not matter.
other_source = source.clone()
other_source[4] = torch.randn(2, 16, device=device)
encoder_only = {"src_key_padding_mask": last_of_source}
both = {**encoder_only, "memory_key_padding_mask": last_of_source}
leak = difference(
    model(source, target, **encoder_only), model(other_source, target, **encoder_only)
)
sealed = difference(model(source, target, **both), model(other_source, target, **both))
print(f"the padding changes the output by {leak:.3f}; with memory_key_padding_mask by {sealed}")
assert leak > 1e-3 and sealed < 1e-6, (
    "Padding reaches the output through the memory until memory_key_padding_mask hides it too."
)

# Another last target position: the first output row should not know of it.
other_target = target.clone()
other_target[2] = torch.randn(2, 16, device=device)
ahead = difference(model(source, target)[0], model(source, other_target)[0])
print(f"the last target position changes the first output row by {ahead:.3f}")
assert ahead > 1e-3, "Without tgt_mask the first output row depends on the last target position."
