"""Run an encoder over padded sequences, and see when their padding is cut out."""

import copy
import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")

layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(layer, num_layers=2).to(device)
for parameter in encoder.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)  # the layers differ, and so do their norms
source = torch.randn(2, 5, 16, device=device)
padded = torch.tensor([[False, False, False, True, True], [False] * 4 + [True]], device=device)
causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)


def seen_by_layers(encoder, **masks):
    """Return what each layer gets: its input, and its keywords."""
    seen = []
    watchers = [
        layer.register_forward_pre_hook(
            lambda layer, inputs, options: seen.append((inputs[0], options)), with_kwargs=True
        )
        for layer in encoder.layers
    ]
    encoder(source, **masks)
    for watcher in watchers:
        watcher.remove()
    return seen


floats = nn.Transformer.generate_square_subsequent_mask(5, device=device)
hiding = torch.zeros(2, 5, device=device).masked_fill(padded, -torch.inf)
seen = [
    {name: one.tolist() if isinstance(one, torch.Tensor) else one for name, one in options.items()}
    for _, options in seen_by_layers(encoder, mask=causal, src_key_padding_mask=padded)
]
expected = {"src_mask": floats.tolist(), "src_key_padding_mask": hiding.tolist()}
expected["is_causal"] = True
assert seen == [expected] * 2, (
    "The layers get boolean masks as floats, -inf where they were True and 0 elsewhere, "
    "and the hint whether the mask is causal."
)


def difference(first, second):
    return (first - second).abs().max().item()


by_hand = source
for layer in encoder.layers:
    by_hand = layer(by_hand, src_mask=floats)
assert difference(encoder(source, mask=causal), by_hand) < 1e-5, (
    "Each layer gets the output of the one before."
)

encoder.eval()
with torch.no_grad():
    lengths = [
        [len(sequence) for sequence in value.unbind()] if value.is_nested else "all"
        for value, _ in seen_by_layers(encoder, src_key_padding_mask=padded)
    ]
print("two sequences of 5 reach the layers with lengths", lengths)
assert lengths == [[3, 4], [3, 4]], "In inference the layers get the real tokens only."


def changed(change):
    """Return a copy of the encoder after a change."""
    encoder_copy = copy.deepcopy(encoder)
    change(encoder_copy)
    return encoder_copy


def build(**options):
    return nn.TransformerEncoder(encoder.layers[0], 2, **options).eval()


def rows(encoder, padding=padded, gradients=False, source=source, **options):
    """Say what the padded rows of an encoder's output are."""
    try:
        with torch.set_grad_enabled(gradients):
            output = encoder(source, src_key_padding_mask=padding, **options)
        return "values" if output[padding].any() else "zeros"
    except (AssertionError, IndexError, RuntimeError) as error:
        return str(error).partition(". ")[0]


left = padded.flip(1)
frozen = changed(lambda encoder: encoder.requires_grad_(False))
leaf = source.clone().requires_grad_()
found = {
    "inference": rows(encoder),
    "gradients on, all parameters frozen": rows(frozen, gradients=True),
    "gradients on": rows(encoder, gradients=True),
    "a gradient for the input": rows(frozen, gradients=True, source=leaf),
    "training": rows(changed(lambda encoder: encoder.train())),
    "ruled out by the constructor": rows(build(enable_nested_tensor=False)),
    "padding on the left": rows(encoder, padding=left),
    "a mask as well": rows(encoder, mask=causal),
}
torch.set_autocast_enabled("cuda", True)
found["autocast for CUDA"] = rows(encoder)
torch.set_autocast_enabled("cuda", False)
print("padded rows are", found)
expected = dict.fromkeys(found, "values")
expected |= {"inference": "zeros", "gradients on, all parameters frozen": "zeros"}
assert found == expected, (
    "Padded rows come back as zeros in inference, also with gradients on if all parameters are "
    "frozen; but not if a gradient is needed, in training, if the constructor ruled it out, "
    "with padding on the left, beside a mask or under autocast for CUDA."
)


def gap(encoder, expected, padding):
    """Return how far inference is from an output: infinitely, if it has another shape."""
    with torch.no_grad():
        output = encoder(source, src_key_padding_mask=padding)
    return difference(output, expected) if output.shape == expected.shape else torch.inf


trained = changed(lambda encoder: encoder.train())(source, src_key_padding_mask=padded)
filled = trained.masked_fill(padded.unsqueeze(-1), 0)
assert gap(encoder, filled, padded) < 1e-4, (
    "In inference the output is that of training with 0 in the padded rows, "
    "and as long as the input even if no sequence fills it."
)

with torch.no_grad():
    right, checked, unchecked = (
        build(**options)(source, src_key_padding_mask=left)
        for options in ({"enable_nested_tensor": False}, {}, {"mask_check": False})
    )
gaps = difference(checked, right), difference(unchecked[~left], right[~left])
print("padding on the left changes rows by", gaps[0], "and, unchecked, by", gaps[1])
assert gaps[0] < 1e-4 < 0.1 < gaps[1], (
    "With padding on the left all rows are right, "
    "but with mask_check=False those of real tokens are wrong."
)

first_frozen = changed(lambda encoder: encoder.layers[0].requires_grad_(False))
refusal = rows(first_frozen, gradients=True)
print("with only the first layer frozen:", refusal)
assert refusal == "MultiheadAttention does not support NestedTensor outside of its fast path", (
    "If only the first layer is frozen, a later one refuses the nested tensor with an error."
)

on_cpu = copy.deepcopy(encoder).cpu(), source.cpu(), padded.cpu()
with torch.autocast("cpu", dtype=torch.bfloat16):
    failure = rows(on_cpu[0], source=on_cpu[1], padding=on_cpu[2])
print("under autocast for the CPU:", failure)
assert failure == "expected scalar type Float but found BFloat16", (
    "Autocast for the CPU is not checked for, and the call fails."
)

encoder.norm = nn.LayerNorm(16, device=device)
nn.init.uniform_(encoder.norm.bias, 0.5, 1.5)
with torch.no_grad():
    normed = encoder(source, src_key_padding_mask=padded)
assert difference(normed[padded], encoder.norm.bias) < 1e-6, (
    "A final norm turns the zeros of padded rows into its bias."
)
