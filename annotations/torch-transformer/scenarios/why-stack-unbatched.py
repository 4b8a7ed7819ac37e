"""Why no nested tensor in the encoder: the input has no batch."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device)
model = nn.TransformerEncoder(layer, 2).eval()
source = torch.rand(10, 32, device=device)
with torch.no_grad():
    output = model(source)
