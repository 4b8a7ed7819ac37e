"""Why no nested tensor in the encoder: the input is on a device without it."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device="meta")
model = nn.TransformerEncoder(layer, 2, mask_check=False).eval()
source = torch.rand(3, 10, 32, device="meta")
padding = torch.zeros(3, 10, dtype=torch.bool, device="meta")
with torch.no_grad():
    output = model(source, src_key_padding_mask=padding)
