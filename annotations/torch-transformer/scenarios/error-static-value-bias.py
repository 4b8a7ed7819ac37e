"""A value that was projected before cannot get a bias."""

import torch
from torch import nn
from torch.nn import functional as F

GROUP = "errors"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
query = torch.rand(10, 3, 32, device=device)
arguments = {
    "query": query,
    "key": query,
    "value": query,
    "embed_dim_to_check": 32,
    "num_heads": 4,
    "in_proj_weight": attention.in_proj_weight,
    "in_proj_bias": attention.in_proj_bias,
    "bias_k": None,
    "bias_v": None,
    "add_zero_attn": False,
    "dropout_p": 0.0,
    "out_proj_weight": attention.out_proj.weight,
    "out_proj_bias": attention.out_proj.bias,
}
arguments |= {
    "bias_k": torch.rand(1, 1, 32, device=device),
    "bias_v": torch.rand(1, 1, 32, device=device),
    "static_v": query,
}
try:
    F.multi_head_attention_forward(**arguments)
except AssertionError as error:
    output = error
