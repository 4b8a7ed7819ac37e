"""Pass inputs in the wrong layout to nn.Transformer, and see which are refused, and why."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")


class Passed(nn.Module):
    """A stack that takes anything, so that only the check itself can refuse it."""

    def forward(self, first, *others, **options):
        return first


def checker(batch_first):
    return nn.Transformer(
        16, custom_encoder=Passed(), custom_decoder=Passed(), batch_first=batch_first
    )


def refusal(model, source, target):
    """Return the error of a call, by its kind and its first words, or "none"."""
    try:
        model(torch.randn(source, device=device), torch.randn(target, device=device))
    except (RuntimeError, AssertionError) as error:
        return f"{type(error).__name__}: {str(error)[:18]}"
    return "none"


sequence_first, batch_first = (5, 2, 16), (2, 5, 16)  # S = 5, N = 2
layouts = {
    "default, right": refusal(checker(False), sequence_first, (3, 2, 16)),
    "default, wrong": refusal(checker(False), batch_first, (2, 3, 16)),
    "batch first, right": refusal(checker(True), batch_first, (2, 3, 16)),
    "batch first, wrong": refusal(checker(True), sequence_first, (3, 2, 16)),
}
print(layouts)
assert layouts == {
    "default, right": "none",
    "default, wrong": "RuntimeError: the batch number o",
    "batch first, right": "none",
    "batch first, wrong": "RuntimeError: the batch number o",
}, (
    "In either layout, inputs in the other layout with unequal lengths are refused "
    "for the batch number, although their batches are equally large."
)


def build(batch_first):
    return nn.Transformer(16, 4, 1, 1, 32, batch_first=batch_first).to(device).eval()


def leak(model, layout):
    """Return how much a change of sample 0 changes sample 1, where sample and token are numbered.

    `layout` says which dimension of the data is the batch. Nothing is returned if it is refused.
    """
    data = torch.randn(4, 4, 16, device=device)
    changed = data.clone()
    changed.select(layout, 0).neg_()
    try:
        gap = model(changed, changed) - model(data, data)
    except RuntimeError:
        return None
    return gap.select(layout, 1).abs().max().item() > 1e-3


leaks = {
    "default, right": leak(build(False), 1),
    "default, wrong": leak(build(False), 0),
    "batch first, right": leak(build(True), 0),
    "batch first, wrong": leak(build(True), 1),
}
print("sample 0 changes the output of sample 1:", leaks)
assert leaks == {
    "default, right": False,
    "default, wrong": True,
    "batch first, right": False,
    "batch first, wrong": True,
}, (
    "With equal lengths the wrong layout passes, and then one sample changes the output "
    "of another; in the right layout it does not."
)


def output(model, *inputs):
    """Return what the model gives; nothing if it refuses the inputs."""
    try:
        return model(*inputs)
    except RuntimeError:
        return torch.zeros(0)


alone = torch.randn(5, 16, device=device), torch.randn(3, 16, device=device)
gaps = []
for first in (False, True):
    model, batch = build(first), 0 if first else 1
    together = output(model, *(each.unsqueeze(batch) for each in alone)).squeeze(batch)
    single = output(model, *alone)
    gaps.append((single.shape, single.shape == together.shape and (single - together).abs().max()))
print("without a batch:", gaps)
assert all(shape == (3, 16) and gap < 1e-5 for shape, gap in gaps), (
    "Without a batch dimension the output is that of a batch of one, in either layout."
)

mixed = [
    refusal(model, (5, 16), (3, 2, 16))
    for model in (checker(False), checker(True), build(False), build(True))
]
print("only the target has a batch:", mixed)
assert mixed == ["none"] * 2 + ["AssertionError: For batched (3-D) "] * 2, (
    "A target with a batch beside a source without one passes the check, and attention refuses it."
)

widths = [
    refusal(checker(False), (5, 2, 8), (3, 2, 16)),
    refusal(checker(False), (5, 2, 16), (3, 2, 8)),
    refusal(checker(False), (5, 2, 16), (3, 2, 16)),
]
print("of another width:", widths)
assert widths == ["RuntimeError: the feature number"] * 2 + ["none"], (
    "A source or a target of another width is refused for the feature number."
)
