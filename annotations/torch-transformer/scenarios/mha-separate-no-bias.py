"""Separate projections without any bias."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, kdim=16, bias=False, device=device)
query, value = torch.rand(3, 7, 32, device=device), torch.rand(3, 10, 32, device=device)
key = torch.rand(3, 10, 16, device=device)
output = attention(query, key, value, need_weights=False)
