"""Prepare sequences for decode, as rank 0 has them and as another rank gets them."""

import pickle

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)


def prepared(*described):
    """Prepare sequences, each of tokens and blocks, for decode."""
    with standing_in("nanovllm"):
        taken = extract(
            tree,
            "nanovllm.engine.model_runner:ModelRunner",
            "nanovllm.engine.sequence:Sequence",
            "nanovllm.utils.context:get_context",
            given=dict.fromkeys(("Qwen3ForCausalLM", "Sampler", "load_model")),
        )
        runner = object.__new__(taken["ModelRunner"])
        runner.block_size = taken["Sequence"].block_size = 4
        seqs = []
        for tokens, blocks in described:
            one = taken["Sequence"](tokens)
            one.is_prefill, one.block_table = False, blocks
            arrived = object.__new__(taken["Sequence"])  # without the tokens but the last
            arrived.__setstate__(pickle.loads(pickle.dumps(one.__getstate__())))
            seqs.append(arrived)
        row, positions = runner.prepare_decode(seqs)
        return row, positions, taken["get_context"]()


row, positions, context = prepared(([11, 12, 13, 14, 15, 16, 17], [6, 2]), ([21, 22, 23, 24], [5]))
print("row:", row.tolist(), "| positions:", positions.tolist())
print("slots:", context.slot_mapping.tolist(), "| lengths:", context.context_lens.tolist())
assert (row.tolist(), positions.tolist()) == ([17, 24], [6, 3]), (
    "Each row is a sequence's last token at its last position."
)
assert context.slot_mapping.tolist() == [2 * 4 + 2, 5 * 4 + 3], (
    "The slot is the last place in use of the last block."
)
assert context.context_lens.tolist() == [7, 4], "The length counts the token itself."
assert context.block_tables.tolist() == [[6, 2], [5, -1]], (
    "Block tables are filled up with -1 to the longest."
)
_, _, long = prepared(([1] * 11, [3, 4, 7]), ([1], [0]))
shapes = [
    [tuple(one.shape) for one in (made.slot_mapping, made.context_lens, made.block_tables)]
    for made in (context, long)
]
print("shapes:", *shapes)
assert (shapes, context.is_prefill, long.slot_mapping.tolist()) == (
    [[(2,), (2,), (2, 2)], [(2,), (2,), (2, 3)]],
    False,
    [30, 0],
), "Two sequences give two rows of everything, whatever their lengths."
