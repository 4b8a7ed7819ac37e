"""Why no native attention: a nested tensor comes with a mask."""

import warnings

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
parts = [torch.rand(length, 32, device=device) for length in (3, 5)]
nested = torch.nested.nested_tensor(parts)
mask = torch.zeros(2, 5, dtype=torch.bool, device=device)
try:
    with torch.no_grad():
        attention(nested, nested, nested, key_padding_mask=mask)
except AssertionError as error:
    output = error
