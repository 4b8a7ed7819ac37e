"""Generation: one step, with the memory made before and the whole prefix."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device).eval()
source, prefix = torch.rand(3, 10, 32, device=device), torch.rand(3, 5, 32, device=device)
mask = nn.Transformer.generate_square_subsequent_mask(5, device=device)
with torch.no_grad():
    memory = model.encoder(source)
    output = model.decoder(prefix, memory, tgt_mask=mask, tgt_is_causal=True)[:, -1]
