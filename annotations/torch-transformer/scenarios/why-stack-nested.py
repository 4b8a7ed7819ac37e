"""Why no nested tensor in the encoder: the input is one already."""

import warnings

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device)
model = nn.TransformerEncoder(layer, 2, mask_check=False).eval()
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
parts = [torch.rand(length, 32, device=device) for length in (3, 5)]
nested = torch.nested.nested_tensor(parts)
padding = torch.zeros(2, 5, dtype=torch.bool, device=device)
try:
    with torch.no_grad():
        model(nested, src_key_padding_mask=padding)
except (AssertionError, RuntimeError) as error:
    output = error
