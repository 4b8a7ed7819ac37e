"""Ask builder.build for every model class that tensorrt_llm has, and see which it takes."""

import json
import sys
import tempfile
from pathlib import Path

import torch

from srcread.lab import replace, source_tree
from srcread.lab.tensorrt import install

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))
install()

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
        config = {**CONFIG, "architecture": "MyModel"}
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


heads = ("ForCausalLM", "LMHeadModel", "HeadModel", "ForQuestionAnswering")
known = sorted(name for name in models.__all__ if name.endswith(heads))
found = {name: built(name) for name in known}
taken = [name for name in known if found[name] == "built"]
print(f"of {len(known)} model classes these are taken:", *taken)
assert taken == ["BloomForCausalLM", "OPTForCausalLM"] and len(known) > len(taken), (
    "Of tensorrt_llm's model classes builder.build takes those of BLOOM and OPT."
)
print(found["LLaMAForCausalLM"])
assert {found[name] for name in known if name not in taken} == {
    f"Unsupported model architecture: {name}" for name in known if name not in taken
}, "For every other one it says that the architecture is not supported."

print("a class that is given:", built("MyModel", models.BloomForCausalLM))
assert built("MyModel", models.BloomForCausalLM) == "built", (
    "A class that is given is taken whatever the architecture is called."
)
made = made_by_command()
print("models of a class from a file:", made)
assert made == ["MyModel"], (
    "--model_cls_file is executed, and --model_cls_name names the class to take from it."
)

scripts = {}
for version, tree in trees.items():
    names = ("build.py", "convert_checkpoint.py")
    scripts[version] = [{p.parent.name for p in tree.glob(f"examples/*/{name}")} for name in names]
    print(version, *(sorted(folders) for folders in scripts[version]), sep="\n  ")
own, converted = scripts["0.7.1"]
assert converted == {"bloom", "opt"} and not converted & own and len(own) == 13, (
    "In 0.7.1 BLOOM and OPT have a convert_checkpoint.py, and 13 other examples a build.py."
)
own, converted = scripts["0.5.0"]
assert {"bloom", "opt"} <= own and not converted, (
    "In 0.5.0 BLOOM and OPT have a build.py as well, and there is no convert_checkpoint.py."
)
