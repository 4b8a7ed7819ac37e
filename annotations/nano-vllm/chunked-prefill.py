"""Schedule prompts of 23, 8 and 2 tokens with a budget of 10 a step."""

from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(tree, "nanovllm.engine.scheduler:Scheduler", "nanovllm.engine.sequence:Sequence")
Scheduler, Sequence = taken["Scheduler"], taken["Sequence"]
Sequence.block_size = 4
scheduler = Scheduler(
    SimpleNamespace(
        max_num_seqs=8,
        max_num_batched_tokens=10,
        eos=0,
        kvcache_block_size=4,
        num_kvcache_blocks=20,
    )
)
long, middle, short = (Sequence([size] * size) for size in (23, 8, 2))
names = {long.seq_id: "long", middle.seq_id: "middle", short.seq_id: "short"}
for one in (long, middle, short):
    scheduler.add(one)

steps, held, statuses = [], [], []
for number in range(4):
    seqs, is_prefill = scheduler.schedule()
    steps.append({names[seq.seq_id]: seq.num_scheduled_tokens for seq in seqs})
    held.append(
        (scheduler.waiting[0] is long if scheduler.waiting else None, len(long.block_table))
    )
    scheduler.postprocess(seqs, [50 + number] * len(seqs), is_prefill)
    running = len(scheduler.running)
    statuses.append((long.status.name, long.completion_token_ids, running))
print("read:", *steps)
print("the long prompt:", *statuses)

assert max(sum(step.values()) for step in steps) == 10, (
    "No step reads more than the budget of 10 tokens."
)
assert [step.get("long") for step in steps] == [10, 10, 3, None], (
    "A prompt of 23 tokens is read in parts of 10, 10 and 3."
)
assert steps[2:] == [{"long": 3}, {"middle": 8, "short": 2}], (
    "A prompt of 8 behind the last part of 3 waits a step, though 7 tokens of the budget are left."
)
assert held[0] == (True, 6), (
    "After the first part the prompt waits first in line and holds all of its blocks."
)
assert statuses == [("WAITING", [], 0)] * 2 + [("RUNNING", [52], 1), ("RUNNING", [52], 3)], (
    "Tokens that come with a part are dropped: the first of the sequence comes with the last part."
)
