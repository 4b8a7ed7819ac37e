"""Training with a causal mask over the target."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device)
source, target = torch.rand(3, 10, 32, device=device), torch.rand(3, 7, 32, device=device)
mask = model.generate_square_subsequent_mask(7, device=device)
output = model(source, target, tgt_mask=mask, tgt_is_causal=True)
