"""Store a prompt's blocks, and ask how much of other prompts is cached."""

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(
    tree, "nanovllm.engine.block_manager:BlockManager", "nanovllm.engine.sequence:Sequence"
)
BlockManager, Sequence = taken["BlockManager"], taken["Sequence"]
Sequence.block_size = 4


def stored(*prompts, blocks=12):
    """Make a manager of blocks of four tokens, and let it read prompts that stay in use."""
    manager = BlockManager(blocks, 4)
    for prompt in prompts:
        one = Sequence(prompt)
        manager.allocate(one, manager.can_allocate(one))
        one.num_scheduled_tokens = one.num_tokens - one.num_cached_tokens
        manager.hash_blocks(one)
    return manager


def cached(manager, prompt):
    """Return how many blocks of a prompt are cached, -1 if there is no room for the others."""
    return manager.can_allocate(Sequence(prompt))


prompt = list(range(1, 14))  # three full blocks and a token
manager = stored(prompt)
others = [0, *prompt[1:]], [*prompt[:5], 0, *prompt[6:]], [*prompt[:3], 0, *prompt[4:]]
found = [cached(manager, one) for one in (prompt[:12], *others)]
print("cached:", *found)
assert found == [2, 0, 1, 0], (
    "Of three full blocks that were stored the first two are found, and none behind a block that "
    "differs."
)
assert [cached(manager, prompt[:size]) for size in (4, 5)] == [0, 1], (
    "A sequence of one full block that is stored is not looked up at all."
)
assert cached(manager, prompt[:8]) == 1, "Of two full blocks that are stored one counts as cached."

hashes = [BlockManager.compute_hash([5, 6, 7, 8], before) for before in (-1, 0, 3, 1 << 40)]
assert len({*hashes, BlockManager.compute_hash([5, 6, 7, 9])}) == 5, (
    "Equal blocks behind different ones have different hashes."
)
met = manager.compute_hash([40, 41, 42, 43])
manager.hash_to_block_id[met] = 0  # as if two blocks had one hash
assert cached(manager, [40, 41, 42, 43, 44]) == 0 and met in manager.hash_to_block_id, (
    "A known hash whose block has other tokens is no hit."
)

full = stored([1, 2, 3, 4, 5], blocks=3)
rooms = [cached(full, one) for one in ([1, 2, 3, 4, 6, 7], [9, 2, 3, 4, 6, 7])]
print("with one free block:", rooms)
assert rooms == [1, -1], "A block in use that is shared takes no free one: only one of two fits."
