"""List the operators inside the native operator of attention, and what it allocates."""

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

torch.manual_seed(0)
torch.set_grad_enabled(False)
device = "cpu"  # the operators are those of a CPU

BATCH, HEADS, SEQ = 2, 4, 64
attention = nn.MultiheadAttention(16, HEADS, batch_first=True, device=device).eval()
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x = torch.randn(BATCH, SEQ, 16, device=device)
hidden = torch.ones(SEQ, SEQ, dtype=torch.bool, device=device).triu(1)

MOVES = {  # operators that only look at a tensor, move or make it
    *("t", "transpose", "as_strided", "reshape", "view", "_unsafe_view", "resolve_conj", "empty"),
    *("narrow", "slice", "permute", "contiguous", "clone", "empty_like", "copy_", "expand"),
    *("empty_strided", "to", "_to_copy", "unsqueeze", "zeros_like", "zero_", "masked_fill_"),
    *("chunk", "split", "select", "fill_"),
}


def attend(mask=None, fast=True):
    """Run attention with need_weights=False; return output, operators and largest allocation."""
    torch.backends.mha.set_fastpath_enabled(fast)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        output = attention(x, x, x, attn_mask=mask, need_weights=False)[0]
    torch.backends.mha.set_fastpath_enabled(True)
    names = [event.name[6:] for event in seen.events() if event.name.startswith("aten::")]
    largest = max((event.self_cpu_memory_usage for event in seen.events()), default=0)
    return output, [name for name in names if name not in MOVES], largest


plain, plain_operators, plain_bytes = attend()
print("without a mask:", plain_operators)
assert plain_operators == [
    "_native_multi_head_attention",
    "mm",
    "_transform_bias_rescale_qkv",
    "bmm",
    "_softmax",
    "bmm",
    "addmm",
], (
    "Without a mask the native operator is mm, _transform_bias_rescale_qkv, bmm, _softmax, bmm "
    "and addmm, and nothing else that computes."
)
masked, masked_operators, _ = attend(hidden)
print("with a mask:", masked_operators)
expected = [name.replace("_softmax", "_masked_softmax") for name in plain_operators]
assert "_masked_softmax" in masked_operators and masked_operators == expected, (
    "With a mask _masked_softmax stands in place of _softmax."
)

slow, slow_operators, slow_bytes = attend(fast=False)
scores = BATCH * HEADS * SEQ * SEQ * 4
print("largest allocation, in bytes:", plain_bytes, "and in Python", slow_bytes)
assert plain_bytes == scores > 2 * slow_bytes, (
    "With need_weights=False the native operator allocates batch * heads * seq * seq floats at "
    "once; the Python path never does."
)
print("in Python:", slow_operators)
assert "_scaled_dot_product_flash_attention_for_cpu" in slow_operators, (
    "With the fast path switched off and need_weights=False it is the flash kernel of the CPU."
)

in_python = slow, attend(hidden, fast=False)[0]
gaps = [(plain - in_python[0]).abs().max().item(), (masked - in_python[1]).abs().max().item()]
assert max(gaps) < 1e-5, "With and without a mask both give the same output."
