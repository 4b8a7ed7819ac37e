"""Give flex_attention the masks of nn.MultiheadAttention as functions, on a CPU."""

import warnings

import torch
from torch import nn
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

torch.manual_seed(0)
if torch.cuda.is_available():
    print("This is about what a CPU refuses.")
    raise SystemExit(77)
torch.compiler.set_stance("force_eager")  # else Dynamo traces the functions before they run
attention = nn.MultiheadAttention(16, 4, batch_first=True)
nn.init.uniform_(attention.in_proj_bias)
nn.init.uniform_(attention.out_proj.bias)
x = torch.randn(2, 5, 16)
lengths = torch.tensor([5, 3])
hidden = torch.ones(5, 5, dtype=torch.bool).triu(1)
padding = torch.arange(5) >= lengths[:, None]
slope = 0.5


def visible(batch, head, query, key):
    """Say which keys are seen: those that are not later and are no padding."""
    return (key <= query) & (key < lengths[batch])


def nearer(score, batch, head, query, key):
    """Lower the score of a key by its distance, more so in later heads."""
    return score - slope * head * (query - key).abs()


def flexible(**options):
    """Compute what nn.MultiheadAttention does, around flex_attention."""
    projected = nn.functional.linear(x, attention.in_proj_weight, attention.in_proj_bias)
    q, k, v = projected.unflatten(-1, (3, 4, 4)).permute(2, 0, 3, 1, 4)
    heads = flex_attention(q, k, v, **options)
    return attention.out_proj(heads.transpose(1, 2).flatten(2))


def gap(first, second):
    return (first - second).abs().max().item()


masks = {"attn_mask": hidden, "key_padding_mask": padding, "need_weights": False}
expected = attention(x, x, x, **masks)[0].detach()
with torch.no_grad(), warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    blocks = create_block_mask(visible, 2, None, 5, 5, device="cpu")
    output = flexible(block_mask=blocks)
warned = [str(warning.message) for warning in caught]
print("with mask_mod the output differs by", gap(output, expected))
print(warned)
assert gap(output, expected) < 1e-5 and "full scores matrix" in "".join(warned), (
    "A mask_mod that is True where a key is seen gives the output of attn_mask and "
    "key_padding_mask, with a warning that all scores are computed."
)

places = torch.arange(5)
distance = (places[:, None] - places).abs()
heads = torch.arange(4)[:, None, None]
lowered = (-slope * heads * distance).repeat(2, 1, 1)  # (batch * heads, query, key)
expected = attention(x, x, x, attn_mask=lowered, need_weights=False)[0].detach()
with torch.no_grad():
    output = flexible(score_mod=nearer)
print("with score_mod the output differs by", gap(output, expected))
assert gap(output, expected) < 1e-5, (
    "A score_mod that lowers the scores by distance gives the output of the same numbers as a "
    "float attn_mask, one matrix for each head and sequence."
)


def refused(*inputs):
    """Return the error that flex_attention raises."""
    try:
        flex_attention(*inputs)
    except NotImplementedError as error:
        return str(error).partition(".")[0]
    return "runs"


graph = attention(x, x, x, **masks)[0].unflatten(-1, (4, 4)).transpose(1, 2)
errors = {"in training": refused(graph, graph, graph)}
with torch.no_grad():
    errors["made before, under no_grad"] = refused(graph, graph, graph)
    errors["detached"] = refused(graph.detach(), graph.detach(), graph.detach())
print(errors)


def gradient(need_weights):
    """Return the gradient of the packed weight."""
    output = attention(x, x, x, attn_mask=lowered, need_weights=need_weights)[0]
    return torch.autograd.grad((output * x).sum(), attention.in_proj_weight)[0]


difference = gap(gradient(need_weights=False), gradient(need_weights=True))
print("gradients with need_weights=True and False differ by", difference)
unsupported = "FlexAttention does not support backward on CPU"
expected_errors = {
    "in training": unsupported,
    "made before, under no_grad": unsupported,
    "detached": "runs",
}
assert errors == expected_errors and difference < 1e-4, (
    "On a CPU, flex_attention refuses inputs that need a gradient, even under no_grad, where "
    "scaled_dot_product_attention gives the gradients of attention with need_weights=True."
)
