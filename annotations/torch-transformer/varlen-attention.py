"""Pack sequences for varlen_attn, on a CPU: shapes, errors, and a kernel that stands in."""

import torch
import torch.nn.functional as F
from torch.nn.attention.varlen import AuxRequest, varlen_attn

from srcread.lab import show_grid

torch.manual_seed(0)
if torch.cuda.is_available():
    print("This is about what a CPU does without a kernel.")
    raise SystemExit(77)
starts = torch.tensor([0, 4, 7], dtype=torch.int32)  # sequences of 4 and 3 tokens
starts_k = torch.tensor([0, 2, 5], dtype=torch.int32)  # of 2 and 3
real, real_k = (torch.arange(4) < each.diff()[:, None] for each in (starts, starts_k))
padded = torch.randn(3, 2, 4, 4, 8)  # Q, K and V as (batch, seq, heads, head_dim)
query, key, value = padded[:, real]  # (tokens, heads, head_dim)


def outcome(call, *inputs, **options):
    """Return what a call gives, or the beginning of its error."""
    try:
        return call(*inputs, **options)
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {str(error)[:70]}"


def shapes(*tensors):
    return [(tuple(each.shape), each.dtype) for each in tensors]


def on_meta(*tensors, kind=torch.float32):
    return [each.to("meta", kind) for each in tensors]


marks = [each.to("meta") for each in (starts, starts_k)]
found, fresh = {}, []
for kind in (torch.float32, torch.bfloat16):
    q, k, v = on_meta(query, *padded[1:, real_k, :2], kind=kind)  # 5 keys of 2 heads
    options = {"enable_gqa": True, "return_aux": AuxRequest(lse=True)}
    output, lse = varlen_attn(q, k, v, *marks, 4, 3, **options)
    found[kind] = shapes(output, lse)
    fresh.append(output is not q)
alone = varlen_attn(q, k, v, *marks, 4, 3, enable_gqa=True, return_aux=AuxRequest())
print("output and log-sum-exp of 7 tokens and 4 heads:", found)
expected = {kind: [((7, 4, 8), kind), ((4, 7), torch.float32)] for kind in found}
assert [found, fresh, shapes(alone)] == [expected, [True] * 2, [((7, 4, 8), kind)]], (
    "The output is a new tensor of the shape and type of the queries; the log-sum-exp comes only "
    "if it is asked for, and is (heads, tokens) in float32."
)

q, k, v = on_meta(query, key, value)
ends = (marks[0], marks[0], 4, 4)
fewer = [
    outcome(varlen_attn, q, k[:, :heads], v[:, :heads], *ends, enable_gqa=grouped)
    for heads, grouped in ((2, False), (2, True), (3, True))
]
print("fewer heads of keys:", fewer)
assert [fewer[0][:55], tuple(fewer[1].shape), fewer[2][:55]] == [
    "ValueError: Expect query and key/value to have the same",
    (7, 4, 8),
    "ValueError: Expect number of query heads to be a multip",
], "Fewer heads of keys need enable_gqa=True, and must divide those of the queries."


def visible(starts_q, starts_k, window=(-1, -1)):
    """Say which keys a query sees: those of its sequence, and in the window."""
    places_q, places_k = torch.arange(starts_q[-1]), torch.arange(starts_k[-1])
    of_q = torch.bucketize(places_q, starts_q[1:], right=True)
    of_k = torch.bucketize(places_k, starts_k[1:], right=True)
    seen = of_q[:, None] == of_k
    if window[1] >= 0:
        seen &= places_k - places_q[:, None] <= window[1]
    return seen


handed_on = []


def stand_in(query, key, value, starts_q, starts_k, max_q, max_k, is_causal, scale, window, *rest):
    """Compute on a CPU what the kernel is to compute, by a mask of all pairs."""
    handed_on.append([max_q, max_k, is_causal, scale, list(window)])
    seen = visible(starts_q, starts_k, window)
    inputs = (each.transpose(0, 1)[None] for each in (query, key, value))
    output = F.scaled_dot_product_attention(*inputs, attn_mask=seen, scale=scale)
    return output[0].transpose(0, 1), query.new_zeros(4, 7), torch.zeros(2, dtype=torch.uint64)


def against_padding(seen):
    """Return the rows of the real queries of the padded batch."""
    inputs = [each.transpose(1, 2) for each in padded]
    output = F.scaled_dot_product_attention(*inputs, attn_mask=seen)
    return output.transpose(1, 2)[real]


def gap(first, second):
    return (first - second).abs().max().item()


error = outcome(varlen_attn, query, key, value, starts, starts, 4, 4)
library = torch.library.Library("torch_attn", "IMPL")
library.impl("_varlen_attn", stand_in, "CPU")
causal = varlen_attn(query, key, value, starts, starts, 4, 4, window_size=(-1, 0))
crossed = varlen_attn(query, *padded[1:, real_k], starts, starts_k, 4, 3)
varlen_attn(query, key, value, starts, starts, 4, 4, window_size=(2, 0), scale=0.5)
named = outcome(varlen_attn, query, key, value, starts, starts, 4, 4, is_causal=True)
library._destroy()
print("on a CPU:", error)
triangle = torch.ones(4, 4, dtype=torch.bool).tril()
gaps = [
    gap(causal, against_padding(real[:, None, None] & triangle)),
    gap(crossed, against_padding(real_k[:, None, None])),
]
print("with a kernel, packed and padded differ by", gaps)
show_grid(
    "Which keys a query sees: lengths 4 and 3, causal",
    visible(starts, starts, [-1, 0]),
    rows="query",
    columns="key",
)
missing = "NotImplementedError: Could not run 'aten::_flash_attention_forward'"
assert error.startswith(missing) and max(gaps) < 1e-5, (
    "On a CPU the call is a NotImplementedError about aten::_flash_attention_forward; with a "
    "kernel that lets a query see its own sequence, packed sequences give the real rows of a "
    "padded batch."
)
print("max_q, max_k, causal, scale, window:", handed_on, named)
assert handed_on == [
    [4, 4, True, None, [-1, 0]],
    [4, 3, False, None, [-1, -1]],
    [4, 4, False, 0.5, [2, 0]],
] and named.endswith("got an unexpected keyword argument 'is_causal'"), (
    "A window of (-1, 0) is handed on as causal, another one as it is; is_causal is no argument."
)

trained = [each.clone().requires_grad_() for each in (q, k, v)]
output = varlen_attn(*trained, *ends)
gradients = torch.autograd.grad(output.sum(), trained, allow_unused=True)
pages = [trained[0], *(each[None].expand(2, -1, -1, -1) for each in trained[1:])]
refused = [
    outcome(varlen_attn, *trained, *ends, seqused_k=marks[0][1:]),
    outcome(varlen_attn, *pages, *ends, block_table=marks[0][1:, None]),
]
with torch.no_grad():
    taken = varlen_attn(*trained, *ends, seqused_k=marks[0][1:])
given = [None if each is None else tuple(each.shape) for each in gradients]
print("gradients:", given, refused, shapes(taken))
assert [given, tuple(taken.shape), refused] == [
    [(7, 4, 8)] * 3,
    (7, 4, 8),
    [
        "RuntimeError: seqused_k is an inference-only parameter.",
        "RuntimeError: block_table is an inference-only parameter.",
    ],
], (
    "Queries, keys and values get gradients; seqused_k and block_table are refused where one is "
    "needed."
)
