"""Training on one sequence without a batch dimension."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, device=device)
source, target = torch.rand(10, 32, device=device), torch.rand(7, 32, device=device)
padding = torch.zeros(10, dtype=torch.bool, device=device)
padding[-2:] = True
output = model(source, target, src_key_padding_mask=padding)
