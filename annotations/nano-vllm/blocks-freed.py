"""Allocate, share, free and reuse blocks of four tokens."""

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(
    tree, "nanovllm.engine.block_manager:BlockManager", "nanovllm.engine.sequence:Sequence"
)
BlockManager, Sequence = taken["BlockManager"], taken["Sequence"]
Sequence.block_size = 4


def admit(manager, prompt):
    """Give a prompt its blocks."""
    one = Sequence(prompt)
    manager.allocate(one, manager.can_allocate(one))
    return one


def read(manager, *sequences):
    """Tell the manager that the rest of each was computed."""
    for one in sequences:
        one.num_scheduled_tokens = one.num_tokens - one.num_cached_tokens
        manager.hash_blocks(one)


manager = BlockManager(6, 4)
start = [1, 2, 3, 4, 5, 6, 7, 8]
first = admit(manager, [*start, 9])
read(manager, first)
second = admit(manager, [*start, 10])
read(manager, second)
tables = [list(first.block_table), list(second.block_table)]
shared = [manager.blocks[block].ref_count for block in (0, 1, 2, 3)], second.num_cached_tokens
manager.deallocate(first)
one_left = list(manager.free_block_ids), manager.used_block_ids.copy()
manager.deallocate(second)
free = list(manager.free_block_ids)
print("tables:", *tables, "| free after one:", one_left[0], "| after both:", free)
assert (tables, shared, one_left) == (
    [[0, 1, 2], [0, 1, 3]],
    ([2, 2, 1, 1], 8),
    ([4, 5, 2], {0, 1, 3}),
), "A shared block stays in use until the second of its sequences ends."
assert free == [4, 5, 2, 3, 1, 0] and (second.block_table, second.num_cached_tokens) == ([], 0), (
    "A sequence's blocks are freed from its end to its start."
)

third = admit(manager, [*start, 11])
revived = third.block_table, list(manager.free_block_ids), manager.used_block_ids.copy()
print("third:", *revived)
assert revived == ([0, 1, 4], [5, 2, 3], {0, 1, 4}) and (
    [manager.blocks[block].ref_count for block in (0, 1, 4)] == [1, 1, 1]
), (
    "After both have ended, a third prompt takes the blocks of the shared start out of the free "
    "list."
)
manager.deallocate(third)

other = admit(manager, [*range(20, 37)])  # five blocks
print("other:", other.block_table)
assert other.block_table == [5, 2, 3, 4, 1], "New blocks are the ones that were freed longest ago."
known = [manager.blocks[block].hash for block in (0, 1)]
again = Sequence([*start, 12])
manager.deallocate(other)
assert (
    manager.can_allocate(again) == 1
    and known[0] in manager.hash_to_block_id
    and ((known[1], manager.blocks[1].token_ids, len(manager.hash_to_block_id)) == (-1, [], 1))
), "A block that is handed out for something new is not found any more."

twins = BlockManager(8, 4)
pair = admit(twins, [*start, 9]), admit(twins, [*start, 9])
read(twins, *pair)
third = admit(twins, [*start, 9])
print("twins:", *(one.block_table for one in (*pair, third)))
assert [one.block_table for one in (pair[1], third)] == [[3, 4, 5], [3, 4, 6]], (
    "Of two equal prompts that are read together each has its own blocks, and the later ones are "
    "found."
)
