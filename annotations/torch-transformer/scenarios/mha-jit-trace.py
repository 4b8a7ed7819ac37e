"""Traced by torch.jit, where sizes are tensors."""

import warnings

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, batch_first=True, device=device)
source = torch.rand(3, 10, 32, device=device)
warnings.filterwarnings("ignore", message=".*torch.jit")
traced = torch.jit.trace(attention, (source, source, source), check_trace=False)
output = traced(source, source, source)
