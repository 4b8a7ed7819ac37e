"""Training, as the model comes: sequence first, post-norm, no mask."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, device=device)
source, target = torch.rand(10, 3, 32, device=device), torch.rand(7, 3, 32, device=device)
output = model(source, target)
