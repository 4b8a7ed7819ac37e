"""Build a model without biases, and see what is gone with them."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def names(module):
    return {name for name, _ in module.named_parameters()}


def build_model(**options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.Transformer(**options, device="meta")


full, bare = build_model(), build_model(bias=False)
gone = names(full) - names(bare)
kinds = sorted({name.rpartition("layers.")[2].partition(".")[2] or name for name in gone})
print(f"{len(gone)} parameters are gone, {len(names(bare))} left; gone from each layer: {kinds}")
assert (
    gone == {name for name in names(full) if name.endswith("bias")}
    and names(bare) == names(full) - gone
), (
    "Without biases every parameter named bias is gone, those of the norms and of the final "
    "norms as well, and nothing else."
)

sizes = [  # of what is on the given device
    sum(parameter.numel() for parameter in model.parameters() if parameter.is_meta)
    for model in (full, bare)
]
print(f"{sizes[0]:,} parameters, {sizes[0] - sizes[1]:,} of them biases")
assert sizes == [44_140_544, 44_140_544 - 83_968], (
    "Of 44,140,544 parameters 83,968 are biases: 0.2 %."
)


def build(**options):
    """Build a layer whose norms are not those of a fresh one."""
    layer = nn.TransformerEncoderLayer(16, 4, 32, 0.0, batch_first=True, **options).to(device)
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer


x = torch.randn(2, 5, 16, device=device)
without, zeroed = build(bias=False), build()
zeroed.load_state_dict(without.state_dict(), strict=False)
for name, parameter in zeroed.named_parameters():
    if name.endswith("bias"):
        nn.init.zeros_(parameter)
gap = (without(x) - zeroed(x)).abs().max().item()
origin = without(torch.zeros_like(x)).abs().max().item()
print(f"without biases and with zeros for biases: {gap:.1e} apart; of zeros it makes {origin}")
assert gap < 1e-5 and origin == 0, (
    "A layer without biases is one whose biases are 0, and gives 0 for 0."
)


def calls_in_inference(layer):
    """Count the calls of a sub-layer in inference: none if the layer runs fused."""
    calls, forward = [], layer.linear1.forward
    layer.linear1.forward = lambda x: (calls.append(1), forward(x))[1]
    with torch.no_grad():
        layer.eval()(x)
    return len(calls)


calls = {"with biases": calls_in_inference(zeroed), "without": calls_in_inference(without)}
print("calls of linear1 in inference:", calls)
assert calls == {"with biases": 0, "without": 1}, (
    "With biases a layer runs fused in inference, and without it calls its sub-layers."
)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    allowed = [nn.TransformerEncoder(layer, 1).use_nested_tensor for layer in (zeroed, without)]
print("nested tensors:", allowed, *(each.message for each in caught))
assert allowed == [True, False] and [
    str(each.message).endswith("self_attn was passed bias=False") for each in caught
] == [True], (
    "An encoder without biases makes no nested tensors, and warns that bias=False is the reason."
)
