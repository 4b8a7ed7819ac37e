"""Cut the fused weight of q, k and v for several ranks with BLOOM's converter, and join it."""

from types import SimpleNamespace

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
script = "examples/bloom/convert_checkpoint.py"
taken = extract(tree, f"{script}:split_qkv_tp", f"{script}:split_qkv_bias_tp")
split_weight, split_bias = taken["split_qkv_tp"], taken["split_qkv_bias_tp"]
old_tree = source_tree("tensorrt-llm==0.5.0")
old = extract(old_tree, "examples/bloom/weight.py:split_qkv_tp")["split_qkv_tp"]

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
heads, head_dim = 4, 3
hidden = heads * head_dim
weight = torch.randn(3 * hidden, hidden, device=device, dtype=torch.float64)
bias = torch.randn(3 * hidden, device=device, dtype=torch.float64)
x = torch.randn(5, hidden, device=device, dtype=torch.float64)  # (seq, hidden)


def shards(ranks):
    """Return the weight and the bias of each rank."""
    return [
        (
            split_weight(weight, heads, hidden, ranks, rank),
            split_bias(bias, heads, hidden, ranks, rank),
        )
        for rank in range(ranks)
    ]


def joined(parts):
    """Join the parts of the ranks within each third: all of q, all of k, all of v."""
    thirds = [part.chunk(3) for part in parts]
    return torch.cat([torch.cat([third[i] for third in thirds]) for i in range(3)])


((whole, whole_bias),) = shards(1)
expected = (x @ weight.T + bias).view(5, heads, 3, head_dim)
for ranks in (2, 4):
    weights, biases = zip(*shards(ranks), strict=True)
    print(f"{ranks} ranks: weight {tuple(weights[0].shape)}, bias {tuple(biases[0].shape)} each")
    assert torch.equal(joined(weights), whole), (
        "Joined third by third, the ranks' weights are the weight of a single rank."
    )
    assert torch.equal(joined(biases), whole_bias), (
        "Joined third by third, the ranks' biases are the bias of a single rank."
    )
    errors = []
    for rank in range(ranks):
        own = slice(rank * heads // ranks, (rank + 1) * heads // ranks)
        qkv = (x @ weights[rank].T + biases[rank]).view(5, 3, heads // ranks, head_dim)
        errors.append((qkv - expected[:, own].transpose(1, 2)).abs().max().item())
    assert max(errors) < 1e-12, "A rank projects the q, k and v of a run of whole heads, its own."

end_to_end = torch.cat([part for part, _ in shards(2)])
same = [
    i for i in range(12) if torch.equal(end_to_end[3 * i : 3 * i + 3], whole[3 * i : 3 * i + 3])
]
print("blocks in place after joining the shards end to end:", same, "of 12")
assert same == [0, 1, 10, 11], (
    "Joined end to end, the shards are not the whole weight: of 12 blocks 8 stand elsewhere."
)

queries = split_weight(weight, heads, hidden, 3, 0)[: hidden // 3]
rows_of_q = weight.view(heads, 3, head_dim, hidden)[:, 0].reshape(hidden, hidden)
heads_of_rows = [
    [i // head_dim for i in range(hidden) if torch.equal(row, rows_of_q[i])] for row in queries
]
print("3 ranks: the rows of q on rank 0 belong to the heads", heads_of_rows)
assert heads_of_rows == [[0], [0], [0], [1]], (
    "3 ranks for 4 heads are not refused: rank 0 gets a head and a third of the next."
)

model = SimpleNamespace(_num_heads=heads, _hidden_size=hidden)
before = [torch.from_numpy(old(model, weight.cpu().numpy(), 2, rank)) for rank in range(2)]
same_weights = [
    torch.equal(part.cpu(), old) for (part, _), old in zip(shards(2), before, strict=True)
]
assert same_weights == [True, True], "0.5.0 gives each of two ranks the same weight."
