"""Pass one mask at a time, and find the attention that it reaches and what it hides there."""

import math
import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

# two sequences; the source has 5 positions, the target 3; two layers with four heads
model = nn.Transformer(16, 4, 2, 2, 32, dropout=0.0, batch_first=True, device=device)
source = torch.randn(2, 5, 16, device=device)
target = torch.randn(2, 3, 16, device=device)
attentions = {
    "source": [layer.self_attn for layer in model.encoder.layers],
    "target": [layer.self_attn for layer in model.decoder.layers],
    "cross": [layer.multihead_attn for layer in model.decoder.layers],
}


def weights(**masks):
    """Return the weights by kind of attention: (layer, batch, head, query, key)."""
    seen = {kind: [] for kind in attentions}
    watchers = []
    for kind, modules in attentions.items():
        for module in modules:
            asked = {"need_weights": True, "average_attn_weights": False}
            watchers += [
                module.register_forward_pre_hook(
                    lambda _, inputs, options, asked=asked: (inputs, options | asked),
                    with_kwargs=True,
                ),
                module.register_forward_hook(
                    lambda _, inputs, output, kind=kind: seen[kind].append(output[1].detach())
                ),
            ]
    model(source, target, **masks)
    for watcher in watchers:
        watcher.remove()
    nothing = torch.full((2, 4, 5, 5), torch.nan, device=device)  # where no attention ran
    return {kind: torch.stack(found or [nothing]) for kind, found in seen.items()}


def hidden(**masks):
    """Count by (attention, batch, query, key) in how many layers and heads the weight is 0."""
    counts = {kind: (found == 0).sum(dim=(0, 2)) for kind, found in weights(**masks).items()}
    return {
        (kind, *place): int(count[tuple(place)])
        for kind, count in counts.items()
        for place in count.nonzero().tolist()
    }


def everywhere(kind, batches, queries, keys):
    """Name places, each hidden in both layers and all four heads."""
    return {(kind, b, query, key): 8 for b in batches for query in queries for key in keys}


def mask(shape, *place):
    """Make a mask that is True at one place."""
    made = torch.zeros(shape, dtype=torch.bool, device=device)
    made[place] = True
    return made


masks = {
    "src_mask": mask((5, 5), 4, 1),
    "tgt_mask": mask((3, 3), 0, 2),
    "memory_mask": mask((3, 5), 1, 4),
    "src_key_padding_mask": mask((2, 5), 1, 3),
    "tgt_key_padding_mask": mask((2, 3), 0, 2),
    "memory_key_padding_mask": mask((2, 5), 1, 3),
}
found = {name: hidden(**{name: mask}) for name, mask in masks.items()}
for name, places in found.items():
    print(name, "hides (attention, batch, query, key)", *places)
assert found["src_mask"] == everywhere("source", [0, 1], [4], [1]), (
    "src_mask hides a source position from one source query, in every sequence."
)
assert found["tgt_mask"] == everywhere("target", [0, 1], [0], [2]), (
    "tgt_mask hides a target position from one target query, in every sequence."
)
assert found["memory_mask"] == everywhere("cross", [0, 1], [1], [4]), (
    "memory_mask hides a source position from one target query, in every sequence."
)
assert found["src_key_padding_mask"] == everywhere("source", [1], range(5), [3]), (
    "src_key_padding_mask hides a source position of one sequence from all source queries."
)
assert found["tgt_key_padding_mask"] == everywhere("target", [0], range(3), [2]), (
    "tgt_key_padding_mask hides a target position of one sequence from all target queries."
)
assert found["memory_key_padding_mask"] == everywhere("cross", [1], range(3), [3]), (
    "memory_key_padding_mask hides a source position of one sequence from all target queries."
)

separate = {
    name: hidden(**{name: mask((8, *masks[name].shape), 6, 1, 2)})
    for name in ("src_mask", "tgt_mask", "memory_mask")
}
print("with three dimensions:", separate)
expected = {
    "src_mask": {("source", 1, 1, 2): 2},
    "tgt_mask": {("target", 1, 1, 2): 2},
    "memory_mask": {("cross", 1, 1, 2): 2},
}
assert separate == expected, (
    "Each attention mask may have three dimensions, one mask per sequence and head; "
    "it then hides the position in that head only."
)

plain = weights()


def times(number, **chosen):
    """Return how much more often than the first key another is read, with a number in a mask."""
    ((name, place),) = chosen.items()
    batch, query, key = place
    kind = {"src": "source", "tgt": "target", "memory": "cross"}[name.partition("_")[0]]
    both = weights(**{name: masks[name] * number})[kind], plain[kind]
    changed, before = (
        found[0, batch, :, query, key] / found[0, batch, :, query, 0] for found in both
    )
    return (changed / before).tolist()


multiplied = {
    "src_mask": times(math.log(3), src_mask=(0, 4, 1)),
    "tgt_mask": times(math.log(3), tgt_mask=(1, 0, 2)),
    "src_key_padding_mask": times(math.log(3), src_key_padding_mask=(1, 2, 3)),
    "tgt_key_padding_mask": times(math.log(3), tgt_key_padding_mask=(0, 1, 2)),
}
print("log(3) in a mask multiplies a weight by", multiplied)
assert all(
    math.isclose(ratio, 3, rel_tol=1e-3) for ratios in multiplied.values() for ratio in ratios
), "Any other number is added to the score: log(3) makes a weight three times as large."

floats = {
    name: torch.zeros(mask.shape, device=device).masked_fill(mask, -math.inf)
    for name, mask in masks.items()
}
same = model(source, target, **masks), model(source, target, **floats)
assert torch.allclose(*same), "As floats, -inf does what True does, and 0 what False does."


def unbatched(**masks):
    """Run the second sequence alone, and compare it with itself in the batch."""
    try:
        output = model(source[1], target[1], **masks)
    except AssertionError as error:
        return str(error)
    return "the same" if torch.allclose(output, same[0][1], atol=1e-5) else "another"


one = {name: mask[1] if "padding" in name else mask for name, mask in masks.items()}
outcomes = {"one dimension": unbatched(**one), "two": unbatched(**masks)}
print("without a batch, with padding masks of", outcomes)
refusal = (
    "For unbatched (2-D) `query`, expected `key_padding_mask` to be `None` or 1-D "
    "but found 2-D tensor instead"
)
assert outcomes == {"one dimension": "the same", "two": refusal}, (
    "Without a batch, a padding mask has one dimension; one with two is refused."
)
