"""Write down on which CUDA stream a session's engine and sampler run, streaming and not."""

import ast
import functools
import os
import sys
from types import GeneratorType, SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import replace, source_tree
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
events = []


class Stream:
    """Stands for a CUDA stream, which its name and a number tell from others."""

    current = None

    def __init__(self, device=None, name="the session's"):
        self.name, self.cuda_stream = name, name

    def synchronize(self):
        events.append(("wait for", self.name))


class Runtime:
    """Stands for an engine's runtime: it writes down on which stream it is run."""

    runtime_rank = 0
    context_0 = context_1 = ctx_context = None
    names = "input_ids logits last_token_ids cache_indirection attention_mask position_ids"
    names += " past_key_value_0 present_key_value_0"

    def __init__(self, buffer, mapping):
        self.engine = SimpleNamespace(
            num_io_tensors=len(self.names.split()),
            get_tensor_name=self.names.split().__getitem__,
            get_tensor_dtype=lambda name: generation.trt.float32,
        )

    def _set_tensors(self, context, tensors):
        pass

    def _run(self, context, stream):
        events.append(("run the engine", stream))
        return True


class Sampler:
    """Stands for DynamicDecodeOp, which keeps the stream that is current in its setup."""

    def __init__(self, *arguments):
        pass

    def setup(self, *arguments):
        events.append(("set up the sampler", torch.cuda.current_stream().name))

    def forward(self, *arguments):
        return torch.tensor([True])


def session_of():
    """Return a session that is set up for one prompt; its stream is current."""
    of_model = generation.ModelConfig(100, 1, 4, 4, 32, False, dtype="float32")
    session = generation.GenerationSession(of_model, b"an engine", Mapping(1, 0, 1))
    session.device = device
    session.setup(1, 3, 5)
    return session


def decode(session, caller, streaming=False):
    """Generate while the caller's stream is current; return the result and the events."""
    events.clear()
    torch.cuda.set_stream(caller)
    prompt = torch.tensor([[5, 6, 7]], dtype=torch.int32, device=device)
    lengths = torch.tensor([3], dtype=torch.int32, device=device)
    config = generation.SamplingConfig(end_id=1, pad_id=0)
    result = session.decode(prompt, lengths, config, streaming=streaming)
    return result, list(events)


def iterate(pieces):
    """Go through what a generator gives; return the events."""
    events.clear()
    list(pieces)
    return list(events)


def guard_of(tree):
    """Return the decorator as the tree of a release has it."""
    path = tree / "tensorrt_llm/runtime/generation.py"
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    kinds = (node for node in nodes if isinstance(node, ast.FunctionDef))
    found = next(node for node in kinds if node.name == "cuda_stream_guard")
    names = {"wraps": functools.wraps, "torch": torch}
    exec(compile(ast.Module([found], []), str(path), "exec"), names)
    return names["cuda_stream_guard"]


def guarded(guard, caller):
    """Return the events of a call that is guarded, with its own."""
    events.clear()
    torch.cuda.set_stream(caller)
    body = guard(lambda self: events.append(("call", torch.cuda.current_stream().name)))
    body(SimpleNamespace(stream=own))
    return [*events, ("current", torch.cuda.current_stream().name)]


replace(torch.cuda, set_device=lambda number: None, Stream=Stream)
replace(torch.cuda, current_stream=lambda: Stream.current)
replace(torch.cuda, set_stream=lambda stream: setattr(Stream, "current", stream))
torch.classes.FasterTransformer = SimpleNamespace(DynamicDecodeOp=Sampler)
torch.ops.tensorrt_llm.gather_tree = lambda lengths, output_ids, *others: output_ids
caller = Stream(name="the caller's")
with standing_in():
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.runtime import generation

    replace(generation, _Runtime=Runtime)
    of_sessions = generation.GenerationSession
    guard = of_sessions.cuda_stream_guard
    anew = guard(of_sessions.decode.__wrapped__)  # so that controls reach it
    replace(of_sessions, decode=anew)
    Stream.current = caller
    session = session_of()
    own = session.stream
    print("after the constructor:", Stream.current.name)
    assert Stream.current is own, "The constructor leaves the session's stream current."

    ids, at_once = decode(session, caller)
    after = Stream.current
    print("not streaming:", *at_once, sep="\n  ")
    assert torch.is_tensor(ids), "Without streaming, decode() returns the ids."
    assert ("set up the sampler", own.name) in at_once, (
        "Without streaming, the sampler is set up on the session's stream."
    )
    assert [stream for what, stream in at_once if what == "run the engine"] == [own.name], (
        "Without streaming, the engine runs on the session's stream."
    )
    assert after is caller, "Afterwards the caller's stream is current again."
    assert at_once[:1] == [("wait for", caller.name)], (
        "The guard waits for the caller's stream before anything else."
    )
    assert at_once[-1:] == [("wait for", own.name)], (
        "At the end the guard waits for the session's stream."
    )

    pieces, before = decode(session, caller, streaming=True)
    assert isinstance(pieces, GeneratorType), "With streaming=True, decode() returns a generator."
    in_steps = iterate(pieces)
    print("streaming, before iterating:", *before, sep="\n  ")
    print("streaming, when iterated:", *in_steps, sep="\n  ")
    assert [what for what, _ in before] == ["wait for", "set up the sampler", "wait for"], (
        "No step has run before the generator is iterated."
    )
    assert ("set up the sampler", own.name) in before, (
        "When streaming, the sampler is set up on the session's stream, too."
    )
    assert in_steps == [("run the engine", caller.name)], (
        "When streaming, the engine runs on the caller's stream, and nothing waits for another."
    )
    assert iterate(decode(session, own, streaming=True)[0]) == [("run the engine", own.name)], (
        "When streaming while the session's stream is current, the engine runs on that one."
    )
    assert guarded(guard, own) == [("call", own.name), ("current", own.name)], (
        "Where the session's stream is current already, the guard does nothing."
    )
    both = guarded(guard_of(older_tree), caller), guarded(guard, caller)
    print("the guard of 0.5.0:", *both[0], sep="\n  ")
    assert both[0] == both[1], "The guard of 0.5.0 does the same."
