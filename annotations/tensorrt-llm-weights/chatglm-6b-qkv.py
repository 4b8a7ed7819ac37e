"""Cut ChatGLM-6B's fused weight for two ranks, and read the parts as its attention graph does."""

import os
import sys

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import StandInError, standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
device = "cuda" if torch.cuda.is_available() else "cpu"
heads, head_dim = 4, 8
hidden = heads * head_dim
split_qkv = extract(tree, "examples/chatglm/weight.py:split_qkv")["split_qkv"]


def read_by_the_graph(qkv, heads):
    """Run the framework's graph for ChatGLM-6B at position 0, where nothing is rotated.

    It takes `(batch, seq, 3 * heads * head_dim)` and returns q, k and v, `(3, heads, head_dim)`
    of the last token.
    """
    with standing_in(device=device) as stand_in:
        import tensorrt_llm
        from tensorrt_llm.functional import Tensor
        from tensorrt_llm.layers.attention import RopeEmbeddingUtils

        def tensor(name, dtype, *shape):
            return Tensor(name=name, dtype=tensorrt_llm.str_dtype_to_trt(dtype), shape=shape)

        network = tensorrt_llm.Builder().create_network()
        with tensorrt_llm.net_guard(network):
            rotated = RopeEmbeddingUtils.apply_rotary_pos_emb_chatglm(
                tensor("qkv", "float32", *qkv.shape),
                tensor("position_ids", "int32", len(qkv), 2, qkv.shape[1]),
                *(heads, head_dim, 16, 1.0),
            )
            rotated.mark_output("rotated", "float32")
        positions = torch.zeros(len(qkv), 2, qkv.shape[1], dtype=torch.int32)
        result = stand_in.evaluate({"qkv": qkv, "position_ids": positions})["rotated"]
    return result[-1, -1].view(3, heads, head_dim)


# Row by row the weight tells its place: block 3 * head + part holds that number everywhere.
numbers = torch.arange(3 * heads, device=device).repeat_interleave(head_dim)
weight = numbers[:, None].expand(-1, hidden).float().contiguous()
x = torch.eye(hidden, device=device)[0].expand(2, 3, -1)  # (batch, seq, hidden): reads a column


def blocks_of(rank, ranks):
    """Return which blocks of the checkpoint a rank's graph takes for q, for k and for v, if any."""
    part = split_qkv(weight, ranks, rank, hidden, heads, heads)
    try:
        taken = read_by_the_graph(x @ part.T, heads // ranks)
    except (AssertionError, RuntimeError, StandInError, ValueError) as error:
        return type(error).__name__
    return [block.unique().tolist() for third in taken for block in third]


def rows_of(rank):
    """Return the blocks of a rank's part of two, in their order."""
    part = split_qkv(weight, 2, rank, hidden, heads, heads)
    return part[::head_dim, 0].tolist()


single = blocks_of(0, 1)
print("one rank takes for q, k and v the blocks", single)
assert single == [[0], [3], [6], [9], [1], [4], [7], [10], [2], [5], [8], [11]], (
    "The graph takes each head's q, k and v side by side: (heads, 3, head_dim), like BLOOM's."
)

rows = [rows_of(rank) for rank in range(2)]
print("two ranks get the blocks", *rows)
assert rows == [[0, 1, 4, 5, 8, 9], [2, 3, 6, 7, 10, 11]], (
    "Two ranks get two blocks each of the first, the second and the last third of the rows."
)

first = blocks_of(0, 2)
print("the first of two ranks takes", first, "instead of [0], [3], [1], [4], [2], [5]")
assert first == [[0], [5], [1], [8], [4], [9]], (
    "Of two ranks, the first takes head 0's q and k, but its v is head 1's k."
)
