"""Cross-attention with one memory, batch first: two transposes are enough."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device)
target, memory = torch.rand(3, 7, 32, device=device), torch.rand(3, 10, 32, device=device)
output = attention(target, memory, memory, need_weights=False)
