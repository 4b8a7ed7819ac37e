"""Cut ChatGLM2's fused weight, which has fewer heads of k and v than of q, for several ranks."""

from types import SimpleNamespace
from unittest.mock import MagicMock

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
taken = extract(tree, "examples/chatglm/weight.py:split_qkv")
split_qkv = taken["split_qkv"]
old_tree = source_tree("tensorrt-llm==0.5.0")
old_taken = extract(
    old_tree,
    "examples/chatglm2-6b/weight.py:load_from_hf_chatglm2_6B",
    given={"tensorrt_llm": MagicMock()},
)
old = old_taken["load_from_hf_chatglm2_6B"]

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
heads, kv_heads, head_dim = 12, 2, 3  # ChatGLM2-6B has 32, 2 and 128
hidden = heads * head_dim
rows = (heads + 2 * kv_heads) * head_dim
weight = torch.randn(rows, hidden, device=device, dtype=torch.float64)
bias = torch.randn(rows, device=device, dtype=torch.float64)
x = torch.randn(5, hidden, device=device, dtype=torch.float64)  # (seq, hidden)


def attend(weight, bias, heads, kv_heads):
    """Run grouped attention on rows in the order q, k, v: `(heads, seq, head_dim)`."""
    sizes = [heads * head_dim, kv_heads * head_dim, kv_heads * head_dim]
    q, k, v = (
        part.view(5, -1, head_dim).transpose(0, 1) for part in (x @ weight.T + bias).split(sizes, 1)
    )
    k, v = (part.repeat_interleave(heads // kv_heads, dim=0) for part in (k, v))
    return torch.softmax(q @ k.mT, dim=-1) @ v


def of_rank(rank, ranks):
    """Return a rank's weight and bias."""
    return [split_qkv(part, ranks, rank, hidden, heads, kv_heads) for part in (weight, bias)]


def of_rank_before(rank, ranks):
    """Return the weight and the bias that 0.5.0's loader gives a rank."""
    theirs, ours = MagicMock(), MagicMock(spec=["encoder", "embedding", "lm_head"])
    layer = theirs.transformer.encoder.layers[0]  # a mock has one layer for all numbers
    layer.self_attention.query_key_value = SimpleNamespace(weight=weight, bias=bias)
    layer.mlp.dense_h_to_4h.weight = torch.ones(2, hidden)
    old(ours, theirs, rank, ranks)
    qkv = ours.encoder.layers[0].self_attention.qkv
    return [torch.from_numpy(part.value).to(device) for part in (qkv.weight, qkv.bias)]


def rows_of(weight, bias):
    """Return the rows, each with its bias."""
    return list(zip(weight.tolist(), bias.tolist(), strict=True))


def kv_heads_of(rank, ranks):
    """Return which k heads of the whole weight stand in a rank's weight."""
    blocks = weight.view(-1, head_dim, hidden)[heads : heads + kv_heads]
    own = of_rank(rank, ranks)[0].view(-1, head_dim, hidden)[heads // ranks :]
    own = own[: len(own) // 2]
    return [i for block in own for i in range(kv_heads) if torch.equal(block, blocks[i])]


def refusal(ranks):
    """Return the error of a split, or None."""
    try:
        of_rank(0, ranks)
    except AssertionError as error:
        return type(error).__name__
    return None


refused = {ranks: refusal(ranks) for ranks in (1, 2, 3, 4, 6)}
print("refused:", refused)
assert refused == {1: None, 2: None, 3: "AssertionError", 4: None, 6: None}, (
    "Three ranks are refused, as two k and v heads cannot be shared out or repeated evenly."
)

whole = attend(weight, bias, heads, kv_heads)
assert of_rank(0, 1)[0] is weight, (
    "A single rank gets the weight as it is: it is in the order q, k, v."
)

before = [rows_of(*of_rank_before(rank, 2)) for rank in range(2)]
now = [rows_of(*of_rank(rank, 2)) for rank in range(2)]
print("rows of two ranks in 0.5.0:", *map(len, before), "and here:", *map(len, now))
assert (before, sorted(now[0] + now[1])) == ([rows_of(weight, bias)] * 2, sorted(before[0])), (
    "0.5.0's loader gives both of two ranks all rows and biases; here they share them out."
)

for ranks in (2, 4):
    parts = [of_rank(rank, ranks) for rank in range(ranks)]
    own_kv_heads = (kv_heads + ranks - 1) // ranks  # as the framework's attention layer counts
    outputs = [attend(*part, heads // ranks, own_kv_heads) for part in parts]
    error = (torch.cat(outputs) - whole).abs().max().item()
    print(f"{ranks} ranks: {tuple(parts[0][0].shape)} each, attention differs by {error:.0e}")
    assert error < 1e-12, "The ranks' attention, side by side, is the attention of a single rank."

given = {ranks: [kv_heads_of(rank, ranks) for rank in range(ranks)] for ranks in (2, 4)}
print("k heads of each rank:", given)
assert given[2] == [[0], [1]], "Two ranks share the two k and v heads, one each."
assert given[4] == [[0], [0], [1], [1]], "Of four ranks, neighbours hold the same k and v head."
