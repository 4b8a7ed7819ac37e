"""Self-attention in inference under a boolean padding mask: native, too."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
padding = torch.zeros(3, 10, dtype=torch.bool, device=device)
padding[1:, -2:] = True
with torch.no_grad():
    output = attention(source, source, source, key_padding_mask=padding)
