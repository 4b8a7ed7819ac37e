"""Why no native attention: make_fx listens to torch functions while it traces."""

import torch
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)


def forward(source):
    return attention(source, source, source)[0]


with torch.no_grad():
    output = make_fx(forward)(source)(source)
