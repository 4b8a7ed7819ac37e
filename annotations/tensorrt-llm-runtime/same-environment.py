"""Load engines that belong elsewhere, and see what the framework's Python code compares."""

import json
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, older_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
events, processes = [], 1
replace(torch.cuda, set_device=lambda index: events.append(f"device {index}"))
for question in ("get_device_capability", "get_device_name", "get_device_properties"):
    replace(torch.cuda, **{question: lambda *device, name=question: events.append(name)})

sizes = {"max_input_len": 5, "max_output_len": 7, "max_batch_size": 8, "max_beam_width": 1}
plugins = {"gpt_attention_plugin": "float16", "remove_input_padding": True}
plugins |= {"paged_kv_cache": False, "tokens_per_block": 64}


def config(heads=6, pipeline=1, tensor=2, **of_new_format):
    """Return the config.json of an engine for so many ranks; in the new format it is for two."""
    old = {"name": "gpt", "precision": "float16", "tensor_parallel": tensor, "num_layers": 6}
    old |= {"num_heads": heads, "num_kv_heads": 3, "hidden_size": 48, "vocab_size": 100}
    new = {"architecture": "BloomForCausalLM", "dtype": "float16", "vocab_size": 100}
    new |= {"hidden_size": 48, "num_hidden_layers": 6, "num_attention_heads": heads}
    new |= {"num_key_value_heads": 3, "hidden_act": "gelu", "position_embedding_type": "alibi"}
    new["mapping"] = {"world_size": 2, "tp_size": 2, "pp_size": 1}
    if pipeline > 1:
        old["pipeline_parallel"] = pipeline
    build = {**sizes, "max_num_tokens": None, "plugin_config": {}}
    both = {"pretrained_config": new, "build_config": build, "plugin_config": plugins}
    return {"builder_config": old | sizes, **both, **of_new_format}


OLD = "gpt_float16_tp1_rank0", "gpt_float16_tp2_rank0", "gpt_float16_tp2_pp3_rank0"
PLANS = {"a plan": OLD, "a plan of the new format": ["rank0"]}


class Plan(bytes):
    """An engine's bytes, and the engine that they are of."""

    device_memory_size, num_optimization_profiles = 1234, 1

    def create_execution_context_without_device_memory(self):
        return SimpleNamespace(set_optimization_profile_async=lambda profile, stream: None)


class TensorRT:
    """Stands for TensorRT's runtime, which knows one plan and refuses all others."""

    def __init__(self, logger):
        self.logger = logger

    def deserialize_cuda_engine(self, plan):
        events.append(f"TensorRT gets {bytes(plan)}")
        return None if plan == b"of another GPU" else Plan(plan)


def load(of_engine, ranks=1):
    """Load a folder with so many processes; return what was done, and the session or refusal."""
    global processes
    processes = ranks
    events.clear()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(of_engine))
        for plan, names in PLANS.items():
            for name in names:
                (Path(folder) / f"{name}.engine").write_text(plan)
        try:
            session = model_runner.ModelRunner.from_dir(folder, rank=0).session
        except AssertionError as error:
            return events.copy(), str(error)
    return events.copy(), session


straight = ["device 0", "device 0", "TensorRT gets b'a plan of the new format'"]

with standing_in():
    from tensorrt_llm.runtime import generation, model_runner

    class Runtime(generation._Runtime):
        """The framework's runtime of an engine, without memory of a GPU to free."""

        address = None

    class Session:
        """A session that has a runtime, and keeps what it is told."""

        use_lora_plugin = False

        def __init__(self, model_config, engine_buffer, mapping, debug_mode=False):
            self.config, self.mapping = model_config, mapping
            self.runtime = Runtime(engine_buffer, mapping)

    replace(model_runner, GenerationSession=Session, mpi_world_size=lambda: processes)
    generation.trt.Runtime = TensorRT
    replace(generation, CUASSERT=lambda result: result[1:], _scoped_stream=lambda: nullcontext(7))
    cudart = SimpleNamespace(
        cudaSetDevice=lambda index: (0,),
        cudaMalloc=lambda size: (0, 4096),
        cudaFree=lambda address: None,
    )
    replace(generation, cudart=cudart)

    try:
        Runtime(Plan(b"of another GPU"), SimpleNamespace(rank=0, gpus_per_node=8))
        refusal = "none"
    except AssertionError as error:
        refusal = f"AssertionError: {error}"
    assert refusal == "AssertionError: ", (
        "A plan that TensorRT refuses is an AssertionError without a message."
    )
    new = load(config(tensor=1, version="0.7.1"))[0]
    assert new == straight, "In the new format, one process loads an engine for two ranks."
    stranger = load(config(tensor=1, version="0.5.0"))[0]
    assert stranger == straight, "The version of TensorRT-LLM in config.json is compared with none."

    one = load(config())
    print("one process:", *one)
    assert one[1] == "Engine world size (2 * 1) != Runtime world size (1)", (
        "In the old format, an engine for two ranks is refused by one process."
    )
    assert load(config(), ranks=4)[1] == "Engine world size (2 * 1) != Runtime world size (4)", (
        "More processes than ranks are refused as well."
    )
    read_older = extract(
        older_tree,
        "examples/gpt/run.py:read_config",
        given={"tensorrt_llm": SimpleNamespace(mpi_world_size=lambda: 1), "ModelConfig": None},
    )["read_config"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_text(json.dumps(config()))
        try:
            older = str(read_older(file))
        except AssertionError as error:
            older = str(error)
    assert one[1] == older, "In 0.5.0, the script for GPT refuses such an engine in the same words."
    assert load(config(heads=7), ranks=2)[1] == (
        "The number of heads (7) is not a multiple of tp_size (2)"
    ), "Heads that the tensor-parallel ranks do not divide are refused."

    mapping = getattr(load(config(pipeline=3), ranks=6)[1], "mapping", None)
    assert getattr(mapping, "world_size", None) == 6, (
        "The ranks are tensor times pipeline parallelism."
    )

    done, session = load(config(), ranks=2)
    *of_gpu, last = done or ["nothing"]
    print("two processes:", *of_gpu, last, sep="\n  ")
    assert of_gpu == ["device 0", "device 0"], (
        "Torch is told which GPU to use, and not asked for its name, capability or properties."
    )
    assert last == "TensorRT gets b'a plan'", "TensorRT gets the bytes of the engine's file."
    told = getattr(session, "config", SimpleNamespace(num_heads=0, num_kv_heads=0, hidden_size=0))
    assert (told.num_heads, told.num_kv_heads, told.hidden_size) == (3, 2, 24), (
        "A rank gets its share of heads and width, key and value heads rounded up."
    )
