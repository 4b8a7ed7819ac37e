"""Run an encoder over padded sequences, in training and in inference."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")

pattern = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(pattern, num_layers=2).to(device)
for parameter in encoder.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(2, 5, 16, device=device)


def difference(first, second):
    return (first - second).abs().max().item()


def seen_by_layers(mask):
    """Return the arguments that each layer is called with."""
    seen = []
    watchers = [
        layer.register_forward_pre_hook(lambda *call: seen.append(call[2]), with_kwargs=True)
        for layer in encoder.layers
    ]
    encoder(source, mask=mask)
    for watcher in watchers:
        watcher.remove()
    return seen


allowed = nn.Transformer.generate_square_subsequent_mask(5, device=device)
hidden = allowed.isinf()  # the same mask as booleans
received = [arguments["src_mask"].tolist() for arguments in seen_by_layers(hidden)]
assert received == [allowed.tolist()] * 2, (
    "The layers get a boolean mask as floats: -inf where it was True and 0 elsewhere."
)

hidden_otherwise = hidden.clone()
hidden_otherwise[0, 1] = False
hints = [
    [arguments["is_causal"] for arguments in seen_by_layers(mask)]
    for mask in (hidden, hidden_otherwise)
]
assert hints == [[True, True], [False, False]], (
    "The layers are told that a mask is causal when it equals the causal mask in every element."
)

on_the_right = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
on_the_left = on_the_right.flip(1)
trained = encoder(source, src_key_padding_mask=on_the_right)
trained_left = encoder(source, src_key_padding_mask=on_the_left)
encoder.eval()
with torch.no_grad():
    inferred = encoder(source, src_key_padding_mask=on_the_right)
    inferred_left = encoder(source, src_key_padding_mask=on_the_left)

zeros = {
    "in training": (trained[on_the_right] == 0).all().item(),
    "in inference": (inferred[on_the_right] == 0).all().item(),
    "in inference, padding on the left": (inferred_left[on_the_left] == 0).all().item(),
}
print("padded rows are zeros", zeros)
assert zeros == {
    "in training": False,
    "in inference": True,
    "in inference, padding on the left": False,
}, "Padded rows come back as zeros only in inference and only if the padding is on the right."

real = ~on_the_right
gaps = {
    "padding on the right, real tokens": difference(inferred[real], trained[real]),
    "padding on the left, all rows": difference(inferred_left, trained_left),
}
print("inference and training differ by", {name: f"{gap:.0e}" for name, gap in gaps.items()})
assert max(gaps.values()) < 1e-4, (
    "Everything else is the same in training and in inference: the rows of real tokens, "
    "and all rows if the padding is on the left."
)

encoder.norm = nn.LayerNorm(16, device=device)
nn.init.uniform_(encoder.norm.bias, 0.5, 1.5)
with torch.no_grad():
    normed = encoder(source, src_key_padding_mask=on_the_right)
assert difference(normed[on_the_right], encoder.norm.bias) < 1e-6, (
    "A final norm turns the zeros of padded rows into its bias."
)
