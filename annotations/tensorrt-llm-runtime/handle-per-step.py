"""Let the framework's session generate on the graph of a small BLOOM, computed by torch."""

import os
import sys
from contextlib import nullcontext
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import numpy
import torch

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
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
        "cache_indirection": torch.zeros(batch, 1, 16, device=device).int(),
        "past_key_value_0": torch.zeros(batch, 2, HEADS, past, WIDTH // HEADS, device=device),
    }


class Engine:
    """Stands for an engine: it knows the tensors of a recorded network, and has one profile."""

    device_memory_size, num_optimization_profiles = 0, 1

    def __init__(self, network):
        inputs = [network.get_input(number) for number in range(network.num_inputs)]
        outputs = [network.get_output(number) for number in range(network.num_outputs)]
        self.inputs = [tensor.name for tensor in inputs]
        self.types = {tensor.name: tensor.dtype for tensor in [*inputs, *outputs]}
        self.num_io_tensors = len(self.types)
        self.contexts = []
        if must_fail("Even steps run in context_1, odd ones in context_0."):
            self.num_optimization_profiles = 2

    def get_tensor_name(self, number):
        return list(self.types)[number]

    def get_tensor_dtype(self, name):
        return self.types[name]

    def get_tensor_mode(self, name):
        modes = generation.trt.TensorIOMode
        return modes.INPUT if name in self.inputs else modes.OUTPUT

    def create_execution_context_without_device_memory(self):
        self.contexts.append(Context(self))
        return self.contexts[-1]


class Context:
    """Stands for an execution context: it computes the network from and into given addresses."""

    def __init__(self, engine):
        self.engine, self.shapes = engine, {}

    def set_optimization_profile_async(self, profile, stream):
        pass

    def set_input_shape(self, name, shape):
        self.shapes[name] = tuple(shape)

    def set_tensor_address(self, name, address):
        addresses[id(self), name] = address

    def memory(self, name, shape):
        """Return what lies at a tensor's address, as a tensor that shares the memory."""
        kind = "<i4" if self.engine.types[name] == generation.trt.int32 else "<f4"
        data = {"data": (addresses[id(self), name], False), "shape": shape, "typestr": kind}
        data["version"] = 3
        holder = SimpleNamespace(__array_interface__=data, __cuda_array_interface__=data)
        if device == "cuda":
            return torch.as_tensor(holder, device=device)
        return torch.from_numpy(numpy.asarray(holder))

    def execute_async_v3(self, stream):
        given = {
            name: self.memory(name, shape).clone() if 0 not in shape else torch.zeros(shape)
            for name, shape in self.shapes.items()
        }
        if must_fail("Every step gives the logits of the whole sequence computed anew."):
            given["past_key_value_0"] = given["past_key_value_0"] * 0
        steps.append((self.engine.contexts.index(self), given))
        for name, result in stand_in.evaluate(given).items():
            self.memory(name, tuple(result.shape)).copy_(result)
        return True


class Sampler:
    """Stands for DynamicDecodeOp, whose kernels it says nothing about: it draws from the logits."""

    def __init__(self, *arguments):
        pass

    def setup(self, *arguments):
        pass

    def forward(self, step_logits, position, *others):
        output_ids, new_tokens = others[12], others[13]
        new_tokens[:] = torch.multinomial(step_logits[:, 0].softmax(-1), 1)
        output_ids[:, position] = new_tokens[:, 0]
        logits.append(step_logits[:, 0].clone())
        stop = False
        if must_fail("Step 0 reads the whole prompts, and every later step one token of each."):
            stop = True
        if must_fail(
            "Step 0 has no past, and step n the keys and values of the prompt and n - 1 tokens."
        ):
            stop = True
        if must_fail("The attention mask grows by one each step."):
            stop = True
        if must_fail("Each step is fed with the token that the step before it has chosen."):
            output_ids[:, position] = 0
        return torch.tensor([stop])


class Stream:
    """Stands for a CUDA stream where there is no GPU."""

    cuda_stream = 0

    def __init__(self, device=None):
        pass

    def synchronize(self):
        pass


steps, logits, addresses = [], [], {}
if device == "cpu":
    stream = Stream()
    replace(torch.cuda, set_device=lambda index: None, set_stream=lambda stream: None)
    replace(torch.cuda, Stream=Stream, current_stream=lambda: stream)
torch.classes.FasterTransformer = SimpleNamespace(DynamicDecodeOp=Sampler)
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
    generation.cudart = SimpleNamespace(
        cudaError_t=SimpleNamespace(cudaSuccess=0),
        cudaSetDevice=lambda number: (0,),
        cudaMalloc=lambda size: (0, 0),
        cudaFree=lambda address: (0,),
    )
    generation._scoped_stream = lambda: nullcontext(0)
    of_model = ModelConfig(TOKENS, 1, HEADS, HEADS, WIDTH, False, dtype="float32")
    session = generation.GenerationSession(of_model, stand_in.network, Mapping(1, 0, 1))
    session.device = torch.device(device)
    prompt = torch.randint(3, TOKENS, (2, PROMPT), device=device).int()
    session.setup(len(prompt), PROMPT, NEW)
    lengths = torch.full((2,), PROMPT, device=device).int()
    tokens = session.decode(prompt, lengths, SamplingConfig(end_id=1, pad_id=0))
    anew = [stand_in.evaluate(inputs(tokens[:, : PROMPT + each]))["logits"] for each in range(NEW)]

gaps = [(one - other).abs().max().item() for one, other in zip(logits, anew, strict=False)]
read = [tuple(given["input_ids"].shape) for _, given in steps]
past = [given["past_key_value_0"].shape[3] for _, given in steps]
print("prompt and new tokens:", *tokens.tolist(), sep="\n  ")
print(f"{stand_in.network.num_layers} layers; logits of {logits[0].abs().max():.1f}, gaps", gaps)
assert read == [(2, PROMPT), (2, 1), (2, 1), (2, 1)], (
    "Step 0 reads the whole prompts, and every later step one token of each."
)
assert past == [0, PROMPT, PROMPT + 1, PROMPT + 2], (
    "Step 0 has no past, and step n the keys and values of the prompt and n - 1 tokens."
)
assert max(gaps) < 1e-5, "Every step gives the logits of the whole sequence computed anew."
assert [given["attention_mask"].shape[1] for _, given in steps] == [5, 6, 7, 8], (
    "The attention mask grows by one each step."
)
positions = [given["position_ids"] for _, given in steps]
assert [each[1].tolist() for each in positions] == [[0, 1, 2, 3, 4], [5], [6], [7]], (
    "Positions go on from the prompt: a later step gets that of its one token."
)
fed = torch.cat([given["input_ids"] for _, given in steps[1:]], 1)
assert torch.equal(fed, tokens[:, PROMPT : PROMPT + NEW - 1]), (
    "Each step is fed with the token that the step before it has chosen."
)
assert [context for context, _ in steps] == [1, 0, 1, 0], (
    "Even steps run in context_1, odd ones in context_0."
)
