"""Why no native attention: a bias is added to the values alone."""

import torch
from torch import nn

GROUP = "why-not"
FORCED = True

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, add_bias_kv=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
attention.bias_k = None
try:
    with torch.no_grad():
        attention(source, source, source)
except AssertionError as error:
    output = error
