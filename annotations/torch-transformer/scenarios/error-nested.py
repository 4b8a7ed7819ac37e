"""A nested tensor meets a refusal of the native attention."""

import warnings

import torch
from torch import nn

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
parts = [torch.rand(length, 32, device=device) for length in (3, 5)]
nested = torch.nested.nested_tensor(parts)
try:
    attention(nested, nested, nested)  # gradients are on
except AssertionError as error:
    output = error
