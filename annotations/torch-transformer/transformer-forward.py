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
    "All three decoder layers get its output, one tensor, "
    "as key and value of their cross-attention."
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
    "The output is that of the decoder for the target and the memory, "
    "and each of the two gets the masks that are named for it."
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


def read_by(**masks):
    """List, for each target position, the positions whose values matter to its output."""
    output = model(source, target, **masks)
    read = [[] for _ in range(3)]
    for position in range(3):
        changed = target.clone()
        changed[position] *= -1
        other = model(source, changed, **masks)
        for row in range(3):
            if difference(other[row], output[row]) > 1e-3:
                read[row].append(position)
    return read


read = {"no mask": read_by(), "causal": read_by(tgt_mask=after_diagonal(3, 3))}
print("the target positions read", read)
assert read == {"no mask": [[0, 1, 2]] * 3, "causal": [[0], [0, 1], [0, 1, 2]]}, (
    "Without tgt_mask every target position depends on all of them; "
    "under a causal one, only on itself and those before."
)


def hinted(model, source, target, name):
    """Say what a hint does if the mask that it is about is not passed."""
    try:
        output = model(source, target, **{name: True})
    except RuntimeError as error:
        return str(error)[:14]
    return "nothing" if torch.equal(output, model(source, target)) else "another output"


hints = ("src_is_causal", "tgt_is_causal", "memory_is_causal")
effects = [hinted(model, source, target, name) for name in hints]
print("hints without a mask:", effects)
assert effects == ["Need attn_mask"] * 3, (
    "In the default layout each of src_is_causal, tgt_is_causal and memory_is_causal "
    "is an error without its mask."
)

batch_first = nn.Transformer(16, 4, 2, 3, 32, batch_first=True).to(device).eval()
swapped = source.transpose(0, 1), target.transpose(0, 1)
with torch.no_grad():
    effects = [hinted(batch_first, *swapped, name) for name in hints]
print("in inference with batch_first:", effects)
assert effects == ["nothing", "nothing", "Need attn_mask"], (
    "In inference with batch_first, src_is_causal and tgt_is_causal change nothing; "
    "memory_is_causal is an error there, too."
)
