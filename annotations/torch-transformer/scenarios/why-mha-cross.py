"""Why no native attention: query and key are not one tensor."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
memory = torch.rand(3, 7, 32, device=device)
with torch.no_grad():
    output = attention(source, memory, memory)
