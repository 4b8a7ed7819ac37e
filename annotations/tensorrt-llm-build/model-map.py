"""Ask builder.build for every model class that tensorrt_llm has, and see which it takes.

What it takes is built by scripts in 0.5.0.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import install, standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}


def unfinished(builder):
    """Return a builder that gives the network instead of an engine, and saves nothing."""

    class Unfinished(builder.Builder):
        def build_engine(self, network, builder_config):
            return network

        def save_config(self, builder_config, config_path):
            print("not saved:", config_path)

    return Unfinished()


def fills(example):
    """Tell whether the build.py of an example of 0.5.0 gives a network layers and parameters."""
    script = f"examples/{example}/build.py"
    names = [f"{script}:parse_arguments", f"{script}:build_rank_engine"]
    taken = extract(trees["0.5.0"], *names, imported=["tensorrt_llm"])
    sys.argv = ["build.py", "--n_layer=1", "--n_head=4", "--n_embd=32", "--vocab_size=64"]
    sys.argv += ["--log_level=error", "--use_gpt_attention_plugin=float16"]
    maker, arguments = unfinished(old_builder), taken["parse_arguments"]()
    config = maker.create_builder_config("float16")
    network = taken["build_rank_engine"](maker, config, example, 0, arguments)
    layers, parameters = network.trt_network.num_layers, list(network.named_parameters or ())
    print(f"{example} in 0.5.0: {layers} layers, {len(parameters)} parameters")
    return layers > 0 and len(parameters) > 0


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in():
    from tensorrt_llm import builder as old_builder

    by_build = {"0.5.0": hasattr(old_builder, "build")}
    by_script = {"0.5.0": [example for example in ("bloom", "opt") if fills(example)]}

sys.path[0] = str(trees["0.7.1"])
stand_in = install()

from tensorrt_llm import builder, models
from tensorrt_llm.commands import build as command

torch.manual_seed(0)
# The stand-in builds without a GPU.
replace(torch.cuda, set_device=lambda device: None, device_count=lambda: 1)

CONFIG = {
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "relu",
    "max_position_embeddings": 64,
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
    "do_layer_norm_before": True,
}
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
PLUGINS = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}
MINE = """
from tensorrt_llm.models import BloomForCausalLM

class Mine(BloomForCausalLM):
    made = []

    def __init__(self, config):
        super().__init__(config)
        self.made.append(config.architecture)
"""


def built(architecture, model_cls=None):
    """Return 'built' if a model of an architecture is built, or the error."""
    config = models.PretrainedConfig.from_dict({**CONFIG, "architecture": architecture})
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": dict(PLUGINS)}
    try:
        builder.build(
            builder.BuildConfig.from_dict(sizes), model_config=config, model_cls=model_cls
        )
    except (AttributeError, KeyError, RuntimeError, TypeError) as error:
        return str(error)
    return "built"


def made_by_command():
    """Return for which architectures trtllm-build makes models of a class from a file."""
    with tempfile.TemporaryDirectory() as folder:
        config = {**CONFIG, "architecture": "BloomForCausalLM"}  # it would do without the file
        Path(folder, "config.json").write_text(json.dumps(config))
        Path(folder, "mine.py").write_text(MINE)
        sys.argv = ["trtllm-build", f"--model_config={folder}/config.json", "--log_level=error"]
        sys.argv += [f"--output_dir={folder}/engines", "--use_gpt_attention_plugin"]
        sys.argv += [f"--model_cls_file={folder}/mine.py", "--model_cls_name=Mine"]
        try:
            command.main()
        except (NameError, RuntimeError) as error:
            print("trtllm-build:", error)
    return sys.modules["models"].Mine.made if "models" in sys.modules else []


given = built("MyModel", models.BloomForCausalLM)
print("a class that is given:", given)
assert given == "built", "A class that is given is taken whatever the architecture is called."

made = made_by_command()
print("models of a class from a file:", made)
assert made == ["BloomForCausalLM"], (
    "--model_cls_file is executed, and --model_cls_name names the class to take from it."
)

heads = ("ForCausalLM", "LMHeadModel", "HeadModel", "ForQuestionAnswering")
two = ["BloomForCausalLM", "OPTForCausalLM"]
others = [name for name in models.__all__ if name.endswith(heads) and name not in two]
errors = [built(name) for name in others]
print(*errors, sep="\n")
assert errors and errors == [f"Unsupported model architecture: {name}" for name in others], (
    "Every model class other than those of BLOOM and OPT is refused as an unsupported architecture."
)
taken = [built(name) for name in two]
print("BLOOM and OPT:", *taken)
assert taken == ["built", "built"], "builder.build takes the model classes of BLOOM and OPT."


def examples(script, words):
    """Return the examples whose script of this name has these words."""
    paths = trees["0.7.1"].glob(f"examples/*/{script}")
    return {path.parent.name for path in paths if words in path.read_text()}


own, converted = examples("build.py", "with net_guard("), examples("convert_checkpoint.py", "")
print("build.py:", *sorted(own), "- convert_checkpoint.py:", *sorted(converted))
assert converted == {"bloom", "opt"} and not converted & own and len(own) == 13, (
    "BLOOM and OPT have a convert_checkpoint.py; 13 other examples have a build.py with a "
    "network of its own."
)
by_build["0.7.1"] = taken == ["built", "built"]
by_script["0.7.1"] = sorted(own & {"bloom", "opt"})
print("BLOOM and OPT by builder.build:", by_build, "- by a build.py:", by_script)
assert (by_build, by_script) == (
    {"0.5.0": False, "0.7.1": True},
    {"0.5.0": ["bloom", "opt"], "0.7.1": []},
), "0.7.1 builds BLOOM and OPT by builder.build, and 0.5.0 by a build.py for each."


class Arguments(dict):
    """The command line of a build.py; an option that is not given is None."""

    __getattr__ = dict.get


script = "examples/gptneox/build.py:build_rank_engine"
build_rank = extract(trees["0.7.1"], script, imported=["tensorrt_llm"])["build_rank_engine"]
options = {"n_layer": 1, "n_head": 4, "n_embd": 32, "n_positions": 64, "vocab_size": 64}
options |= {**SIZES, "dtype": "float16", "rotary_pct": 0.25, "hidden_act": "gelu"}
options |= {"use_gpt_attention_plugin": "float16", "embedding_sharding_dim": 0}
arguments = Arguments(options, world_size=1, output_dir="engines")
maker = unfinished(builder)
config = maker.create_builder_config("float16", apply_query_key_layer_scaling=False)
network = build_rank(maker, config, "neox", 0, arguments)
layers, parameters = network.trt_network.num_layers, list(network.named_parameters or ())
print(f"GPT-NeoX's network: {layers} layers, {len(parameters)} parameters")
assert layers > 0 and len(parameters) > 0, (
    "The build.py of GPT-NeoX gives the network its layers and parameters itself."
)
