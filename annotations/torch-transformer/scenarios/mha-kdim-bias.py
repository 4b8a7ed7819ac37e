"""Keys and values of other sizes, added biases and a zero position, weights per head."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(
    32,
    4,
    kdim=16,
    vdim=8,
    add_bias_kv=True,
    add_zero_attn=True,
    batch_first=True,
    device=device,
)
query = torch.rand(3, 7, 32, device=device)
key, value = torch.rand(3, 10, 16, device=device), torch.rand(3, 10, 8, device=device)
padding = torch.zeros(3, 10, dtype=torch.bool, device=device)
padding[1:, -2:] = True
output = attention(
    query,
    key,
    value,
    key_padding_mask=padding,
    attn_mask=torch.zeros(7, 10, dtype=torch.bool, device=device),
    average_attn_weights=False,
)
