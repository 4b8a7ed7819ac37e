"""Run an encoder over padded sequences, in training and in inference."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")

layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(layer, num_layers=2).to(device)
source = torch.randn(2, 5, 16, device=device)
padded = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
padded_left = padded.flip(1)
causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)


def seen_by_layers(**masks):
    """Return the input and the mask that each layer gets."""
    seen = []
    watchers = [
        layer.register_forward_pre_hook(
            lambda layer, inputs, options: seen.append((inputs[0], options["src_mask"])),
            with_kwargs=True,
        )
        for layer in encoder.layers
    ]
    encoder(source, **masks)
    for watcher in watchers:
        watcher.remove()
    return seen


floats = nn.Transformer.generate_square_subsequent_mask(5, device=device)
masks = [mask.tolist() for _, mask in seen_by_layers(mask=causal)]
assert masks == [floats.tolist()] * 2, (
    "The layers get a boolean mask as floats: -inf where it was True and 0 elsewhere."
)

by_hand = source
for layer in encoder.layers:
    by_hand = layer(by_hand, src_mask=floats)


def difference(first, second):
    return (first - second).abs().max().item()


assert difference(encoder(source, mask=causal), by_hand) < 1e-5, (
    "Each layer gets the output of the one before."
)

with torch.no_grad():
    trained = encoder(source, src_key_padding_mask=padded)
    trained_left = encoder(source, src_key_padding_mask=padded_left)
encoder.eval()
with_gradients = encoder(source, src_key_padding_mask=padded)
torch.set_grad_enabled(False)  # inference from here on
inferred = encoder(source, src_key_padding_mask=padded)
inferred_left = encoder(source, src_key_padding_mask=padded_left)
beside_a_mask = encoder(source, mask=causal, src_key_padding_mask=padded)

lengths = [
    [len(sequence) for sequence in value.unbind()]
    for value, _ in seen_by_layers(src_key_padding_mask=padded)
]
print("two sequences of 5 reach the layers with lengths", lengths)
assert lengths == [[3, 5], [3, 5]], "In inference the layers get the real tokens only."

zeros = {
    "training": not trained[padded].any(),
    "gradients on": not with_gradients[padded].any(),
    "inference": not inferred[padded].any(),
    "beside a mask": not beside_a_mask[padded].any(),
}
print("padded rows are zeros:", zeros)
assert [name for name, one in zeros.items() if one] == ["inference"], (
    "Padded rows come back as zeros in inference, but not with gradients on or beside a mask."
)
assert difference(inferred[~padded], trained[~padded]) < 1e-4, (
    "The rows of real tokens are the same in training and in inference."
)
assert difference(inferred_left, trained_left) < 1e-4, (
    "With the padding on the left, all rows are the same in training and in inference."
)

encoder.norm = nn.LayerNorm(16, device=device)
nn.init.uniform_(encoder.norm.bias, 0.5, 1.5)
normed = encoder(source, src_key_padding_mask=padded)
assert difference(normed[padded], encoder.norm.bias) < 1e-6, (
    "A final norm turns the zeros of padded rows into its bias."
)
