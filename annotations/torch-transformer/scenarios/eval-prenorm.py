"""Inference with the norm before each block, and GELU: fused as well."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(
    *(32, 4, 2, 2, 64),
    activation="gelu",
    batch_first=True,
    norm_first=True,
    device=device,
).eval()
source, target = torch.rand(3, 10, 32, device=device), torch.rand(3, 7, 32, device=device)
with torch.no_grad():
    output = model(source, target)
