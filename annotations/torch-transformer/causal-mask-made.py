"""Make causal masks in every type, and give them to an attention."""

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
make = nn.Transformer.generate_square_subsequent_mask

mask = make(4, device=device)
print(mask)
assert equation("mask", mask), "Row i is 0 up to column i, and -inf after it."

booleans = make(4, device=device, dtype=torch.bool)
after = [[key > query for key in range(4)] for query in range(4)]
assert booleans.tolist() == after, "With dtype=torch.bool it is True above the diagonal."


def outcome(call, *inputs, **options):
    """Return the beginning of the error of a call, or say that there was none."""
    try:
        call(*inputs, **options)
    except RuntimeError as error:
        return str(error).partition(",")[0][:33]
    return "no error"


def made(dtype):
    return outcome(make, 4, device=device, dtype=dtype)


types = {str(dtype): made(dtype) for dtype in (torch.int64, torch.uint8, torch.bfloat16)}
print("made of", types)
assert types == {
    "torch.int64": "value cannot be converted to type",
    "torch.uint8": "value cannot be converted to type",
    "torch.bfloat16": "no error",
}, "Integers cannot hold -inf, and are refused; bfloat16 can."

dtypes = [make(4, device=device, dtype=dtype).dtype for dtype in (None, torch.bfloat16)]
assert dtypes == [torch.get_default_dtype(), torch.bfloat16], (
    "The mask has the type that is asked for, and torch's default type if none is."
)

canonical = [
    F._canonical_mask(each, "attn_mask", None, "", torch.bfloat16) for each in (mask, booleans)
]
got = [(each.dtype, each.tolist()) for each in canonical]
assert got == [(torch.float32, mask.tolist()), (torch.bfloat16, mask.tolist())], (
    "A float32 mask stays float32 in a bfloat16 model; a boolean one becomes bfloat16."
)

attention = nn.MultiheadAttention(16, 4, device=device, dtype=torch.bfloat16)
x = torch.randn(4, 2, 16, device=device, dtype=torch.bfloat16)
print("float32 in bfloat16:", outcome(attention, x, x, x, attn_mask=mask))
weights = [
    attention(x, x, x, attn_mask=each)[1]
    for each in (booleans, make(4, device=device, dtype=torch.bfloat16))
]
hidden = [(each == 0).tolist() for each in weights]
assert hidden == [[after] * 2] * 2, (
    "Given to an attention, the floats hide what the booleans hide: the weights there are 0."
)
