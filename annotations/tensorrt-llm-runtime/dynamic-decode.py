"""Put a sampler of our own in the place of DynamicDecodeOp, and see what the loop does with it."""

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
VOCABULARY, PADDED, PROMPT, NEW = 91, 92, 5, 4
END, PAD = 1, 0


class Runtime:
    """Stands for an engine's runtime that computes nothing; the engine's logits are of a kind."""

    runtime_rank, kind = 0, "float32"
    context_0 = context_1 = ctx_context = None
    names = "input_ids logits last_token_ids cache_indirection attention_mask position_ids"
    names += " past_key_value_0 present_key_value_0"

    def __init__(self, buffer, mapping):
        self.engine = SimpleNamespace(
            num_io_tensors=len(self.names.split()),
            get_tensor_name=self.names.split().__getitem__,
            get_tensor_dtype=lambda name: getattr(generation.trt, self.kind),
        )

    def _set_tensors(self, context, tensors):
        pass

    def _run(self, context, stream):
        return True


class Sampler:
    """Stands for DynamicDecodeOp: it keeps what it gets, and writes 11, 12, 13 and 14."""

    stop_at = None

    def __init__(self, *arguments):
        pass

    def setup(self, *arguments):
        set_up[:] = arguments

    def forward(self, logits, position, *others):
        output_ids, new_tokens, finished = others[12], others[13], others[14]
        calls.append((getattr(logits, "shape", None), getattr(logits, "dtype", None), position))
        values.append(logits.unique().tolist() if torch.is_tensor(logits) else None)
        new_tokens.fill_(10 + len(calls))
        output_ids[..., position] = 10 + len(calls)
        finished.fill_(0)
        return torch.tensor([len(calls) == self.stop_at])


class Stream:
    """Stands for a CUDA stream where there is no GPU."""

    cuda_stream = 0

    def __init__(self, device=None):
        pass

    def synchronize(self):
        pass


def generate(beams=1, stop_at=None, criteria=None, processor=None, kind="float32", **options):
    """Generate after two prompts of five tokens; return what comes out."""
    calls.clear(), set_up.clear(), values.clear()
    Runtime.kind, Sampler.stop_at = kind, stop_at
    of_model = generation.ModelConfig(VOCABULARY, 1, 4, 4, 32, False, dtype="float16")
    session = generation.GenerationSession(of_model, b"an engine", Mapping(2, 0, 8, tp_size=2))
    session.device = device
    session.setup(2, PROMPT, NEW, beams)
    prompt = torch.full((2, PROMPT), 7, dtype=torch.int32, device=device)
    lengths = torch.full((2,), PROMPT, dtype=torch.int32, device=device)
    config = generation.SamplingConfig(end_id=END, pad_id=PAD, num_beams=beams)
    config.update(**options)
    return session.decode(
        prompt, lengths, config, stopping_criteria=criteria, logits_processor=processor
    )


def option(number):
    """Return what the sampler's setup() got in this place, as a list if it is a tensor."""
    given = set_up[number] if number < len(set_up) else "nothing"
    return given.tolist() if torch.is_tensor(given) else given


calls, set_up, values = [], [], []
if device.type == "cpu":
    stream = Stream()
    replace(torch.cuda, set_device=lambda index: None, set_stream=lambda stream: None)
    replace(torch.cuda, Stream=Stream, current_stream=lambda: stream)
torch.classes.FasterTransformer = SimpleNamespace(DynamicDecodeOp=Sampler)
torch.ops.tensorrt_llm.gather_tree = lambda lengths, output_ids, *others: output_ids
with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import generation

    replace(generation, _Runtime=Runtime)
    output = generate(top_k=3, temperature=0.5)
    print("the sampler gets:", *calls, sep="\n  ")
    assert [shape for shape, _, _ in calls] == [(2, 1, PADDED)] * NEW, (
        "The sampler gets logits (batch, beams, padded vocabulary)."
    )
    assert [position for _, _, position in calls] == [5, 6, 7, 8], (
        "It is told the position to write to: the longest prompt's length plus the step."
    )
    assert (option(2), option(4)) == ([3, 3], [0.5, 0.5]), (
        "An option that the caller sets reaches it as one number per prompt."
    )
    kinds = [each.dtype for each in set_up[2:3]]
    assert kinds == [torch.int32], "The numbers of top_k are int32."
    assert option(5) is None, "A repetition penalty of 1 reaches it as None."
    print("four tokens:", output.tolist())
    assert output.tolist() == [[7] * PROMPT + [11, 12, 13, 14]] * 2, (
        "It writes the tokens into output_ids itself: Python copies none."
    )
    stopped = generate(stop_at=2)
    print("stopped after two:", stopped.tolist())
    assert len(calls) == 2, "When the sampler says stop, the loop ends."
    assert stopped.tolist() == [[7] * PROMPT + [11, 12, END, END]] * 2, (
        "The rest of output_ids holds the end id from before."
    )
    generate(criteria=lambda step, ids, scores: step == 1)
    assert len(calls) == 2, "A stopping criterion is asked after each step, and ends the loop."
    generate(processor=lambda step, ids, scores: torch.full_like(scores, 7.0))
    assert values == [[7.0]] * NEW, "A logits processor's result is what the sampler gets."
    generate(repetition_penalty=1.5)
    assert option(5) == [1.5, 1.5], "Another repetition penalty is one number per prompt as well."
    try:
        generate(repetition_penalty=1.2, presence_penalty=0.5)
        refusal = "none"
    except AssertionError as error:
        refusal = str(error)
    assert "cannot be non-default values at the same time" in refusal, (
        "Repetition and presence penalty together are refused."
    )
    generate(kind="float16")
    assert {kind for _, kind, _ in calls} == {torch.float16}, "Logits in fp16 stay in fp16."
    generate(kind="bfloat16")
    assert {kind for _, kind, _ in calls} == {torch.float32}, (
        "Logits of a type that it does not know are cast to fp32."
    )
    generate(beams=3)
    assert [shape for shape, _, _ in calls] == [(2, 3, PADDED)] * NEW, (
        "The beams of a prompt are one dimension of the logits."
    )
