"""Self-attention in inference: one native operator."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
with torch.no_grad():
    output = attention(source, source, source)
