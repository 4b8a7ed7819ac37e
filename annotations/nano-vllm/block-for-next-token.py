"""Let a sequence grow token by token, and look when it takes a block of four."""

from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(
    tree,
    "nanovllm.engine.scheduler:Scheduler",
    "nanovllm.engine.block_manager:BlockManager",
    "nanovllm.engine.sequence:Sequence",
)
Scheduler, BlockManager, Sequence = taken["Scheduler"], taken["BlockManager"], taken["Sequence"]
Sequence.block_size = 4


def grown(tokens):
    """Run a prompt of 2 to so many tokens; return length, blocks and cached tokens by decode."""
    scheduler = Scheduler(
        SimpleNamespace(
            max_num_seqs=1,
            max_num_batched_tokens=64,
            eos=0,
            kvcache_block_size=4,
            num_kvcache_blocks=8,
        )
    )
    one = Sequence([1, 2])
    one.max_tokens = tokens - 2
    scheduler.add(one)
    seen = []
    while not scheduler.is_finished():
        seqs, is_prefill = scheduler.schedule()
        if not is_prefill:
            seen.append((len(one), len(one.block_table), one.num_cached_tokens))
        scheduler.postprocess(seqs, [7], is_prefill)
    return seen, len(scheduler.block_manager.free_block_ids)


seen, free = grown(10)
print("length, blocks, cached:", *seen)
assert [cached for *_, cached in seen] == [length - 1 for length, *_ in seen] and free == 8, (
    "Before each decode all tokens but the last are in the cache."
)
assert [blocks for _, blocks, _ in seen] == [1, 1, 2, 2, 2, 2, 3], (
    "In blocks of 4 a sequence takes a block before its tokens 5 and 9 are computed."
)
short, _ = grown(5)
assert [blocks for _, blocks, _ in short] == [1, 1], (
    "A sequence that ends with its fifth token has one block."
)
empty, one_free = BlockManager(0, 4), BlockManager(1, 4)
may = [empty.can_append(Sequence([1] * length)) for length in range(3, 10)]
assert may == [True, True, False, True, True, True, False] and (
    one_free.can_append(Sequence([1] * 5)) is True
), "With no block free a sequence of 3, 4, 6, 7 or 8 tokens may go on, and one of 5 or 9 may not."
