"""Encode a padded batch in inference, and with gradients on, and compare the rows."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
source, target = torch.randn(2, 2, 5, 16)
padded = torch.tensor([[False, False, False, True, True], [False] * 5])
masks = {"src_key_padding_mask": padded}


def with_own_biases(model):
    for parameter in model.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return model.eval()


layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
encoder = with_own_biases(nn.TransformerEncoder(layer, 1))
with torch.no_grad():
    inference = encoder(source, **masks)
trained = encoder(source, **masks).detach()  # gradients are on


def difference(first, second):
    return (first - second).abs().max().item()


assert (
    not inference.is_nested
    and not inference[padded].any()
    and trained[padded].abs().max() > 0.1
    and difference(trained[~padded], inference[~padded]) < 1e-4
), (
    "Padded rows are zeros in inference, and other values with gradients on; "
    "the rows of real tokens are the same in both."
)
print("largest value in a padded row:", inference[padded].max(), "and", trained[padded].max())
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0)  # in the default layout
first = with_own_biases(nn.TransformerEncoder(layer, 1, enable_nested_tensor=False))
square, hidden = torch.randn(5, 5, 16), torch.zeros(5, 5, dtype=torch.bool)
hidden[:2] = padded  # of five samples
with torch.no_grad():
    untouched = first(square, src_key_padding_mask=hidden).transpose(0, 1)
other = first(square, src_key_padding_mask=hidden).transpose(0, 1).detach()  # gradients are on
print("sequence first, in a padded row:", untouched[hidden].abs().max())
assert untouched[hidden].abs().max() > 0.1 and difference(untouched, other) < 1e-4, (
    "In the default layout, sequence first, padded rows hold in inference what they hold with "
    "gradients on."
)
real = (~padded).unsqueeze(-1)


def pool(output):
    return (output * real).sum(1) / real.sum(1)


gaps = [difference(trained.mean(1), inference.mean(1)), difference(pool(trained), pool(inference))]
diluted = (inference * real).sum(1) / 5  # five rows, and the padded ones are zeros
print("means over all rows differ by", gaps[0], "and over real rows by", gaps[1])
assert gaps[0] > 0.1 and gaps[1] < 1e-4 and difference(inference.mean(1), diluted) < 1e-5, (
    "A mean over all rows counts zeros in inference and other values with gradients on; "
    "one over real rows is the same in both."
)

model = with_own_biases(nn.Transformer(16, 4, 1, 1, 32, dropout=0.0, batch_first=True))
gaps = []
for memory_masks in ({}, {"memory_key_padding_mask": padded}):
    output = model(source, target, **masks, **memory_masks)
    with torch.no_grad():
        gaps.append((output - model(source, target, **masks, **memory_masks)).abs().amax((1, 2)))
print("with gradients and without, samples of nn.Transformer differ by", gaps[0].tolist())
assert gaps[0][0] > 0.1 and gaps[0][1] < 1e-4, (
    "Without memory_key_padding_mask a padded sample of nn.Transformer differs between gradients "
    "on and off, and one without padding does not."
)
memory = model.encoder(source, **masks)
by_hand = model.decoder(target, memory, memory_key_padding_mask=padded)
assert gaps[1].max() < 1e-4 and difference(output, by_hand) < 1e-4, (
    "With memory_key_padding_mask neither differs: the output is that of the decoder under this "
    "mask."
)
