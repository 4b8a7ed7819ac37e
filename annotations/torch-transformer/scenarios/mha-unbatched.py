"""Self-attention over one sequence, which returns its weights."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
source = torch.rand(10, 32, device=device)
output = attention(source, source, source)
