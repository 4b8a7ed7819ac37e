"""Why no nested tensor in the encoder: autocast is on, asked for without a device."""

import torch
from torch import nn

GROUP = "why-not"
FORCED = True

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device)
model = nn.TransformerEncoder(layer, 2).eval()
source = torch.rand(3, 10, 32, device=device)
padding = torch.zeros(3, 10, dtype=torch.bool, device=device)
padding[1:, -2:] = True
torch.set_autocast_enabled("cuda", True)  # the check asks for no device, and means CUDA
with torch.no_grad():
    output = model(source, src_key_padding_mask=padding)
