"""Why no native attention: it is switched off."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
torch.backends.mha.set_fastpath_enabled(False)
with torch.no_grad():
    output = attention(source, source, source)
