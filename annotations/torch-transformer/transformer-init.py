"""Look at what nn.Transformer is built of, and at which parameters it draws anew."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

default = nn.Transformer(device="meta")  # shapes only, no memory
parts = {name: list(dict(stack.named_children())) for name, stack in default.named_children()}
print("built of:", parts)
assert parts == {"encoder": ["layers", "norm"], "decoder": ["layers", "norm"]}, (
    "A Transformer is two stacks, each of layers and one final norm: "
    "no embedding, no positional encoding, no output layer."
)

sizes = {
    "features": default.d_model,
    "heads": default.nhead,
    "layers": (len(default.encoder.layers), len(default.decoder.layers)),
    "feed-forward": default.encoder.layers[0].linear1.out_features,
    "dropout": default.encoder.layers[0].dropout.p,
    "parameters": sum(parameter.numel() for parameter in default.parameters()),
}
print("by default:", sizes)
assert sizes == {
    "features": 512,
    "heads": 8,
    "layers": (6, 6),
    "feed-forward": 2048,
    "dropout": 0.1,
    "parameters": 44_140_544,
}, "The default sizes are those of the paper's base model, and make 44,140,544 parameters."

norms = [default.encoder.norm, default.encoder.layers[0].norm1, default.decoder.norm]
choices = {
    "batch_first": default.encoder.layers[0].self_attn.batch_first,
    "activation": default.encoder.layers[0].activation.__name__,
    "eps of the norms": {norm.eps for norm in norms},
    "devices": {parameter.device.type for parameter in default.parameters()},
}
print("and:", choices)
assert choices == {
    "batch_first": False,
    "activation": "relu",
    "eps of the norms": {1e-5},
    "devices": {"meta"},
}, "The default layout is (seq, batch, feature), and all parts share one eps and one device."


def effect_of_final_norm(**options):
    """Return how much the final norm of a fresh encoder changes its output."""
    encoder = nn.Transformer(16, 4, **options).to(device).eval().encoder
    source = torch.randn(5, 2, 16, device=device)
    normed = encoder(source)
    encoder.norm = None
    return (normed - encoder(source)).abs().max().item()


effects = {"post-norm": effect_of_final_norm(), "pre-norm": effect_of_final_norm(norm_first=True)}
print("the final norm changes the output by", {name: f"{by:.2f}" for name, by in effects.items()})
assert effects["post-norm"] < 1e-3 < 0.1 < effects["pre-norm"], (
    "In a fresh stack the final norm changes next to nothing after post-norm layers, "
    "and changes the output after pre-norm ones."
)

trained = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32), num_layers=2)
for parameter in trained.parameters():
    nn.init.constant_(parameter, 0.5)  # as if training had led here
model = nn.Transformer(16, 4, 2, 2, 32, custom_encoder=trained)
lost = [name for name, value in trained.named_parameters() if (value != 0.5).any()]
matrices = [name for name, value in trained.named_parameters() if value.dim() > 1]
print("lost of the custom encoder:", *lost, sep="\n  ")
assert lost == matrices, "Of a custom encoder, all matrices and nothing else are drawn anew."

first, second = (dict(layer.named_parameters()) for layer in model.decoder.layers)
same = [name for name in first if torch.equal(first[name], second[name])]
vectors = [name for name in first if first[name].dim() == 1]
print("the same in both decoder layers:", *same, sep="\n  ")
assert same == vectors, (
    "Two layers of a stack start with the same biases and norms, and with different matrices."
)
