"""Keys and values that were projected before: the functional form takes them."""

import torch
from torch import nn
from torch.nn import functional as F

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
attention = nn.MultiheadAttention(32, 4, device=device)
query = torch.rand(10, 3, 32, device=device)
projected = torch.rand(3 * 4, 10, 8, device=device)
output = F.multi_head_attention_forward(
    query,
    query,
    query,
    embed_dim_to_check=32,
    num_heads=4,
    in_proj_weight=attention.in_proj_weight,
    in_proj_bias=attention.in_proj_bias,
    bias_k=None,
    bias_v=None,
    add_zero_attn=False,
    dropout_p=0.0,
    out_proj_weight=attention.out_proj.weight,
    out_proj_bias=attention.out_proj.bias,
    static_k=projected,
    static_v=projected,
)
