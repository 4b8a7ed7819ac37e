"""Follow the encoder's output into the decoder, and see which masks do not go with it."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

model = nn.Transformer(16, 4, 2, 3, 32).to(device).eval()
source = torch.randn(5, 2, 16, device=device)
target = torch.randn(3, 2, 16, device=device)

memories, attended = [], []
model.encoder.register_forward_hook(lambda encoder, inputs, output: memories.append(output))
for layer in model.decoder.layers:
    # inputs are the query, the key and the value
    layer.multihead_attn.register_forward_pre_hook(lambda _, inputs: attended.extend(inputs[1:]))
output = model(source, target)
print("source", tuple(source.shape), "target", tuple(target.shape), "output", tuple(output.shape))
assert len(memories) == 1, "One forward pass runs the encoder once."
assert [tensor is memories[0] for tensor in attended] == [True] * 6, (
    "All three decoder layers get that one tensor as key and as value of their cross-attention."
)


def difference(first, second):
    return (first - second).abs().max().item()


def after_diagonal(rows, columns):
    return torch.ones(rows, columns, dtype=torch.bool, device=device).triu(1)


source_padding = torch.tensor([[False, False, False, False, True]] * 2, device=device)
decoder_masks = {
    "tgt_mask": after_diagonal(3, 3),
    "memory_mask": after_diagonal(3, 5),
    "tgt_key_padding_mask": torch.tensor([[False, False, True]] * 2, device=device),
    "memory_key_padding_mask": source_padding,
}
encoder_masks = {"src_mask": after_diagonal(5, 5), "src_key_padding_mask": source_padding}
memory = model.encoder(source, encoder_masks["src_mask"], source_padding)
by_hand = model.decoder(target, memory, **decoder_masks)
assert difference(model(source, target, **encoder_masks, **decoder_masks), by_hand) < 1e-5, (
    "The output is that of the decoder fed with the target, and each stack gets its own masks."
)

other_source = torch.cat([source[:4], -source[4:]])  # differs in the padding only
once = {"src_key_padding_mask": source_padding}
twice = {**once, "memory_key_padding_mask": source_padding}
leak = {  # with its mask passed once, to the encoder, or twice, to the decoder as well
    name: difference(model(source, target, **masks), model(other_source, target, **masks))
    for name, masks in {"once": once, "twice": twice}.items()
}
print("source padding changes the output by", {name: f"{by:.2f}" for name, by in leak.items()})
assert leak["once"] > 1e-3 and leak["twice"] < 1e-6, (
    "Source padding reaches the output until memory_key_padding_mask hides it as well."
)

other_target = torch.cat([target[:2], -target[2:]])  # differs in the last position only
ahead = difference(model(source, target)[0], model(source, other_target)[0])
print(f"the last target position changes the first output row by {ahead:.2f}")
assert ahead > 1e-3, "Without tgt_mask the first output row depends on the last target position."


def hinted(model, source, target):
    """Say what tgt_is_causal=True does where there is no tgt_mask."""
    try:
        output = model(source, target, tgt_is_causal=True)
    except RuntimeError as error:
        return str(error)[:14]
    return "nothing" if torch.equal(output, model(source, target)) else "another output"


batch_first = nn.Transformer(16, 4, 2, 3, 32, batch_first=True).to(device).eval()
effects = {"gradients on": hinted(model, source, target)}
with torch.no_grad():
    effects["inference"] = hinted(model, source, target)
    effects["batch first"] = hinted(batch_first, source.transpose(0, 1), target.transpose(0, 1))
print("tgt_is_causal=True without tgt_mask:", effects)
assert effects == {
    "gradients on": "Need attn_mask",
    "inference": "Need attn_mask",
    "batch first": "nothing",
}, (
    "tgt_is_causal=True without tgt_mask is an error, "
    "save in inference with batch_first, where it changes nothing."
)
