"""Watch which memory each step's tensors are bound to, with and without the attention plugin."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import must_fail, replace, source_tree
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


def generate(plugin, new=NEW):
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
    session.setup(2, PROMPT, new)
    prompt = torch.full((2, PROMPT), 7, dtype=torch.int32, device=device)
    lengths = torch.full((2,), PROMPT, dtype=torch.int32, device=device)
    session.decode(prompt, lengths, generation.SamplingConfig(end_id=1, pad_id=0))
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
    if must_fail("The prompt has nothing to read, and fills the first set."):
        turn_by_turn = always
    if must_fail(
        "The past is bound with its own length, at the front of a buffer for all tokens: "
        "its rows are not the buffer's."
    ):
        turn_by_turn = always
    if must_fail(
        "With the attention plugin, past and present are one buffer, bound whole at every step."
    ):
        always = turn_by_turn
    if must_fail("After the last step nothing is bound."):
        turn_by_turn = generate(plugin=False, new=NEW + 1)[1]

names = {
    plain.buffer["present_key_value_0"].data_ptr(): "first",
    plain.buffer["1_present_key_value_0"].data_ptr(): "second",
}
turns = [
    tuple(names.get(step[f"{kind}_key_value_0"][0], "neither") for kind in ("past", "present"))
    for step in turn_by_turn
]
print("reads from, writes to:", *turns, sep="\n  ")
assert turns[0] == ("neither", "first"), "The prompt has nothing to read, and fills the first set."
assert turns[1:] == [("first", "second"), ("second", "first"), ("first", "second")], (
    "Then the two sets take turns: what one step wrote, the next reads, and writes all of it anew."
)
pasts = [step["past_key_value_0"][1] for step in turn_by_turn]
room = plain.buffer["present_key_value_0"].shape[3]
print(f"shapes of the past: {pasts}, in a buffer for {room} tokens")
assert pasts == [(2, 2, 4, length, 8) for length in (0, 5, 6, 7)] and room == PROMPT + NEW, (
    "The past is bound with its own length, at the front of a buffer for all tokens: "
    "its rows are not the buffer's."
)
cache = with_plugin.buffer["present_key_value_0"]
one_buffer = {step[f"{kind}_key_value_0"] for step in always for kind in ("past", "present")}
assert one_buffer == {(cache.data_ptr(), tuple(cache.shape))}, (
    "With the attention plugin, past and present are one buffer, bound whole at every step."
)

print("order:", *order[:6], sep="\n  ")
assert order[:6] == [
    "bind context_1",
    "run context_1",
    "bind context_0",
    "sample",
    "run context_0",
    "bind context_1",
], "The next step's tensors are bound before this step's token is chosen."
assert {step["input_ids"] for step in turn_by_turn[1:]} == {
    (plain.new_tokens.data_ptr(), (2, 1))
}, "What is bound as its input is the memory that the sampler will write to."
assert order[-1] == "sample" and len(turn_by_turn) == NEW, "After the last step nothing is bound."
source, target = zip(*indirections[:NEW], strict=True)
assert source[0] != target[0] and source[1:] == target[:-1], (
    "The two tables of beam indirection take turns as well."
)
assert [step["cache_indirection"][0] for step in turn_by_turn[1:]] == list(target[:-1]), (
    "The table that the sampler has written is bound for the next step."
)
