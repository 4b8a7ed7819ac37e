"""Source and target differ in their batch, batch first."""

import torch
from torch import nn

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device)
source, target = torch.rand(3, 10, 32, device=device), torch.rand(4, 7, 32, device=device)
try:
    model(source, target)
except RuntimeError as error:
    output = error
