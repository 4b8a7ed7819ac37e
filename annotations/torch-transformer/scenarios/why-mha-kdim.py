"""Why no native attention: the keys have a size of their own, so no weight is packed."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, kdim=16, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
try:
    with torch.no_grad():
        attention(source, source, source)
except AssertionError as error:
    output = error
