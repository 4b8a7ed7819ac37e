"""Why no native attention: a zero position is added."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, add_zero_attn=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
with torch.no_grad():
    output = attention(source, source, source)
