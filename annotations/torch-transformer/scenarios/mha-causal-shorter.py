"""Cross-attention with fewer queries than keys, and a causal hint."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device)
query, memory = torch.rand(3, 4, 32, device=device), torch.rand(3, 6, 32, device=device)
mask = torch.ones(4, 6, dtype=torch.bool, device=device).triu(1)
output, _ = attention(query, memory, memory, attn_mask=mask, is_causal=True, need_weights=False)
