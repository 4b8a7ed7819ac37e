"""Training on padded sequences, with 2-D and 3-D boolean masks."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Transformer(32, 4, 2, 2, 64, batch_first=True, device=device)
source, target = torch.rand(3, 10, 32, device=device), torch.rand(3, 7, 32, device=device)
padding = torch.zeros(3, 10, dtype=torch.bool, device=device)
padding[1:, -2:] = True
hidden = torch.zeros(10, 10, dtype=torch.bool, device=device)
hidden[0, 1:] = True
per_head = torch.zeros(3 * 4, 7, 7, dtype=torch.bool, device=device)
output = model(
    source,
    target,
    src_mask=hidden,
    tgt_mask=per_head,
    src_key_padding_mask=padding,
    tgt_key_padding_mask=padding[:, 3:],
    memory_key_padding_mask=padding,
)
