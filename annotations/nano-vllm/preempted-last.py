"""Let three sequences grow in a cache of four blocks; then outgrow a cache alone."""

from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(tree, "nanovllm.engine.scheduler:Scheduler", "nanovllm.engine.sequence:Sequence")
Scheduler, Sequence = taken["Scheduler"], taken["Sequence"]
Sequence.block_size = 4


def scheduler_of(blocks, *sequences):
    """Make a scheduler with so many blocks of four, and add sequences."""
    made = Scheduler(
        SimpleNamespace(
            max_num_seqs=3,
            max_num_batched_tokens=64,
            eos=0,
            kvcache_block_size=4,
            num_kvcache_blocks=blocks,
        )
    )
    for one in sequences:
        made.add(one)
    return made


def step(scheduler, token):
    """Schedule, give every sequence a token, and return what was scheduled."""
    seqs, is_prefill = scheduler.schedule()
    before = [(seq.seq_id, seq.num_scheduled_tokens) for seq in seqs]
    scheduler.postprocess(seqs, [token] * len(seqs), is_prefill)
    return before


def error_of(scheduler):
    """Step until an error ends it, and return the error."""
    try:
        for _ in range(9):
            step(scheduler, 7)
    except AssertionError as error:
        return error


first, second, third, late = (
    Sequence(prompt) for prompt in ([1, 2, 3], [4, 5], [6, 7, 8, 9, 10], [11, 12])
)
scheduler = scheduler_of(4, first, second, third)
step(scheduler, 21)
scheduler.add(late)  # no block is free for it
step(scheduler, 22)
step(scheduler, 23)
blocks = [len(one.block_table) for one in (first, second, third)]
waiting = [one.seq_id for one in scheduler.waiting]
print("blocks:", blocks, "| waiting:", waiting)
assert blocks == [2, 1, 0] and first.completion_token_ids == [21, 22, 23], (
    "Of three sequences the one admitted last gives up its blocks for the first."
)
assert (waiting, third.status.name) == ([third.seq_id, late.seq_id], "WAITING"), (
    "The preempted sequence waits ahead of a request that waited before it."
)

first.max_tokens = second.max_tokens = 4
marks = first.is_prefill, third.is_prefill, step(scheduler, 24)[0]
again = dict(step(scheduler, 25))
print("read again:", again[third.seq_id], "tokens | answer:", third.completion_token_ids)
assert (again[third.seq_id], third.completion_token_ids, marks) == (
    7,
    [21, 22, 25],
    (False, True, (first.seq_id, 1)),
), "It is read again with the two tokens that it had made, which stay its own."

lone = Sequence([1, 2, 3])
errors = [error_of(scheduler_of(1, one)) for one in (lone, Sequence([1, 2, 3, 4, 5]))]
assert [(type(one), one.args) for one in errors if one] == [(AssertionError, ())] * 2 and (
    (lone.status.name, lone.block_table) == ("WAITING", [])
), (
    "A sequence alone that outgrows the cache, and a prompt larger than the cache, end in an "
    "AssertionError without words."
)
