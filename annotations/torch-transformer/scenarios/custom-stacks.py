"""Training with an encoder and a decoder of your own, without a norm at their ends."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, device=device), 2)
decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(32, 4, 64, device=device), 2)
model = nn.Transformer(32, 4, custom_encoder=encoder, custom_decoder=decoder)
output = model(torch.rand(10, 3, 32, device=device), torch.rand(7, 3, 32, device=device))
