"""Take five steps with a model runner that answers from a list, and look at what each did."""

from types import SimpleNamespace

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("nano-vllm==0.2.0")
taken = extract(
    tree,
    "nanovllm.engine.llm_engine:LLMEngine",
    "nanovllm.engine.scheduler:Scheduler",
    "nanovllm.engine.sequence:Sequence",
    "nanovllm.sampling_params:SamplingParams",
    given={"ModelRunner": None, "AutoTokenizer": None, "Config": None},
)
Engine, Scheduler, Sequence = taken["LLMEngine"], taken["Scheduler"], taken["Sequence"]
Sequence.block_size = 4
asked = []


def call(name, seqs, is_prefill):
    """Stand in for the model runner: note what is asked, and give token 100 + place."""
    asked.append((name, [seq.seq_id for seq in seqs], is_prefill))
    return [100 + place for place in range(len(seqs))]


engine = object.__new__(Engine)
engine.model_runner = SimpleNamespace(call=call)
engine.scheduler = Scheduler(
    SimpleNamespace(
        max_num_seqs=8,
        max_num_batched_tokens=64,
        eos=0,
        kvcache_block_size=4,
        num_kvcache_blocks=16,
    )
)
for prompt, length in (([1, 2, 3], 4), ([4, 5, 6, 7, 8], 3)):
    engine.add_request(prompt, taken["SamplingParams"](max_tokens=length))
steps = [engine.step(), engine.step()]
engine.add_request([9] * 7, taken["SamplingParams"](max_tokens=1))
steps += [engine.step() for _ in range(3)]
first = asked[0][1][0]
numbers = [[seq - first for seq in seqs] for _, seqs, _ in asked]
outputs = [[(seq - first, tokens) for seq, tokens in one] for one, _ in steps]
print("sequences:", *numbers, "| prefill:", *(prefill for *_, prefill in asked))
print("tokens:", *(count for _, count in steps), "| ended:", *outputs)

assert [name for name, *_ in asked] == ["run"] * 5 and outputs[-1] == [(0, [100, 100, 100, 100])], (
    "The runner is asked once a step, for the scheduled sequences, and its tokens are appended."
)
assert [prefill for *_, prefill in asked] == [True, False, True, False, False], (
    "Of five steps each is prefill for all of its sequences, or decode for all."
)
assert numbers == [[0, 1], [0, 1], [2], [0, 1], [0]], (
    "A request that arrives while two decode is read alone, and the two get no token in that step."
)
assert [count for _, count in steps] == [8, -2, 7, -2, -1], (
    "A step of prefill gives the number of tokens read, and one of decode minus the number of "
    "sequences."
)
assert outputs == [[], [], [(2, [100])], [(1, [101, 101, 101])], [(0, [100] * 4)]], (
    "A step gives the number and the new tokens of each sequence that ended in it."
)
