"""See which mismatches of an engine and its surroundings the framework's Python code refuses."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
builder_config = {
    "name": "gpt",
    "precision": "float16",
    "tensor_parallel": 2,
    "num_heads": 6,
    "num_kv_heads": 3,
    "hidden_size": 48,
    "vocab_size": 100,
    "num_layers": 4,
    "max_batch_size": 8,
    "max_input_len": 5,
    "max_output_len": 7,
    "max_beam_width": 1,
    "tensorrt": "8.0.0",  # nobody looks at these two
    "tensorrt_llm": "0.5.0",
}
plugin_config = {
    "gpt_attention_plugin": "float16",
    "remove_input_padding": True,
    "paged_kv_cache": False,
    "tokens_per_block": 64,
}


def read(processes, **changes):
    """Read an engine's configuration as one of so many processes; return it, or the refusal."""
    stand_ins = {"mpi_world_size": lambda: processes}
    name = "tensorrt_llm.runtime.model_runner:read_config"
    read_config = extract(tree, name, given=stand_ins)["read_config"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        config = {"builder_config": builder_config | changes, "plugin_config": plugin_config}
        path.write_text(json.dumps(config))
        try:
            return read_config(path)
        except AssertionError as error:
            return str(error)


refusals = {"one process": read(1), "four": read(4), "seven heads": read(2, num_heads=7)}
print("refused:", refusals)
assert refusals["one process"] == "Engine world size (2 * 1) != Runtime world size (1)", (
    "An engine for two ranks is refused by one process."
)
assert refusals["four"] == "Engine world size (2 * 1) != Runtime world size (4)", (
    "More processes than ranks are refused as well."
)
assert "(7) is not a multiple of tp_size (2)" in refusals["seven heads"], (
    "Heads that do not divide by the number of ranks are refused."
)
world = read(6, pipeline_parallel=3)
assert not isinstance(world, str) and world[1]["world_size"] == 6, (
    "The world is tensor times pipeline parallelism."
)
config = read(2)[0]
assert (config.num_heads, config.num_kv_heads, config.hidden_size) == (3, 2, 24), (
    "What is accepted is the share of one rank: heads and width halved, key heads rounded up."
)

logger = SimpleNamespace(info=lambda text: None)
init = extract(
    tree, "tensorrt_llm._common:_init", given={"_load_plugin_lib": lambda: None, "logger": logger}
)["_init"]
if must_fail(
    "A library that torch cannot load is an ImportError that blames the version of PyTorch."
):
    torch.classes.load_library = lambda path: None
if must_fail("The loader's own words stand in front of that, and they name the real cause."):
    torch.classes.load_library = lambda path: 1 / 0
try:
    init()
    message = "none"
except ImportError as error:
    message = str(error)
print("without the compiled libraries:", message.splitlines()[-1])
assert "incompatibility between PyTorch and TensorRT-LLM" in message, (
    "A library that torch cannot load is an ImportError that blames the version of PyTorch."
)
assert "libth_common.so" in message.splitlines()[0], (
    "The loader's own words stand in front of that, and they name the real cause."
)
