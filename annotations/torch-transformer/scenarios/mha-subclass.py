"""The functional form is told of by the input's class."""

import torch
from torch import nn

GROUP = "reading"


class Marked(torch.Tensor):
    """A tensor of a class of its own, which torch functions are told of."""


torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
query = torch.rand(10, 3, 32, device=device)
query = query.as_subclass(Marked)
output = attention(query, query, query)
