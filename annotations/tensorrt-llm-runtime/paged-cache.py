"""Write keys and values through the framework's block pointers, and into a plain cache as well."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
HEADS, HEAD, TOKENS, BLOCKS, WINDOW = 2, 3, 4, 9, 12
ADDRESS = 1 << 40
module = "tensorrt_llm.runtime.kv_cache_manager"
taken = extract(tree, f"{module}:KVCacheManager", f"{module}:GenerationSequence")
KVCacheManager, GenerationSequence = taken["KVCacheManager"], taken["GenerationSequence"]


class Pool:
    """A pool of memory at an address of ours, so that every run gives the same pointers."""

    def __init__(self, tensor):
        self.tensor = tensor

    def data_ptr(self):
        return ADDRESS

    def __getattr__(self, name):
        return getattr(self.__dict__["tensor"], name)


def manager(beams=1, window=WINDOW, contexts=(), blocks=BLOCKS):
    """Return a manager of one pool with a sequence for each context length, and the pool."""
    pool = torch.zeros(blocks, 2, HEADS, TOKENS, HEAD, device=device)
    longest = -(-window // TOKENS)
    made = KVCacheManager([Pool(pool)], blocks, TOKENS, longest, window, beams)
    for number, length in enumerate(contexts):
        made.add_sequence(GenerationSequence(number, number), length)
    return made, pool


def held(made):
    """Return the blocks of each sequence, by beam."""
    owners = made.blocks_manager.allocated_blocks.items()
    return {o.seq_idx: [[block.idx for block in beam] for beam in beams] for o, beams in owners}


def pointers(made, batch):
    """Return the pointers to the keys' and to the values' blocks in this row of the batch."""
    return next((row[0] for row in made.get_pointer_arrays(1)[0].tolist()[batch:]), [[], []])


def write(made, pool, batch, position, key, value):
    """Write one token's key and value where the pointer array says, if there is a block."""
    flat, width = pool.view(-1), HEADS * TOKENS * HEAD
    for row, vector in zip(pointers(made, batch), (key, value), strict=True):
        pointer = next(iter(row[position // TOKENS :]), 0)
        start = (pointer - ADDRESS) // pool.element_size()
        if 0 <= start <= len(flat) - width:
            block = flat[start : start + width].view(HEADS, TOKENS, HEAD)
            block[:, position % TOKENS] = vector


made, pool = manager(contexts=(3, 3))
plain = torch.zeros(2, 2, HEADS, WINDOW, HEAD, device=device)
for position in range(10):
    if position >= 3:
        made.step([False, False])
    for batch in range(2):
        key, value = torch.randn(2, HEADS, HEAD, device=device)
        plain[batch, :, :, position] = torch.stack([key, value])
        write(made, pool, batch, position, key, value)
with standing_in():  # the next method names "cuda" as its device
    read = made.blocks_manager.get_continous_caches(0)
read = read.view(len(read), 2, WINDOW // TOKENS, HEADS, TOKENS, HEAD).transpose(2, 3).flatten(3, 4)
print("blocks after ten tokens:", held(made))
assert torch.equal(read, plain), (
    "Ten tokens of two sequences, over two block borders, read back as in a plain cache."
)
assert held(made) == {0: [[0, 2, 4]], 1: [[1, 3, 5]]}, (
    "A sequence gets a block whenever the last one is full, from the front of the free list."
)

made.step([True, False])
free = [block.idx for block in made.blocks_manager.free_blocks]
assert free == [6, 7, 8, 0, 2, 4], "The blocks of a finished sequence go to the end of the list."
remaining = pointers(made, 0)[0]
moved = [(sequence.seq_idx, sequence.batch_idx) for sequence in made.sequences]
assert (held(made), moved, made.lens) == ({1: [[1, 3, 5]]}, [(1, 0)], [11]), (
    "The other sequence keeps its blocks, and moves up in the batch."
)
addresses = [(each - ADDRESS) // 4 // (HEADS * TOKENS * HEAD) for each in remaining]
assert addresses == [1, 3, 5], (
    "So do its pointers: an entry of the array is an address, of 64 bits."
)

of_two = manager(beams=2, contexts=(9,))[0]
beams = held(of_two)
print("two beams after nine tokens:", beams)
assert beams == {0: [[0, 1, 2], [0, 1, 3]]}, (
    "Beams share the full blocks of the prompt, and each has a last one of its own."
)
of_two.step([True])
free = [block.idx for block in of_two.blocks_manager.free_blocks]
assert free == [4, 5, 6, 7, 8, 2, 0, 1, 3], (
    "A block that beams share is freed once, with the last of them."
)
windowed = manager(window=6, contexts=(3,))[0]
for _ in range(8):
    windowed.step([False])
assert (windowed.lens, held(windowed)) == ([6], {0: [[0, 1]]}), (
    "At the attention window a sequence gets no more blocks."
)
older = extract(
    source_tree("tensorrt-llm==0.5.0"), f"{module}:KVCacheManager", f"{module}:GenerationSequence"
)


def blocks_after(made, sequence, steps=6):
    """Return how many blocks a sequence of two tokens has at first and after each step."""
    made.add_sequence(sequence, 2)
    counts = [made.blocks_manager.get_number_blocks(sequence)]
    for _ in range(steps):
        made.step([False])
        counts.append(made.blocks_manager.get_number_blocks(sequence))
    return counts


now = blocks_after(manager()[0], GenerationSequence(0, 0))
of_older = older["KVCacheManager"]([Pool(pool)], BLOCKS, TOKENS, 3)
before = blocks_after(of_older, older["GenerationSequence"](0, 0))
print("blocks from two tokens on:", now, "in 0.5.0:", before)
assert (now, before) == ([1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 2, 2, 3]), (
    "0.5.0 gives a sequence its next block one token earlier."
)
try:
    manager(contexts=(12, 12), blocks=5)
    refusal = "none"
except RuntimeError as error:
    refusal = str(error)
assert refusal == "Can't allocate new block for KV cache", "A pool without free blocks raises."
