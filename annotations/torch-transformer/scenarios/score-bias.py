"""Training with a float mask that is added to the scores."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device)
source, target = torch.rand(3, 10, 32, device=device), torch.rand(3, 7, 32, device=device)
distance = torch.arange(10, device=device)
bias = -(distance[:, None] - distance).abs().float()
output = model(source, target, src_mask=bias)
