"""Why no native attention: autocast is on, asked for without a device."""

import torch
from torch import nn

GROUP = "why-not"
FORCED = True

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
torch.set_autocast_enabled("cuda", True)  # the check asks for no device, and means CUDA
with torch.no_grad():
    output = attention(source, source, source)
