"""Let the framework's session generate on the graph of a small BLOOM, computed by torch.

The session of 0.5.0 then generates on the same graph.
"""

import os
import sys
from contextlib import nullcontext
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import numpy
import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
torch.use_deterministic_algorithms(True, warn_only=True)  # fills what torch.empty leaves open
torch.set_grad_enabled(False)
device = "cuda" if torch.cuda.is_available() else "cpu"
HEADS, WIDTH, TOKENS, PROMPT, NEW = 2, 16, 32, 5, 4


def inputs(tokens, past=0):
    """Return the network's inputs for tokens (batch, length) after so many in the cache."""
    batch, length = tokens.shape
    return {
        "input_ids": tokens.int(),
        "position_ids": torch.arange(length, device=device).int().expand(batch, length),
        "last_token_ids": torch.full((batch,), length, device=device).int(),
        "attention_mask": torch.ones(batch, length + past, device=device).int(),
        "cache_indirection": torch.zeros(batch, 1, PROMPT + NEW, device=device).int(),
        "past_key_value_0": torch.zeros(batch, 2, HEADS, past, WIDTH // HEADS, device=device),
    }


def agree(shapes):
    """Tell whether these are the shapes of a network's inputs that belong together."""
    if set(shapes) != set(inputs(torch.zeros(2, 1))):
        return False
    (batch, length), past = shapes["input_ids"], shapes["past_key_value_0"][3]
    wanted = inputs(torch.zeros(batch, length), past)
    return batch == 2 and all(shapes[name] == tuple(each.shape) for name, each in wanted.items())


class Engine:
    """Stands for an engine: it knows the tensors of a recorded network, and has one profile."""

    device_memory_size, num_optimization_profiles = 0, 1

    def __init__(self, network):
        inputs = [network.get_input(number) for number in range(network.num_inputs)]
        outputs = [network.get_output(number) for number in range(network.num_outputs)]
        self.inputs = [tensor.name for tensor in inputs]
        self.types = {tensor.name: tensor.dtype for tensor in [*inputs, *outputs]}
        self.num_io_tensors = len(self.types)
        self.contexts, self.works = [], True

    def get_tensor_name(self, number):
        return list(self.types)[number]

    def get_tensor_dtype(self, name):
        return self.types[name]

    def get_tensor_mode(self, name):
        modes = generation.trt.TensorIOMode
        return modes.INPUT if name in self.inputs else modes.OUTPUT

    def create_execution_context_without_device_memory(self):
        self.contexts.append(Context(self, len(self.contexts)))
        return self.contexts[-1]


class Context:
    """Stands for an execution context: it computes the network from and into given addresses.

    Where the shapes do not belong together it computes nothing, and goes on.
    """

    def __init__(self, engine, number):
        self.engine, self.number, self.shapes = engine, number, {}

    def set_optimization_profile_async(self, profile, stream):
        pass

    def set_input_shape(self, name, shape):
        self.shapes[name] = tuple(shape)
        bound[self.number, len(steps)] = True
        return True

    def set_tensor_address(self, name, address):
        addresses[self.number, name] = address  # beside the session, whose values are watched

    def memory(self, name, shape):
        """Return what lies at a tensor's address, as a tensor that shares the memory."""
        kind = "<i4" if self.engine.types[name] == generation.trt.int32 else "<f4"
        data = {"data": (addresses[self.number, name], False), "shape": shape, "typestr": kind}
        data["version"] = 3
        holder = SimpleNamespace(__array_interface__=data, __cuda_array_interface__=data)
        if device == "cuda":
            return torch.as_tensor(holder, device=device)
        return torch.from_numpy(numpy.asarray(holder))

    def execute_async_v3(self, stream):
        given = None
        complete = all((self.number, name) in addresses for name in self.engine.types)
        if complete and agree(self.shapes):
            given = {
                name: self.memory(name, shape).clone() if 0 not in shape else torch.zeros(shape)
                for name, shape in self.shapes.items()
            }
            for name, result in stand_in.evaluate(given).items():
                self.memory(name, tuple(result.shape)).copy_(result)
        table = addresses.get((self.number, "cache_indirection"))
        steps.append((self.number, self.shapes, given, table))
        self.shapes = {}
        for name in self.engine.types:  # what was bound may be freed now
            addresses.pop((self.number, name), None)
        return self.engine.works


class Sampler:
    """Stands for DynamicDecodeOp, but not for its kernels: its tokens follow from the logits."""

    def __init__(self, *arguments):
        pass

    def setup(self, *arguments):
        pass

    def forward(self, step_logits, position, *others):
        first = 11 if len(others) == 30 else 10  # 0.5.0 gives no attention window
        source, output_ids, new_tokens = others[first : first + 3]
        best = step_logits[:, 0].nan_to_num().argmax(-1, keepdim=True)
        others_than_before = position + torch.arange(2, device=device)[:, None] * 3
        new_tokens[:] = (best + others_than_before) % TOKENS
        output_ids[:, position] = new_tokens[:, 0]
        logits.append(step_logits[:, 0].clone())
        tables.append((source.data_ptr(), others[-10].data_ptr()))
        return torch.tensor([False])


class Stream:
    """Stands for a CUDA stream where there is no GPU."""

    cuda_stream = 0

    def __init__(self, device=None):
        pass

    def synchronize(self):
        pass


steps, logits, tables, addresses, bound = [], [], [], {}, {}
if device == "cpu":
    stream = Stream()
    replace(torch.cuda, set_device=lambda index: None, set_stream=lambda stream: None)
    replace(torch.cuda, Stream=Stream, current_stream=lambda: stream)
torch.classes.FasterTransformer = SimpleNamespace(
    DynamicDecodeOp=Sampler,
    NcclCommunicatorOp=lambda *sizes: None,  # 0.5.0 makes one for a single rank as well
)
torch.ops.tensorrt_llm.gather_tree = lambda lengths, output_ids, *others: output_ids

config = {"architecture": "BloomForCausalLM", "dtype": "float32", "vocab_size": TOKENS}
config |= {"hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": HEADS}
config |= {"hidden_act": "gelu", "position_embedding_type": "alibi"}
config |= {"use_parallel_embedding": False, "embedding_sharding_dim": 0}
config |= {"share_embedding_table": False, "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1}}
sizes = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}

first, second = inputs(torch.zeros(2, 5)), inputs(torch.zeros(3, 6), 1)
pairs = {name: (first[name].cpu(), second[name].cpu()) for name in first}
with standing_in(inputs=pairs, device=device) as stand_in:
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.mapping import Mapping
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
    from tensorrt_llm.runtime import ModelConfig, SamplingConfig, generation

    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))
    shapes = {name: each.raw_value.shape for name, each in model.named_parameters()}
    model.load({name: torch.randn(shape) * 0.6 for name, shape in shapes.items()})
    build_shard_model(model, BuildConfig.from_dict({**sizes, "max_num_tokens": None}))

    generation.trt.Runtime = lambda log: SimpleNamespace(deserialize_cuda_engine=Engine)
    cudart = SimpleNamespace(
        cudaError_t=SimpleNamespace(cudaSuccess=0),
        cudaSetDevice=lambda number: (0,),
        cudaMalloc=lambda size: (0, 0),
        cudaFree=lambda address: (0,),
    )
    given = {"cudart": cudart, "_scoped_stream": lambda: nullcontext(0)}
    replace(generation, **given)
    prompt = torch.randint(3, TOKENS, (2, PROMPT), device=device).int()
    lengths = torch.full((2,), PROMPT, device=device).int()

    def generate(ModelConfig, SamplingConfig, Mapping, GenerationSession):
        """Generate with a release's session; return it, and the tokens."""
        of_model = ModelConfig(TOKENS, 1, HEADS, HEADS, WIDTH, False, dtype="float32")
        session = GenerationSession(of_model, stand_in.network, Mapping(1, 0, 1))
        session.device = torch.device(device)
        session.setup(len(prompt), PROMPT, NEW)
        return session, session.decode(prompt, lengths, SamplingConfig(end_id=1, pad_id=0))

    session, tokens = generate(ModelConfig, SamplingConfig, Mapping, generation.GenerationSession)
    of_bound = list(bound)
    anew = [stand_in.evaluate(inputs(tokens[:, : PROMPT + each]))["logits"] for each in range(NEW)]

    of_steps, sampled, pairs = steps[:NEW], logits[:NEW], tables[:NEW]
    shapes = [shapes for _, shapes, _, _ in of_steps]
    values = [given or {} for _, _, given, _ in of_steps]
    gaps = [(one - other).abs().max().item() for one, other in zip(sampled, anew, strict=False)]
    print("prompt and new tokens:", *tokens.tolist(), sep="\n  ")
    print(
        f"{stand_in.network.num_layers} layers; logits of {sampled[0].abs().max():.1f}, gaps", gaps
    )
    assert [each.get("input_ids") for each in shapes] == [(2, PROMPT), (2, 1), (2, 1), (2, 1)], (
        "Step 0 reads the whole prompts, and every later step one token of each."
    )
    past = [each.get("past_key_value_0") for each in shapes]
    assert past == [(2, 2, HEADS, length, WIDTH // HEADS) for length in (0, 5, 6, 7)], (
        "Step 0 has no past, and step n the keys and values of the prompt and n - 1 tokens."
    )
    assert [each.get("attention_mask") for each in shapes] == [(2, 5), (2, 6), (2, 7), (2, 8)], (
        "The attention mask grows by one each step."
    )
    positions = [each["position_ids"].tolist() for each in values if each]
    assert positions == [[[0, 1, 2, 3, 4]] * 2, [[5]] * 2, [[6]] * 2, [[7]] * 2], (
        "Positions go on from the prompt: a later step gets that of its one token."
    )
    fed = [each["input_ids"][:, 0].tolist() for each in values[1:] if each]
    assert fed == tokens[:, PROMPT : PROMPT + NEW - 1].T.tolist(), (
        "Each step is fed with the token that the step before it has chosen."
    )
    assert len(gaps) == NEW and all(gap < 1e-5 for gap in gaps), (
        "Every step gives the logits of the whole sequence computed anew."
    )
    assert [context for context, _, _, _ in of_steps] == [1, 0, 1, 0], (
        "Even steps run in context_1, odd ones in context_0."
    )
    names = {table: number for number, table in enumerate(pairs[0])}
    turns = [(names.get(source), names.get(target)) for source, target in pairs]
    assert turns == [(0, 1), (1, 0), (0, 1), (1, 0)], (
        "The beam table that one step writes is read by the next."
    )
    assert [names.get(table) for _, _, _, table in of_steps] == [0, 1, 0, 1], (
        "The engine is given the beam table that the sampler reads in the same step."
    )
    print("context and steps run before, of each binding:", of_bound)
    assert of_bound == [(1, 0), (0, 1), (1, 2), (0, 3)], (
        "Each step but the last binds the next one's inputs, in the other context, once its own "
        "has run."
    )
    session.runtime.engine.works = False
    try:
        session.decode(prompt, lengths, SamplingConfig(end_id=1, pad_id=0))
        failure = "none"
    except RuntimeError as error:
        failure = str(error)
    print("an engine that fails:", failure)
    assert failure == "Executing TRT engine failed!", "An engine that fails ends the loop."

    for seen in (steps, bound):
        seen.clear()
    classes = "ModelConfig", "SamplingConfig", "Mapping", "GenerationSession"
    names = [f"tensorrt_llm.runtime.generation:{name}" for name in classes]
    older = extract(older_tree, *names, given=given)
    before = generate(*(older[name] for name in classes))[1]
    fed = [each["input_ids"].tolist() for each in values if each]
    fed_before = [each["input_ids"].tolist() for _, _, each, _ in steps]
    print("in 0.5.0:", list(bound), "and the same tokens:", torch.equal(before, tokens))
    assert (list(bound), fed_before, before.tolist()) == (of_bound, fed, tokens.tolist()), (
        "The loop of 0.5.0 binds and runs in the same contexts, reads the same tokens and gives "
        "the same."
    )
