"""Find out which of two implementations a call of MultiheadAttention runs, and compare them."""

import sys
import warnings

import torch
from torch import nn

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")


def build(heads=4, **options):
    """Build an attention whose biases are not zero."""
    options = {"batch_first": True, **options}
    attention = nn.MultiheadAttention(16, heads, **options, device=device).eval()
    for parameter in attention.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return attention


attention = build()
sequence_first = build(batch_first=False)
sequence_first.load_state_dict(attention.state_dict())
x, y, z = torch.randn(3, 2, 5, 16, device=device)
hidden = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
floats = nn.Transformer.generate_square_subsequent_mask(5, device=device)
padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
nested = torch.nested.nested_tensor([x[0], x[1, :3]])


def native_calls(call, *inputs, **options):
    """List the functions not written in Python that a call runs, as Python calls them."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return names


def is_native(attention, *inputs, gradients=False, **options):
    """Tell whether a call runs the native operator; return the beginning of its error."""
    try:
        with torch.set_grad_enabled(gradients):
            names = native_calls(attention, *(inputs or (x, x, x)), **options)
    except (AssertionError, RuntimeError) as error:
        return str(error)[:30]
    return "_native_multi_head_attention" in names


frozen = build().requires_grad_(False)
half_bias, unpacked = build(add_bias_kv=True), build()
half_bias.bias_k = None  # as no constructor leaves it
unpacked._qkv_same_embed_dim = False  # nor this
leaf = x.clone().requires_grad_()
native = {
    "self-attention": is_native(attention),
    "boolean masks": is_native(attention, attn_mask=hidden, key_padding_mask=padding),
    "gradients on, all parameters frozen": is_native(frozen, gradients=True),
    "a nested tensor": is_native(attention, nested, nested, nested),
    "float attn_mask": is_native(attention, attn_mask=floats),
    "float key_padding_mask": is_native(attention, key_padding_mask=padding.float()),
    "query is a copy": is_native(attention, x.clone(), x, x),
    "value is a copy": is_native(attention, x, x, x.clone()),
    "gradients on": is_native(attention, gradients=True),
    "a gradient for the input": is_native(frozen, leaf, leaf, leaf, gradients=True),
    "training": is_native(build().train()),
    "sequence first": is_native(sequence_first),
    "no batch": is_native(attention, x[0], x[0], x[0]),
    "one head": is_native(build(heads=1)),
    "no biases": is_native(build(bias=False)),
    "add_bias_kv": is_native(build(add_bias_kv=True)),
    "add_zero_attn": is_native(build(add_zero_attn=True)),
    "a nested tensor and a mask": is_native(attention, nested, nested, nested, attn_mask=hidden),
    "keys of another width": is_native(build(kdim=8)),
    "another dtype": is_native(attention, *[x.double()] * 3),
    "another dtype, no biases": is_native(build(bias=False), *[x.double()] * 3),
    "only bias_v": is_native(half_bias),
    "said to be unpacked": is_native(unpacked),
}
torch.set_autocast_enabled("cuda", True)
native["autocast for CUDA"] = is_native(attention)
torch.set_autocast_enabled("cuda", False)
torch.backends.mha.set_fastpath_enabled(False)
native["switched off"] = is_native(attention)
torch.backends.mha.set_fastpath_enabled(True)
print("the native operator runs:", native)
expected = dict.fromkeys(native, False) | {
    "self-attention": True,
    "boolean masks": True,
    "gradients on, all parameters frozen": True,
    "a nested tensor": True,
    "a nested tensor and a mask": "MultiheadAttention does not su",
    "keys of another width": "expecting key weights shape of",
    "another dtype": "expected m1 and m2 to have the",
    "another dtype, no biases": "expected m1 and m2 to have the",
    "only bias_v": "bias_v is set but bias_k is No",
    "said to be unpacked": "use_separate_proj_weight is Tr",
}
assert native == expected, (
    "The native operator runs for batched, batch-first self-attention in eval mode, with an even "
    "number of heads and with biases, where no gradient is needed and no mask has floats; not for "
    "copies of equal values, and not after torch.backends.mha.set_fastpath_enabled(False)."
)


def difference(first, second):
    """Return how far two outputs are apart: infinitely, if their shapes differ."""
    same = first.shape == second.shape
    return (first - second).abs().max().item() if same else torch.inf


masks = {"attn_mask": hidden, "key_padding_mask": padding}
with torch.no_grad():
    native_output, native_weights = attention(x, x, x, **masks)
python_output, python_weights = attention(x, x, x, **masks)  # gradients are on here
assert difference(native_output, python_output) < 1e-5, (
    "Under a causal and a padding mask both implementations give the same output."
)
assert difference(native_weights, python_weights) < 1e-5, (
    "Both implementations give the same attention weights, too."
)


def merged_mask(call, *inputs, **options):
    """Return the mask that a call hands to scaled_dot_product_attention."""
    found, before = [torch.full((1, 1, 5, 5), torch.nan)], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call" and what.__name__ == "scaled_dot_product_attention":
            found.append(frame.f_locals["attn_mask"])

    sys.setprofile(note)
    try:
        call(*inputs, **options, need_weights=False)
    finally:
        sys.setprofile(before)
    return found[-1]


seen = ~(hidden | padding[:1])  # of the first sequence: what neither mask hides
merged = merged_mask(attention, x, x, x, **masks)[0, 0]
axes = {"rows": "query", "columns": "key", "band": ("key_padding_mask", padding[0])}
show_grid("The two masks in Python: one of floats", merged, **axes)
show_grid("Python's weights", python_weights[0], **axes)
show_grid("The native operator's weights", native_weights[0], **axes)
assert torch.equal(merged, torch.zeros_like(merged).masked_fill(~seen, -torch.inf)), (
    "In Python both masks become one of floats: -inf where either hides a key, else 0."
)
assert torch.equal(python_weights[0] > 0, seen) and torch.equal(native_weights[0] > 0, seen), (
    "By both, a query weighs the keys that neither mask hides, and no other."
)


def rows_of_nan(output):
    return output.isnan().any(dim=-1).tolist()


nothing = torch.tensor([[True] * 5, [False] * 5], device=device)  # one sequence is all padding
rows = {}
for need_weights in (True, False):
    options = {"key_padding_mask": nothing, "need_weights": need_weights}
    with torch.no_grad():
        rows["native", need_weights] = rows_of_nan(attention(x, x, x, **options)[0])
    rows["Python", need_weights] = rows_of_nan(attention(x, x, x, **options)[0])
print("rows with NaN, by need_weights:", rows)
none, first = [[False] * 5] * 2, nothing.tolist()
assert [rows["native", need] for need in (True, False)] == [first, first], (
    "Where all keys are hidden the native operator gives NaN, with need_weights and without."
)
assert [rows["Python", need] for need in (True, False)] == [first, none], (
    "Where all keys are hidden the Python path gives NaN with need_weights only."
)

left = padding.flip(1)  # the first queries of one sequence see nothing but padding
masks = {"tgt_mask": hidden, "tgt_key_padding_mask": left}
layer = nn.TransformerDecoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
decoders = [nn.TransformerDecoder(layer, num_layers) for num_layers in (1, 2)]
trained = [rows_of_nan(decoder(x, y, **masks)) for decoder in decoders]
with torch.no_grad():
    inferred = [rows_of_nan(decoder.eval()(x, y, **masks)) for decoder in decoders]
print("rows with NaN after one decoder layer and after two, in inference:", inferred)
assert (trained, inferred) == ([none, none], [left.tolist(), first]), (
    "With left padding under a boolean causal mask batch-first decoder layers are finite in "
    "training; in inference the first makes the padded rows NaN, the second the whole sequence."
)

linears, gaps = [], []
for inputs in [(x, x, x), (x, y, y), (x, y, z)]:
    linears.append(native_calls(attention, *inputs).count("linear"))
    transposed = sequence_first(*(tensor.transpose(0, 1) for tensor in inputs))[0]
    gaps.append(difference(attention(*inputs)[0], transposed.transpose(0, 1)))
print("matmuls for x, x, x; x, y, y; x, y, z:", linears)
assert linears == [2, 3, 4], (
    "Inputs that are identical are still so after the transpose, which saves matmuls."
)
assert max(gaps) < 1e-5, "In Python, batch_first only transposes the inputs and the output."

with torch.no_grad():
    outputs = attention(nested, nested, nested, need_weights=False)[0].unbind()
    alone = [attention(each, each, each)[0] for each in (x[0], x[1, :3])]
assert max(map(difference, outputs, alone)) < 1e-5, (
    "Of a nested tensor the native operator gives what its sequences give alone."
)
try:
    attention(nested, nested, nested)  # gradients are on
    refusal = "none"
except (AssertionError, RuntimeError) as error:
    refusal = str(error)
print("a nested tensor is refused because", refusal.partition("because ")[2])
assert "NestedTensor outside of its fast path" in refusal and "requires_grad" in refusal, (
    "A nested tensor that the native operator refuses is an error that gives the reason."
)
