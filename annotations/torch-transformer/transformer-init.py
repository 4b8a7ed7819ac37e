"""Look at what a Transformer is built of, and at which parameters it draws anew."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")

default = nn.Transformer(device="meta")  # shapes only, no memory
layer = default.encoder.layers[0]
defaults = {
    "parameters": sum(parameter.numel() for parameter in default.parameters()),
    "heads": layer.self_attn.num_heads,
    "dropout": layer.dropout.p,
    "norm_first": layer.norm_first,
    "batch_first": layer.self_attn.batch_first,
}
print("defaults:", defaults)
assert defaults == {
    "parameters": 44_140_544,
    "heads": 8,
    "dropout": 0.1,
    "norm_first": False,
    "batch_first": False,
}, "The default model: 44,140,544 parameters, 8 heads, dropout 0.1, post-norm, sequence first."

parts = sorted(name for name, _ in default.named_children())
assert parts == ["decoder", "encoder"], (
    "A Transformer holds an encoder and a decoder and nothing else: "
    "no embedding, no positions, no output layer."
)

final_norms = [type(default.encoder.norm).__name__, type(default.decoder.norm).__name__]
assert final_norms == ["LayerNorm", "LayerNorm"], "Both stacks end in a LayerNorm of their own."

# An encoder that comes with weights of its own: every one of them is 0.5.
trained = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32), num_layers=2)
for parameter in trained.parameters():
    nn.init.constant_(parameter, 0.5)
model = nn.Transformer(16, 4, 2, 2, 32, custom_encoder=trained).to(device)

redrawn = [name for name, value in trained.named_parameters() if (value != 0.5).any()]
matrices = [name for name, value in trained.named_parameters() if value.dim() > 1]
print("redrawn in the custom encoder:", *redrawn, sep="\n  ")
assert redrawn == matrices, (
    "Of a custom encoder, exactly the parameters with two or more dimensions are drawn anew."
)

first, second = model.decoder.layers
same = {
    "weights": torch.equal(first.linear1.weight, second.linear1.weight),
    "biases": torch.equal(first.linear1.bias, second.linear1.bias),
}
print("the first two decoder layers start with the same:", same)
assert same == {"weights": False, "biases": True}, (
    "The layers of a stack start with different weights and with the same biases."
)
