"""Send sequences through pickle, and unpickle one as a process does that imports the class anew."""

import pickle

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")


def imported():
    """Return the class as a process has it that has just imported it."""
    return extract(tree, "nanovllm.engine.sequence:Sequence")["Sequence"]


def travelled(one, there):
    """Pickle a sequence, and unpickle it where its class is `there`."""
    state = one.__getstate__()
    arrived = object.__new__(there)
    arrived.__setstate__(pickle.loads(pickle.dumps(state)))
    return arrived, len(pickle.dumps(state))


def described(one):
    """Return what counts of a sequence."""
    counts = one.num_tokens, one.num_prompt_tokens, one.num_cached_tokens, one.num_scheduled_tokens
    tokens = (getattr(one, name, None) for name in ("token_ids", "last_token"))
    return [*counts, one.block_table, *tokens]


Sequence = imported()
one = Sequence([5, 6, 7])
one.append_token(8)
one.num_cached_tokens, one.num_scheduled_tokens, one.block_table = 2, 1, [4, 9]
there, _ = travelled(one, Sequence)
print("read:", *described(there))
assert described(there) == [4, 3, 2, 1, [4, 9], [5, 6, 7, 8], 8], (
    "A sequence that is to be read comes back with its counts, its block table and its tokens."
)
one.is_prefill = False
there, _ = travelled(one, Sequence)
print("decode:", *described(there))
left = sorted(name for name in ("seq_id", "status", "temperature") if hasattr(there, name))
assert (described(there), left) == ([4, 3, 2, 1, [4, 9], [], 8], []), (
    "One that decodes comes back without tokens but the last, and without number, status and "
    "temperature."
)

sizes = []
for length in (10, 1000):
    grown = Sequence(list(range(length)))
    grown.is_prefill = False
    sizes.append(travelled(grown, Sequence)[1])
print("bytes:", *sizes)
assert sizes[1] - sizes[0] < 30, (
    "The pickle of 1,000 tokens that decode is less than 30 bytes longer than that of 10."
)

Sequence.block_size = 512  # as LLMEngine.__init__ does in its own process
one = Sequence(list(range(300)))
there, _ = travelled(one, imported())
print("place in the last block:", one.last_block_num_tokens, "and", there.last_block_num_tokens)
assert (one.last_block_num_tokens, there.last_block_num_tokens) == (300, 44), (
    "With blocks of 512 a fresh process finds 300 tokens at 44 in their last block, and rank 0 at "
    "300."
)
