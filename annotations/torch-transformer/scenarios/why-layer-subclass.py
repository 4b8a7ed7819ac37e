"""Why no fused layer: the input's class overrides torch functions."""

import torch
from torch import nn

GROUP = "why-not"


class Marked(torch.Tensor):
    """A tensor of a class of its own, which torch functions are told of."""


torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device).as_subclass(Marked)
with torch.no_grad():
    output = layer(source)
