"""Set up the runtime of engines with one, two and three profiles, on an engine of our own."""

from contextlib import nullcontext
from types import SimpleNamespace

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
if not torch.cuda.is_available():
    replace(torch.cuda, set_device=lambda index: None)
ADDRESS = 4096
allocated = []


class Context:
    """An execution context: it keeps its memory and its profile."""

    profile = device_memory = None

    def set_optimization_profile_async(self, profile, stream):
        self.profile = profile


def without_code(reply):
    """Return what a call of CUDA returned behind its error code, as CUASSERT does."""
    match reply:
        case (_, *results):
            return results
    return [reply]


def runtime_of(profiles):
    """Return the framework's runtime for an engine with so many optimization profiles."""
    made = []

    def create():
        made.append(Context())
        return made[-1]

    def allocate(size):
        allocated.append(size)
        return 0, ADDRESS

    engine = SimpleNamespace(
        device_memory_size=1234,
        num_optimization_profiles=profiles,
        create_execution_context_without_device_memory=create,
    )
    tensorrt = SimpleNamespace(
        Runtime=lambda log: SimpleNamespace(deserialize_cuda_engine=lambda buffer: engine)
    )
    stand_ins = {
        "trt": tensorrt,
        "cudart": SimpleNamespace(
            cudaSetDevice=lambda index: (0,), cudaMalloc=allocate, cudaFree=lambda address: None
        ),
        "CUASSERT": without_code,
        "logger": SimpleNamespace(trt_logger=None),
        "_scoped_stream": lambda: nullcontext(7),
    }
    taken = extract(tree, "tensorrt_llm.runtime.generation:_Runtime", given=stand_ins)
    mapping = SimpleNamespace(rank=0, gpus_per_node=8)
    try:
        return taken["_Runtime"](b"an engine", mapping), made
    except (AttributeError, IndexError, NameError, TypeError) as error:
        print("not prepared:", error)
        nothing = Context()
        return SimpleNamespace(ctx_context=nothing, context_0=nothing, context_1=nothing), made


(one, of_one), (two, of_two) = runtime_of(1), runtime_of(2)
print("contexts:", {"one profile": len(of_one), "two profiles": len(of_two)})
assert (len(of_one), len(of_two)) == (2, 3), (
    "An engine with one profile gets two contexts, one with two profiles gets three."
)
of_prompt = getattr(one, "ctx_context", None)
assert of_prompt is one.context_1 and of_prompt is not one.context_0, (
    "With one profile, the prompt runs in the context that serves every second token as well."
)
profiles = [each.profile for each in (two.ctx_context, two.context_0, two.context_1)]
assert (profiles, [each.profile for each in of_one]) == ([0, 1, 1], [0, 0]), (
    "With two profiles, the first is for the prompt and the second for the tokens after it."
)
assert {each.device_memory for each in of_one + of_two} == {ADDRESS}, (
    "All contexts of an engine share one piece of memory."
)
assert allocated == [1234, 1234], (
    "That piece is allocated once per engine, with the size that the engine names."
)
try:
    message = str(runtime_of(3))
except AssertionError as error:
    message = str(error)
assert message == "Maximum of up to two optimization profiles only", "Three profiles are refused."
