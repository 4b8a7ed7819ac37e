"""Put a sampler of our own in the place of DynamicDecodeOp, and see what the loop does with it."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
VOCABULARY, PADDED, PROMPT = 90, 96, 5
END, PAD = 1, 0


def generate(beams=1, stop_at=None, criteria=None, processor=None, kind=torch.float32, **options):
    """Generate after two prompts; return what the sampler got, and what came out."""
    calls, set_up, silent = [], [], False
    if must_fail("It writes the tokens into output_ids itself: Python copies none."):
        silent = True

    def sample(*arguments):
        calls.append(arguments)
        output_ids, new_tokens, finished = arguments[14], arguments[15], arguments[16]
        new_tokens.fill_(10 + len(calls))
        if not silent:
            output_ids[..., arguments[1]] = 10 + len(calls)
        finished.fill_(0)
        return torch.tensor([len(calls) == stop_at])

    session = object.__new__(generation.GenerationSession)
    session._model_config = generation.ModelConfig(VOCABULARY, 1, 4, 4, 32, True, dtype="float16")
    session.mapping, session.device = Mapping(1, 0, 1), device
    session.vocab_size_padded, session.decoder_logits_dtype = PADDED, kind
    session.debug_mode = session.cuda_graph_mode = False
    session.stream = torch.cuda.current_stream()
    session.top_p_decay = session.top_p_min = session.top_p_reset_ids = None
    session.embedding_bias_opt = None
    session.runtime = SimpleNamespace(
        engine=SimpleNamespace(get_tensor_dtype=lambda name: generation.trt.float16),
        context_0=None,
        context_1=None,
        ctx_context=None,
        _set_tensors=lambda context, tensors: None,
        _run=lambda context, stream: True,
    )
    session.dynamic_decoder = SimpleNamespace(
        setup=lambda *arguments: set_up.append(arguments), forward=sample
    )
    session.gather_tree = lambda lengths, output_ids, *others: output_ids
    session.setup(2, PROMPT, 4, beams)
    prompt = torch.full((2, PROMPT), 7, dtype=torch.int32, device=device)
    lengths = torch.full((2,), PROMPT, dtype=torch.int32, device=device)
    config = generation.SamplingConfig(end_id=END, pad_id=PAD, num_beams=beams)
    config.update(**options)
    output = session.decode(
        prompt, lengths, config, stopping_criteria=criteria, logits_processor=processor
    )
    return calls, set_up[0], output


if device.type == "cpu":
    stream = SimpleNamespace(cuda_stream=0)
    replace(torch.cuda, current_stream=lambda: stream)
with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import generation

    calls, set_up, output = generate(top_k=3, temperature=0.5)
    of_beams = generate(beams=3)[0]
    if must_fail("The sampler gets logits (batch, beams, padded vocabulary)."):
        of_beams = generate(beams=2)[0]
    if must_fail("They are cast to a type that it knows."):
        calls = generate(kind=torch.float16)[0]
    if must_fail(
        "What the caller set reaches it as one number per prompt, and a penalty of 1 as None."
    ):
        set_up = generate(top_k=3, temperature=0.5, repetition_penalty=1.5)[1]
    stopped = generate(stop_at=2)
    by_criteria = generate(criteria=lambda step, ids, scores: step == 1)
    sevens = generate(processor=lambda step, ids, scores: torch.full_like(scores, 7.0))[0]
    if must_fail("A logits processor's result is what the sampler gets."):
        sevens = generate(processor=lambda step, ids, scores: torch.ones_like(scores))[0]
    try:
        generate(repetition_penalty=1.2, presence_penalty=0.5)
        refusal = "none"
    except AssertionError as error:
        refusal = str(error)

shapes = [tuple(each[0][0].shape) for each in (calls, of_beams)]
print("logits that the sampler gets:", shapes, calls[0][0].dtype)
assert shapes == [(2, 1, PADDED), (2, 3, PADDED)], (
    "The sampler gets logits (batch, beams, padded vocabulary)."
)
assert calls[0][0].dtype == torch.float32, "They are cast to a type that it knows."
assert [each[1] for each in calls] == [5, 6, 7, 8], (
    "It is told the position to write to: the longest prompt's length plus the step."
)
top_k, _, temperature, repetition = set_up[2:6]
assert (top_k.tolist(), temperature.tolist(), repetition) == ([3, 3], [0.5, 0.5], None), (
    "What the caller set reaches it as one number per prompt, and a penalty of 1 as None."
)
print("four tokens:", output.tolist(), "stopped after two:", stopped[2].tolist())
assert output.tolist() == [[7] * 5 + [11, 12, 13, 14]] * 2, (
    "It writes the tokens into output_ids itself: Python copies none."
)
assert (len(stopped[0]), stopped[2][0].tolist()) == (2, [7] * 5 + [11, 12, END, END]), (
    "When it says stop, the loop ends, and the rest of output_ids holds the end id from before."
)
assert len(by_criteria[0]) == 2, "A stopping criterion is asked after each step, and ends the loop."
assert {each[0].unique().item() for each in sevens} == {7.0}, (
    "A logits processor's result is what the sampler gets."
)
assert "cannot be non-default values at the same time" in refusal, (
    "Repetition and presence penalty together are refused."
)
