"""Why no native attention: input and weight differ in type, which fails further down."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, bias=False, device=device).eval()
source = torch.rand(3, 10, 32, device=device).double()
try:
    with torch.no_grad():
        attention(source, source, source)
except RuntimeError as error:
    output = error
