"""Prepare two prompts for prefill, of one of which four tokens are cached."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
GIVEN = dict.fromkeys(("Qwen3ForCausalLM", "Sampler", "load_model"))


def prepared(*described):
    """Prepare sequences, each of tokens, cached and scheduled counts and blocks; give all of it."""
    with standing_in("nanovllm"):
        taken = extract(
            tree,
            "nanovllm.engine.model_runner:ModelRunner",
            "nanovllm.engine.sequence:Sequence",
            "nanovllm.utils.context:get_context",
            given=GIVEN,
        )
        runner = object.__new__(taken["ModelRunner"])
        runner.block_size = taken["Sequence"].block_size = 4
        seqs = []
        for tokens, cached, scheduled, blocks in described:
            one = taken["Sequence"](tokens)
            one.num_cached_tokens, one.num_scheduled_tokens = cached, scheduled
            one.block_table = blocks
            seqs.append(one)
        row, positions = runner.prepare_prefill(seqs)
        return row, positions, taken["get_context"]()


def numbers(value):
    """Return the type and the numbers of a tensor; of anything else what it is."""
    return (str(value.dtype), value.tolist()) if isinstance(value, torch.Tensor) else value


first = [11, 12, 13, 14, 15, 16, 17, 18, 19], 4, 3, [6, 2, 9]
second = [21, 22, 23, 24, 25, 26], 0, 6, [5, 0]
row, positions, context = prepared(first, second)
split, _, across = prepared(([*range(14)], 2, 8, [3, 1, 8, 4]))
_, _, plain = prepared(second, ([31, 32], 0, 2, [1]))
_, _, warm = prepared(([0] * 6, 0, 6, []))
print("row:", numbers(row), "| positions:", numbers(positions))
print("slots:", numbers(context.slot_mapping))
assert (numbers(row), numbers(positions)) == (
    ("torch.int64", [15, 16, 17, 21, 22, 23, 24, 25, 26]),
    ("torch.int64", [4, 5, 6, 0, 1, 2, 3, 4, 5]),
), "Tokens that are not cached stand in one row, with their positions in their own sequences."
assert (numbers(context.cu_seqlens_q), context.max_seqlen_q) == (("torch.int32", [0, 3, 9]), 6), (
    "cu_seqlens_q says that the sequences begin at 0 and 3, and that the row ends at 9."
)
assert (numbers(context.cu_seqlens_k), context.max_seqlen_k) == (("torch.int32", [0, 7, 13]), 7), (
    "cu_seqlens_k counts cached tokens too: 7 and 6 keys."
)
assert (numbers(context.slot_mapping), numbers(across.slot_mapping)) == (
    ("torch.int32", [8, 9, 10, 20, 21, 22, 23, 0, 1]),
    ("torch.int32", [14, 15, 4, 5, 6, 7, 32, 33]),
), "Slots are block number times block size plus the place in the block."
assert numbers(context.block_tables) == ("torch.int32", [[6, 2, 9], [5, 0, -1]]), (
    "With one cached part both sequences get a block table, filled up with -1."
)
assert (plain.block_tables, numbers(plain.cu_seqlens_k)) == (None, ("torch.int32", [0, 6, 8])), (
    "Without a cached part there are no block tables."
)
assert (warm.is_prefill, numbers(warm.slot_mapping)) == (True, ("torch.int32", [])), (
    "A sequence without blocks, as at warm-up, gets no slots."
)
