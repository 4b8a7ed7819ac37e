"""Why no native attention: a bias is added to the keys and values."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, add_bias_kv=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
with torch.no_grad():
    output = attention(source, source, source)
