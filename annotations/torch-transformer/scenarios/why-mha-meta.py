"""Why no native attention: a tensor is on a device without it."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device="meta").eval()
source = torch.rand(3, 10, 32, device="meta")
with torch.no_grad():
    output = attention(source, source, source)
