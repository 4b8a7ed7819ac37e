"""Watch which CUDA stream a session's steps are launched on, streaming and not."""

import os
import sys

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


class Stream:
    """Stands for a stream where there is no GPU."""

    current = None
    synchronised = 0

    def synchronize(self):
        self.synchronised += 1


if torch.cuda.is_available():
    outside, own = torch.cuda.Stream(), torch.cuda.Stream()
    torch.cuda.set_stream(outside)
else:
    outside, own = Stream(), Stream()
    Stream.current = outside
    replace(torch.cuda, current_stream=lambda: Stream.current)
    replace(torch.cuda, set_stream=lambda stream: setattr(Stream, "current", stream))
steps = []


def step(*arguments, **options):
    """Stand for handle_per_step: keep the current stream, and ask to stop."""
    steps.append(torch.cuda.current_stream())
    return torch.tensor([True]), *[None] * 7


def set_up(*arguments):
    if must_fail("Set-up uses the session's stream when streaming, too."):
        torch.cuda.set_stream(outside)
    steps.append(torch.cuda.current_stream())


with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import generation

    session = object.__new__(generation.GenerationSession)
    session._model_config = generation.ModelConfig(100, 2, 4, 4, 32, True, dtype="float16")
    session.mapping, session.device, session.stream = Mapping(1, 0, 1), device, own
    session.batch_size, session.beam_width, session.max_context_length = 1, 1, 3
    session.max_seq_length = session.max_attention_window_size = 8
    session.max_new_tokens, session.buffer_allocated = 5, True
    session._GenerationSession__setup_decoder = set_up
    session.handle_per_step, session.finalize_decoder = step, lambda *args, **options: "ids"
    config = generation.SamplingConfig(end_id=1, pad_id=0)
    prompt = torch.tensor([[5, 6, 7]]), torch.tensor([3])

    at_once = session.decode(*prompt, config)
    regular, steps = steps, []
    if must_fail("Afterwards the caller's stream is current again."):
        torch.cuda.set_stream(own)
    after = torch.cuda.current_stream()
    torch.cuda.set_stream(outside)
    stream = session.decode(*prompt, config, streaming=True)
    before_iterating = len(steps)
    in_pieces = list(stream)

streams = {own: "the session's", outside: "the caller's"}
print("streams without streaming:", [streams[each] for each in regular])
print("streams with streaming:   ", [streams[each] for each in steps])
assert (at_once, in_pieces) == ("ids", ["ids"]), (
    "decode() returns the ids, or with streaming=True a generator of them."
)
assert regular == [own, own], "Without streaming, set-up and steps use the session's own stream."
assert after == outside, "Afterwards the caller's stream is current again."
assert before_iterating == 1, "A generator's body runs when it is iterated: no step has run before."
assert steps[0] == own, "Set-up uses the session's stream when streaming, too."
assert steps[1] == outside, (
    "When streaming, the steps run on the caller's stream: the guard has ended before the first."
)
