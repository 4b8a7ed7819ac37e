"""Source and target differ in their batch."""

import torch
from torch import nn

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, device=device)
source, target = torch.rand(10, 3, 32, device=device), torch.rand(7, 4, 32, device=device)
try:
    model(source, target)
except RuntimeError as error:
    output = error
