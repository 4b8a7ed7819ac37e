"""Why no nested tensor in the encoder: the encoder was pickled before there was such a setting."""

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
del model.use_nested_tensor
with torch.no_grad():
    output = model(source, src_key_padding_mask=padding)
