"""Give an encoder the hint is_causal, with a causal mask, with another, and with none."""

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
layer.eval()  # without gradients it runs fused, with them in Python, as in training
for parameter in layer.parameters():
    nn.init.uniform_(parameter, -0.5, 0.5)
source = torch.randn(2, 5, 16, device=device)
causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
band = torch.ones(5, 5, dtype=torch.bool, device=device).triu(2)  # one step ahead is seen
padding = torch.tensor([[False] * 5, [False] * 4 + [True]], device=device)
meanings = {
    "nothing hidden": {},
    "causal": {"src_mask": causal},
    "the given mask": {"src_mask": band},
    "the padding": {"src_key_padding_mask": padding},
    "the given mask and the padding": {"src_mask": band, "src_key_padding_mask": padding},
}


def run(gradients, **options):
    with torch.set_grad_enabled(gradients):
        return layer(source, **options).detach()


def acts_as(**options):
    """Say what a call hides, in Python and fused, by the outputs without a hint in Python."""
    found = []
    for gradients in (True, False):
        try:
            output = run(gradients, **options)
        except RuntimeError as error:
            found.append(str(error).partition(".")[0])
            continue
        gaps = {
            name: (output - run(True, **masks)).abs().max().item()
            for name, masks in meanings.items()
        }
        found.append(" or ".join(name for name, gap in gaps.items() if gap < 1e-5))
    return found


both = {"src_mask": band, "src_key_padding_mask": padding}
acts = {
    "alone": acts_as(is_causal=True),
    "beside padding": acts_as(is_causal=True, src_key_padding_mask=padding),
    "with a causal mask": acts_as(is_causal=True, src_mask=causal),
    "with another mask": acts_as(is_causal=True, src_mask=band),
    "with another and padding": acts_as(is_causal=True, **both),
}
denied = acts_as(is_causal=False, src_mask=causal)
print("the hint is taken as (in Python, fused):")
for name, meant in acts.items():
    print(f"  {name}: {meant}")
print("and False with a causal mask:", denied)

refusal = "Need attn_mask if specifying the is_causal hint"
assert acts["alone"] == [refusal, "nothing hidden"], (
    "Without a mask the hint is an error in Python, and does nothing where the layer runs fused."
)
assert acts["beside padding"] == [refusal, "the padding"], (
    "Beside a padding mask alone the hint is an error in Python, too; "
    "fused, only padding is hidden."
)
assert acts["with a causal mask"] == ["causal", "causal"], (
    "With a causal mask the hint changes nothing."
)
assert acts["with another mask"] == ["causal", "the given mask"], (
    "With another mask the hint hides the future in Python; fused, the mask counts."
)
assert acts["with another and padding"] == ["the given mask and the padding"] * 2, (
    "With another mask and padding, both masks count, and the hint does not."
)
assert denied == ["causal", "causal"], "is_causal=False does not switch a causal mask off."
