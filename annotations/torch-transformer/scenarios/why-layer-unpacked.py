"""Why no fused layer: the projections are said not to be packed."""

import torch
from torch import nn

GROUP = "why-not"
FORCED = True

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
layer.self_attn._qkv_same_embed_dim = False
try:
    with torch.no_grad():
        layer(source)
except (AssertionError, AttributeError) as error:
    output = error
