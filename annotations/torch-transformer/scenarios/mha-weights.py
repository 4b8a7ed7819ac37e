"""Cross-attention that returns its weights, in training."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, dropout=0.1, device=device)
target, memory = torch.rand(7, 3, 32, device=device), torch.rand(10, 3, 32, device=device)
output = attention(target, memory, memory, attn_mask=torch.zeros(7, 10, device=device))
