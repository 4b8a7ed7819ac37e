"""The query has another number of features than the module."""

import torch
from torch import nn

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
query = torch.rand(10, 3, 32, device=device)
query = torch.rand(10, 3, 33, device=device)
try:
    attention(query, query, query)
except AssertionError as error:
    output = error
