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


def numbers(value):
    """Return the type and the numbers of a tensor; of anything else what it is."""
    return (str(value.dtype), value.tolist()) if isinstance(value, torch.Tensor) else value


row, positions, context = prepared(([11, 12, 13, 14, 15, 16, 17], [6, 2]), ([21, 22, 23, 24], [5]))
long_row, _, long = prepared(([1] * 11, [3, 4, 7]), ([1], [0]))
print("row:", numbers(row), "| positions:", numbers(positions))
print("slots:", numbers(context.slot_mapping), "| lengths:", numbers(context.context_lens))
assert (numbers(row), numbers(positions)) == (("torch.int64", [17, 24]), ("torch.int64", [6, 3])), (
    "Each row is a sequence's last token at its last position."
)
assert numbers(context.slot_mapping) == ("torch.int32", [2 * 4 + 2, 5 * 4 + 3]), (
    "The slot is the last place in use of the last block."
)
assert numbers(context.context_lens) == ("torch.int32", [7, 4]), (
    "The length counts the token itself."
)
assert numbers(context.block_tables) == ("torch.int32", [[6, 2], [5, -1]]), (
    "Block tables are filled up with -1 to the longest."
)
shapes = [
    [len(numbers(one)[1]) for one in (first, made.slot_mapping, made.context_lens)]
    for first, made in ((row, context), (long_row, long))
]
print("rows:", *shapes)
assert (shapes, context.is_prefill, numbers(long.block_tables)[1]) == (
    [[2, 2, 2], [2, 2, 2]],
    False,
    [[3, 4, 7], [0, -1, -1]],
), "Two sequences give two rows of everything, whatever their lengths."
