"""Inference without `no_grad`: no weight asks for a gradient, so the layers are fused."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device).eval()
model.requires_grad_(False)
source, target = torch.rand(3, 10, 32, device=device), torch.rand(3, 7, 32, device=device)
output = model(source, target)
