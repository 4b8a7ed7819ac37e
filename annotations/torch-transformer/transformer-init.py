"""Look at what nn.Transformer is built of, and at which parameters it initialises a second time."""

import math
import warnings

import torch
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

default = nn.Transformer(device="meta")  # shapes only, no memory
parts = {
    name: [type(part).__name__ for part in stack.children()]
    for name, stack in default.named_children()
}
print("built of:", parts)
assert parts == {"encoder": ["ModuleList", "LayerNorm"], "decoder": ["ModuleList", "LayerNorm"]}, (
    "nn.Transformer is an encoder and a decoder, each of layers and one final LayerNorm: "
    "no embedding, no positional encoding, no output layer."
)

sizes = {
    "features": default.d_model,
    "heads": default.nhead,
    "layers": (len(default.encoder.layers), len(default.decoder.layers)),
    "feed-forward": default.encoder.layers[0].linear1.out_features,
    "dropout": default.encoder.layers[0].dropout.p,
    "eps": {module.eps for module in default.modules() if isinstance(module, nn.LayerNorm)},
    "parameters": sum(parameter.numel() for parameter in default.parameters()),
}
print("by default:", sizes)
assert sizes == {
    "features": 512,
    "heads": 8,
    "layers": (6, 6),
    "feed-forward": 2048,
    "dropout": 0.1,
    "eps": {1e-5},
    "parameters": 44_140_544,
}, (
    "The defaults are 512 features, 8 heads, 6 + 6 layers, 2048 in the feed-forward block, "
    "dropout 0.1 and eps 1e-5, and make 44,140,544 parameters."
)

batch_first = {
    module.batch_first
    for module in default.modules()
    if isinstance(module, nn.Transformer | nn.MultiheadAttention)
}
assert batch_first == {False}, "By default the layout is (seq, batch, feature)."

odd = nn.Transformer(16, 4, 1, 1, 32, layer_norm_eps=0.5, bias=False, dtype=torch.float64)
reached = {
    "eps": {module.eps for module in odd.modules() if isinstance(module, nn.LayerNorm)},
    "biases": [name for name, _ in odd.named_parameters() if "bias" in name],
    "dtype": {parameter.dtype for parameter in odd.parameters()},
}
print("with layer_norm_eps=0.5, bias=False and float64:", reached)
assert reached == {"eps": {0.5}, "biases": [], "dtype": {torch.float64}}, (
    "The arguments layer_norm_eps, bias and dtype hold for every layer and both final norms."
)


def effect_of_final_norm(stack, *inputs):
    """Return how much the final norm of a fresh encoder or decoder changes its output."""
    normed = stack(*inputs)
    stack.norm = None
    return (normed - stack(*inputs)).abs().max().item()


x, y = torch.randn(2, 5, 2, 16, device=device)
post = nn.Transformer(16, 4, 2, 2, 32).to(device).eval()
pre = nn.Transformer(16, 4, 2, 2, 32, norm_first=True).to(device).eval()
effects = {
    "post-norm": [effect_of_final_norm(post.encoder, x), effect_of_final_norm(post.decoder, y, x)],
    "pre-norm": [effect_of_final_norm(pre.encoder, x), effect_of_final_norm(pre.decoder, y, x)],
}
print("the final norms change the output by", effects)
assert max(effects["post-norm"]) < 1e-3 < 0.1 < min(effects["pre-norm"]), (
    "In a fresh model the final norms change the output of post-norm layers by less than 0.001, "
    "and that of pre-norm layers by more than 0.1."
)

trained = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32), num_layers=2)
for parameter in trained.parameters():
    nn.init.constant_(parameter, 0.5)  # as if training had led here
model = nn.Transformer(16, 4, 2, 2, 32, custom_encoder=trained)
if must_fail("In a custom_encoder every matrix loses its values, and nothing else does."):
    for parameter in trained.parameters():
        nn.init.constant_(parameter, 0.5)  # load the trained values once more, now that it is built
lost = [name for name, value in trained.named_parameters() if (value != 0.5).any()]
matrices = [name for name, value in trained.named_parameters() if value.dim() > 1]
print("lost of the custom encoder:", *lost, sep="\n  ")
assert lost == matrices, "In a custom_encoder every matrix loses its values, and nothing else does."


def shares_of_bound(matrix):
    """Return the sizes of a matrix's values, as shares of Xavier's bound for its shape."""
    return matrix.abs().flatten() / math.sqrt(6 / sum(matrix.shape))


shares = torch.cat([shares_of_bound(value) for value in model.parameters() if value.dim() > 1])
largest, average = shares.max().item(), shares.mean().item()
print(f"of Xavier's bound, the largest value is {largest:.3f} and the average {average:.3f}")
assert 0.99 < largest <= 1 and 0.49 < average < 0.51, (
    "Every matrix is drawn evenly up to Xavier's bound sqrt(6 / (inputs + outputs))."
)

unequal = [
    [
        name
        for name, one in first.named_parameters()
        if not torch.equal(one, last.get_parameter(name))
    ]
    for first, last in (post.encoder.layers, post.decoder.layers)
]
matrices = [
    [name for name, value in stack.layers[0].named_parameters() if value.dim() > 1]
    for stack in (post.encoder, post.decoder)
]
print("what differs between two layers of a stack:", unequal)
assert unequal == matrices, (
    "Two layers of a stack start with equal biases and norms, and with different matrices."
)
