"""See what the sizes given at build and at run time do to memory that Python can see.

The Python session of 0.5.0 is set up beside it; its C++ options are in no Python file.
"""

import inspect
import os
import sys
from types import ModuleType, SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
made = {}


class Bindings(ModuleType):
    """The C++ bindings: a class of any name, whose instances keep what they are made with."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def make(*arguments, **options):
            made[name] = SimpleNamespace(**options)
            return made[name]

        make.mpi = lambda **options: SimpleNamespace(rank=0)
        make.parse_file = lambda path: engine
        return Names() if name == "DataType" else make


class Names:
    """An enumeration that has every name."""

    def __getattr__(self, name):
        return name


limits = {"max_batch_size": 8, "max_input_len": 900, "max_output_len": 100, "max_beam_width": 4}
engine = SimpleNamespace(
    model_config=SimpleNamespace(**limits),
    tensor_parallelism=1,
    pipeline_parallelism=1,
    engine_filename=lambda world: "rank0.engine",
)


def cache_bytes(batch, prompt, new, *window, of=None):
    """Return how much setup() allocates for keys and values; `of` is another release's classes."""
    names = of or vars(generation)
    session = object.__new__(names["GenerationSession"])
    session._model_config = names["ModelConfig"](100, 2, 4, 4, 32, True, dtype="float16")
    session.mapping, session.device = Mapping(1, 0, 1), device
    engine = SimpleNamespace(get_tensor_dtype=lambda name: generation.trt.float16)
    session.runtime, session.vocab_size_padded = SimpleNamespace(engine=engine), 100
    session.setup(batch, prompt, new, 1, *window)
    return sum(each.nbytes for name, each in session.buffer.items() if "key_value" in name)


with standing_in():
    sys.modules["tensorrt_llm.bindings"] = Bindings("tensorrt_llm.bindings")
    from tensorrt_llm.builder import BuildConfig
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.plugin.plugin import PluginConfig
    from tensorrt_llm.runtime import ModelRunnerCpp, generation

    build = BuildConfig(1, 2, 3, 4, 5, 6, False, PluginConfig())
    at_build = {name: value for name, value in build.to_dict().items() if "max" in name}
    one = cache_bytes(1, 100, 28)
    batch_8, twice_as_long = cache_bytes(8, 100, 28), cache_bytes(1, 228, 28)
    window_32, many_new = cache_bytes(1, 100, 28, 32), cache_bytes(1, 64, 64)
    classes = "GenerationSession", "ModelConfig"
    older = extract(older_tree, *(f"tensorrt_llm.runtime.generation:{name}" for name in classes))
    sizes = (1, 100, 28), (8, 100, 28), (1, 228, 28), (1, 64, 64)
    before = [cache_bytes(*each, of=older) for each in sizes]
    knows_window = [
        "max_attention_window_size" in inspect.signature(session.setup).parameters
        for session in (generation.GenerationSession, older["GenerationSession"])
    ]
    ModelRunnerCpp.from_dir("engine", max_input_len=200, max_attention_window_size=64)
    session = vars(made["GptSessionConfig"])
    cpp = vars(session.pop("kv_cache_config", SimpleNamespace()))
    try:
        ModelRunnerCpp.from_dir("engine", max_batch_size=9)
        refused = False
    except AssertionError:
        refused = True

print("fixed at build time:", at_build)
assert at_build == {
    "max_input_len": 1,
    "max_output_len": 2,
    "max_batch_size": 3,
    "max_beam_width": 4,
    "max_num_tokens": 5,
    "max_prompt_embedding_table_size": 6,
}, "Six maxima are fixed at build time."
print("Python session, bytes of cache:", one, batch_8, twice_as_long, window_32)
assert one == 2 * 2 * (100 + 28) * 32 * 2, (
    "The Python session's cache is 2 tensors x layers x tokens x width x bytes per number."
)
assert (batch_8, twice_as_long) == (8 * one, 2 * one), (
    "It grows with the batch and with prompt + new tokens, linearly."
)
assert many_new == one, "Whether the tokens are of the prompt or new makes no difference."
assert window_32 * 4 == one, "An attention window bounds it."
print("Python session of 0.5.0:", *before)
assert ([one, batch_8, twice_as_long, many_new], knows_window) == (before, [True, False]), (
    "The Python session of 0.5.0 has as much cache for the same sizes, and its setup() takes no "
    "attention window."
)
print("C++ session:", {**session, "kv_cache_config": cpp})
assert cpp == {"max_attention_window": 64}, (
    "Of the C++ session's cache, the runner sets the attention window only: "
    "no number of tokens and no fraction of memory."
)
assert session == {"max_batch_size": 8, "max_beam_width": 4, "max_sequence_length": 200 + 100}, (
    "The C++ session's sizes are what run.py asks for, or what the engine allows."
)
assert refused, "More than the engine was built for is refused."
