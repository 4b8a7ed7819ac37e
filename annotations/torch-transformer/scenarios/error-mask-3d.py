"""A 3-D mask has the wrong shape."""

import torch
from torch import nn

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
query = torch.rand(10, 3, 32, device=device)
try:
    attention(query, query, query, attn_mask=torch.zeros(3, 3, 3, device=device))
except (RuntimeError, AssertionError) as error:
    output = error
