"""Prepare BLOOM's inputs under several plugin settings, and read the profiles made of them."""

import sys
from itertools import product

from srcread.lab import source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import Builder, net_guard
from tensorrt_llm.builder import BuildConfig
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
BATCH, BEAMS, INPUT, OUTPUT = 5, 2, 8, 6
BOTH = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}

model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))


def prepare(tokens, plugins):
    """Return a network that has the model's inputs and nothing else."""
    sizes = {"max_batch_size": BATCH, "max_beam_width": BEAMS, "max_num_tokens": tokens}
    sizes |= {"max_input_len": INPUT, "max_output_len": OUTPUT, "plugin_config": dict(plugins)}
    network = Builder().create_network()
    network._plugin_config = BuildConfig.from_dict(sizes).plugin_config
    with net_guard(network):
        model.prepare_inputs(BATCH, INPUT, OUTPUT, True, BEAMS, tokens)
    return network


def profiles(plugins, tokens=None):
    """Return the profiles that TensorRT gets: per input the least, usual and largest shape."""
    builder = Builder()
    config = builder.create_builder_config(precision="float16")
    builder._add_optimization_profile(prepare(tokens, plugins), config)
    return [profile.shapes for profile in config.trt_builder_config.profiles]

