"""Follow what goes into nn.Transformer and what comes out, and shuffle it."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

model = nn.Transformer(16, 4, 2, 2, 32).to(device).eval()
for parameter in model.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source, target = torch.randn(2, 5, 2, 16, device=device)
padding = torch.tensor([[False, False, False, False, True], [False] * 5], device=device)

masks = {
    name: torch.rand(shape, device=device) < 0.3
    for name, shape in {
        "src_mask": (5, 5),
        "src_key_padding_mask": (2, 5),
        "tgt_mask": (5, 5),
        "memory_mask": (5, 5),
        "tgt_key_padding_mask": (2, 5),
        "memory_key_padding_mask": (2, 5),
    }.items()
}
hints = {"src_is_causal": False, "tgt_is_causal": False, "memory_is_causal": True}
calls, memories = [], [torch.zeros_like(source)]


def look(stack, inputs, options, output):
    """Keep what a stack got, by identity, and what it returned."""
    calls.append((type(stack).__name__, inputs, options, output))


for stack in (model.encoder, model.decoder):
    stack.register_forward_hook(look, with_kwargs=True)
model.encoder.register_forward_hook(lambda stack, inputs, memory: memories.append(memory))
output = model(source, target, **masks, **hints)
encoder_masks = {
    "mask": masks["src_mask"],
    "src_key_padding_mask": masks["src_key_padding_mask"],
    "is_causal": hints["src_is_causal"],
}
decoder_masks = {
    name: mask for name, mask in {**masks, **hints}.items() if not name.startswith("src")
}
expected = [
    ("TransformerEncoder", (source,), encoder_masks, memories[-1]),
    ("TransformerDecoder", (target, memories[-1]), decoder_masks, output),
]


def identical(first, second):
    """Tell whether two calls are of one stack and of the very same objects."""
    (name, inputs, options, output), (other, expected, masks, result) = first, second
    pairs = [*zip(inputs, expected, strict=True), (output, result)]
    pairs += [(options.get(key), mask) for key, mask in masks.items()]
    return name == other and options.keys() == masks.keys() and all(a is b for a, b in pairs)


same = len(calls) == 2 and all(map(identical, calls, expected))
print("the stacks get the very objects:", same)
assert same, (
    "The encoder gets the very source and masks, the decoder the very target, memory and masks, "
    "and the caller what the decoder returned."
)


class Passed(nn.Module):
    """A stack that takes anything, so that only the model itself can refuse it."""

    def forward(self, first, *others, **options):
        return first


def refused(source, target):
    """Return the error that the model raises before its stacks."""
    try:
        nn.Transformer(16, custom_encoder=Passed(), custom_decoder=Passed())(source, target)
    except RuntimeError as error:
        return str(error)
    return "no error"


source_ids, target_ids = torch.randint(100, (5, 2)), torch.randint(100, (3, 2))
errors = [
    refused(source_ids, target_ids),
    refused(source_ids, torch.randn(3, 16)),
    refused(torch.randn(5, 16), target_ids),
]
print("token ids:", errors)
assert errors == ["the feature number of src and tgt must be equal to d_model"] * 3, (
    "Token ids, of shape (seq, batch), are refused as a wrong number of features."
)


def run(source, target=target, padding=padding, tgt_mask=None):
    """Return memory and output."""
    memories.append(torch.zeros_like(source))
    output = model(
        source,
        target,
        src_key_padding_mask=padding,
        memory_key_padding_mask=padding,
        tgt_mask=tgt_mask,
    )
    return memories[-1], output


def difference(first, second):
    return (first - second).abs().max().item()


order = torch.tensor([3, 0, 4, 1, 2], device=device)
memory, output = run(source)
shuffled_memory, same_output = run(source[order], padding=padding[:, order])
assert difference(shuffled_memory, memory[order]) < 1e-5, (
    "Shuffling the source and its padding shuffles memory in the same way."
)
gaps = {
    "other tokens": difference(run(-source)[1], output),
    "another order": difference(same_output, output),
}
print("the output changes by", gaps)
assert gaps["other tokens"] > 1e-2 and gaps["another order"] < 1e-5, (
    "The output depends on the source's tokens, and not on their order."
)

causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
gaps = {
    name: difference(
        run(source, target[order], tgt_mask=mask)[1], run(source, tgt_mask=mask)[1][order]
    )
    for name, mask in {"no mask": None, "causal": causal}.items()
}
print("after shuffling the target, the output differs from the shuffled one by", gaps)
assert gaps["no mask"] < 1e-5 and gaps["causal"] > 1e-2, (
    "Shuffling the target shuffles the output in the same way, but not under a causal mask."
)

positions = torch.randn(5, 1, 16, device=device)
ordered = run(source + positions)[1]
reordered = run(source[order] + positions, padding=padding[:, order])[1]
gap = difference(ordered, reordered)
print(f"with positions, shuffling the source's tokens changes the output by {gap:.2f}")
assert gap > 1e-2, "With positions added to the source, shuffling its tokens changes the output."
