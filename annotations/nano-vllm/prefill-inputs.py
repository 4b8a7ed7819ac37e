"""Prepare two prompts for prefill, of one of which four tokens are cached."""

from types import SimpleNamespace

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


first = [11, 12, 13, 14, 15, 16, 17, 18, 19], 4, 3, [6, 2, 9]
second = [21, 22, 23, 24, 25, 26], 0, 6, [5, 0]
row, positions, context = prepared(first, second)
print("row:", row.tolist(), "| positions:", positions.tolist())
print("slots:", context.slot_mapping.tolist())
assert (row.tolist(), positions.tolist()) == (
    [15, 16, 17, 21, 22, 23, 24, 25, 26],
    [4, 5, 6, 0, 1, 2, 3, 4, 5],
), "Tokens that are not cached stand in one row, with their positions in their own sequences."
assert (context.cu_seqlens_q.tolist(), context.max_seqlen_q) == ([0, 3, 9], 6), (
    "cu_seqlens_q says that the sequences begin at 0 and 3, and that the row ends at 9."
)
assert (context.cu_seqlens_k.tolist(), context.max_seqlen_k) == ([0, 7, 13], 7), (
    "cu_seqlens_k counts cached tokens too: 7 and 6 keys."
)
split, _, across = prepared(([*range(14)], 2, 8, [3, 1, 8, 4]))
assert (context.slot_mapping.tolist(), across.slot_mapping.tolist()) == (
    [8, 9, 10, 20, 21, 22, 23, 0, 1],
    [14, 15, 4, 5, 6, 7, 32, 33],
), "Slots are block number times block size plus the place in the block."
assert context.block_tables.tolist() == [[6, 2, 9], [5, 0, -1]] and (
    context.block_tables.dtype is context.cu_seqlens_q.dtype is torch.int32
), "With one cached part both sequences get a block table, filled up with -1."
_, _, plain = prepared(second, ([31, 32], 0, 2, [1]))
assert (plain.block_tables, plain.cu_seqlens_k.tolist()) == (None, [0, 6, 8]), (
    "Without a cached part there are no block tables."
)
_, _, warm = prepared(([0] * 6, 0, 6, []))
assert (warm.is_prefill, warm.slot_mapping.tolist()) == (True, []), (
    "A sequence without blocks, as at warm-up, gets no slots."
)
