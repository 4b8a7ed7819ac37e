"""Hide all keys of some queries, and follow the NaN of inference through the layers."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors|Support for mismatch")
device = "cuda" if torch.cuda.is_available() else "cpu"
source, memory = torch.randn(2, 2, 5, 16, device=device)
ALL, SOME, NONE = [True] * 5, [False, False, True, False, False], [False] * 5
empty = torch.tensor([ALL, NONE], device=device)  # one sequence is all padding
lonely = torch.tensor([NONE, NONE, ALL, NONE, NONE], device=device)  # query 2 has no key
left = torch.tensor([[True, True, False, False, False], NONE], device=device)
causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)


def stack(kind, num_layers, *, batch_first=True, **options):
    """Build layers whose biases are not zero."""
    layer_kind = getattr(nn, f"Transformer{kind}Layer")
    layer = layer_kind(16, 4, 32, dropout=0.0, batch_first=batch_first, device=device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return getattr(nn, f"Transformer{kind}")(layer, num_layers, **options).eval()


def run(stack, gradients=False, **masks):
    inputs = [source, memory] if isinstance(stack, nn.TransformerDecoder) else [source]
    with torch.set_grad_enabled(gradients):
        return stack(*inputs, **masks)


def nan_rows(stack, gradients=False, **masks):
    return run(stack, gradients, **masks).isnan().any(dim=-1).tolist()


encoders = [stack("Encoder", count) for count in (1, 2)]
decoders = [stack("Decoder", count) for count in (1, 2)]

rows = {
    "encoder": [nan_rows(encoder, mask=lonely) for encoder in encoders],
    "decoder": [nan_rows(decoder, tgt_mask=lonely) for decoder in decoders],
    "gradients on": [
        nan_rows(encoders[1], gradients=True, mask=lonely),
        nan_rows(decoders[1], gradients=True, tgt_mask=lonely),
    ],
}
print("one query without keys:", rows)
assert [rows["encoder"], rows["decoder"]] == [[[SOME] * 2, [ALL] * 2]] * 2, (
    "In inference a query without keys is NaN after one layer of an encoder or a decoder, "
    "and every row of every sequence is after two."
)
assert rows["gradients on"] == [[NONE] * 2] * 2, "With gradients on no row is NaN."

first = [
    stack("Encoder", 2, batch_first=False, enable_nested_tensor=False),
    stack("Decoder", 2, batch_first=False),
]
square = torch.randn(5, 5, 16, device=device)  # as many samples as positions
with torch.no_grad():
    outputs = [first[0](square, mask=lonely), first[1](square, square, tgt_mask=lonely)]
assert [output.isnan().any().item() for output in outputs] == [False, False], (
    "In the default layout, sequence first, nothing is NaN in inference."
)

floats = torch.zeros(5, 5, device=device).masked_fill(lonely, -torch.inf)
rows = [nan_rows(encoders[1], mask=floats), nan_rows(decoders[1], tgt_mask=floats)]
print("the same mask in floats:", rows)
assert rows == [[ALL] * 2, [NONE] * 2], (
    "With the same mask in floats the encoder is NaN all the same, and the decoder is not."
)

nested = run(encoders[1], src_key_padding_mask=empty)
other = run(encoders[1], gradients=True, src_key_padding_mask=empty)[1]
assert (
    not nested.is_nested and not nested[0].any() and torch.allclose(nested[1], other, atol=1e-4)
), (
    "Where the encoder makes nested tensors, a sequence of padding only comes back as zeros, "
    "and the other as with gradients on."
)
rows = [
    nan_rows(stack("Encoder", 2, enable_nested_tensor=False), src_key_padding_mask=empty),
    nan_rows(decoders[1], tgt_key_padding_mask=empty),
    nan_rows(decoders[1], memory_key_padding_mask=empty),
]
print("and elsewhere:", rows)
assert rows[:2] == [[ALL, NONE]] * 2, (
    "It is NaN where the encoder makes none, and as the target of a decoder."
)
assert rows[2] == [NONE] * 2, "As the memory of a decoder it is not NaN."
with torch.no_grad():
    cross = decoders[0].layers[0].multihead_attn
    seen = cross(source, memory, memory, key_padding_mask=empty, need_weights=False)[0]
assert (seen[0] - cross.out_proj.bias).abs().max() < 1e-6, (
    "Cross-attention gives a query without keys the output bias, in inference as well."
)

# The cure for padding on the left: one mask, in which padded rows see themselves.
eye = torch.eye(5, dtype=torch.bool, device=device)
hidden = (causal | left.unsqueeze(1)) & ~eye
mask = hidden.repeat_interleave(4, dim=0)  # (batch * heads, seq, seq)
rows = [
    nan_rows(encoders[1], mask=causal, src_key_padding_mask=side) for side in (left, left.flip(1))
]
print("under a causal mask, padding on the left and on the right:", rows)
assert rows == [[ALL, NONE], [NONE] * 2], (
    "Under a causal mask padding on the left is NaN after two layers, and on the right it is not."
)
cured = run(encoders[1], mask=mask)
trained = run(encoders[1], gradients=True, mask=causal, src_key_padding_mask=left)
gaps = (cured - trained).abs().amax(dim=-1)
assert gaps[~left].max() < 1e-4 and not cured.isnan().any(), (
    "If each query is shown its own position nothing is NaN, and real rows are as in training."
)
torch.backends.mha.set_fastpath_enabled(False)
off = run(encoders[1], mask=causal, src_key_padding_mask=left)
torch.backends.mha.set_fastpath_enabled(True)
assert (off - trained)[~left].abs().max() < 1e-4 and not off.isnan().any(), (
    "With the fast paths switched off nothing is NaN, and real rows are as in training."
)
