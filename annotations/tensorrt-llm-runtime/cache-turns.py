"""Watch which memory each step's tensors are bound to, with and without the attention plugin."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
PROMPT, NEW = 5, 4


class Runtime:
    """Stands for an engine's runtime that computes nothing: it keeps what is bound, and when."""

    def __init__(self):
        self.engine = SimpleNamespace(get_tensor_dtype=lambda name: generation.trt.float32)
        self.context_0, self.context_1 = "context_0", "context_1"
        self.ctx_context = self.context_1

    def _set_tensors(self, context, tensors):
        events.append(f"bind {context}")
        bound.append({name: (each.data, tuple(each.shape)) for name, each in tensors.items()})

    def _run(self, context, stream):
        events.append(f"run {context}")
        return True


def generate(plugin, beams=1):
    """Generate four tokens after a prompt of five; return the session, and what was bound."""
    bound.clear(), events.clear()
    session, runtime = object.__new__(generation.GenerationSession), Runtime()
    session._model_config = generation.ModelConfig(100, 1, 4, 4, 32, plugin, dtype="float32")
    session.mapping, session.device, session.runtime = Mapping(1, 0, 1), device, runtime
    session.vocab_size_padded, session.decoder_logits_dtype = 100, torch.float32
    session.debug_mode = session.cuda_graph_mode = False
    session.stream = torch.cuda.current_stream()
    session.top_p_decay = session.top_p_min = session.top_p_reset_ids = None
    session.embedding_bias_opt = None

    def sample(*arguments):
        events.append("sample")
        indirections.append([arguments[13].data_ptr(), arguments[22].data_ptr()])
        return torch.tensor([False])

    session.dynamic_decoder = SimpleNamespace(setup=lambda *arguments: None, forward=sample)
    session.gather_tree = lambda *arguments: None
    session.setup(2, PROMPT, NEW, beams)
    prompt = torch.full((2, PROMPT), 7, dtype=torch.int32, device=device)
    lengths = torch.full((2,), PROMPT, dtype=torch.int32, device=device)
    session.decode(prompt, lengths, generation.SamplingConfig(end_id=1, pad_id=0, num_beams=beams))
    return session, list(bound), list(events)


if device.type == "cpu":
    stream = SimpleNamespace(cuda_stream=0)
    replace(torch.cuda, current_stream=lambda: stream)
indirections, bound, events = [], [], []
with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import generation

    plain, turn_by_turn, order = generate(plugin=False)
    with_plugin, always, _ = generate(plugin=True)
    beams, of_beams, _ = generate(plugin=True, beams=2)


def steps(session, bindings, name):
    """Return where each step has this tensor, by the buffer's name, and its shape."""
    buffers = {buffer.data_ptr(): each for each, buffer in session.buffer.items()}
    buffers[session.new_tokens.data_ptr()] = "new_tokens"
    found = [step.get(name, (0, ())) for step in bindings]
    return [(buffers.get(address, "elsewhere"), shape) for address, shape in found]


FIRST, SECOND = "present_key_value_0", "1_present_key_value_0"
past, present = (steps(plain, turn_by_turn, f"{kind}_key_value_0") for kind in ("past", "present"))
print("reads from, writes to:", *zip(past, present, strict=True), sep="\n  ")
assert (past[0], present[0][0]) == (("elsewhere", (2, 2, 4, 0, 8)), FIRST), (
    "The prompt has nothing to read, and fills the first set."
)
turns = [(read[0], written[0]) for read, written in zip(past[1:], present[1:], strict=True)]
assert turns == [(FIRST, SECOND), (SECOND, FIRST), (FIRST, SECOND)], (
    "Then the two sets take turns: what one step wrote, the next reads, and it writes to the other."
)
room = plain.buffer[FIRST].shape[3]
lengths = [(2, 2, 4, length, 8) for length in (0, 5, 6, 7)]
assert ([shape for _, shape in past], room) == (lengths, PROMPT + NEW), (
    "The past is bound with its own length, at the front of a buffer for all tokens: "
    "its rows are not the buffer's."
)
kinds = ("past_key_value_0", "present_key_value_0")
one_buffer = [steps(with_plugin, always, kind) for kind in kinds]
whole = (FIRST, tuple(with_plugin.buffer[FIRST].shape))
assert one_buffer == [[whole] * NEW] * 2, (
    "With the attention plugin, past and present are one buffer, bound whole at every step."
)

print("order:", *order, sep="\n  ")
odd, even = ([f"bind {each}", "sample", f"run {each}"] for each in ("context_0", "context_1"))
assert order == ["bind context_1", "run context_1", *odd, *even, *odd, "sample"], (
    "The next step's tensors are bound before this step's token is chosen; after the last step "
    "nothing is bound."
)
inputs = steps(plain, turn_by_turn, "input_ids")[1:] + steps(beams, of_beams, "input_ids")[1:]
assert inputs == [("new_tokens", (2, 1))] * (NEW - 1) + [("new_tokens", (4, 1))] * (NEW - 1), (
    "What is bound as its input is the memory that the sampler will write to."
)
tables = {table: number for number, table in enumerate(indirections[0])}
handed = [tuple(tables.get(each) for each in pair) for pair in indirections[:NEW]]
assert handed == [(0, 1), (1, 0)] * 2, "The two tables of beam indirection take turns as well."
bound_next = [tables.get(step.get("cache_indirection", (0,))[0]) for step in turn_by_turn[1:]]
assert bound_next == [target for _, target in handed[:-1]], (
    "The table that the sampler has written is bound for the next step."
)
