"""Ask builder.build for every model class that tensorrt_llm has, and see which it takes."""

import sys

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import builder, models

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
# Stop before the network.
replace(builder, build_shard_model=lambda model, build_config: model)


def built(architecture, model_cls=None):
    """Return the class of the model that an architecture gives, or the error."""
    config = models.PretrainedConfig.from_dict({**CONFIG, "architecture": architecture})
    sizes = builder.BuildConfig.from_dict({**SIZES, "max_num_tokens": None})
    try:
        model = builder.build(sizes, model_config=config, model_cls=model_cls)
    except (AttributeError, KeyError, RuntimeError) as error:
        return str(error)
    return type(model).__name__


heads = ("ForCausalLM", "LMHeadModel", "HeadModel", "ForQuestionAnswering")
known = sorted(name for name in models.__all__ if name.endswith(heads))
found = {name: built(name) for name in known}
taken = [name for name in known if found[name] == name]
print(f"of {len(known)} model classes these are taken:", *taken)
assert taken == ["BloomForCausalLM", "OPTForCausalLM"] and len(known) > len(taken), (
    "Of tensorrt_llm's model classes builder.build takes those of BLOOM and OPT."
)
print(found["LLaMAForCausalLM"])
assert {found[name] for name in known if name not in taken} == {
    f"Unsupported model architecture: {name}" for name in known if name not in taken
}, "For every other one it says that the architecture is not supported."

assert built("MyModel", models.BloomForCausalLM) == "BloomForCausalLM", (
    "A class that is given, as --model_cls_file does, is taken whatever the architecture is called."
)

examples = tree / "examples"
if must_fail(
    "BLOOM and OPT have a convert_checkpoint.py; all others have a build.py of their own."
):
    examples = source_tree("tensorrt-llm==0.5.0") / "examples"
converted = {path.parent.name for path in examples.glob("*/convert_checkpoint.py")}
scripts = {path.parent.name for path in examples.glob("*/build.py")}
print("with convert_checkpoint.py:", *sorted(converted), "- with build.py:", *sorted(scripts))
assert converted == {"bloom", "opt"} and not converted & scripts and len(scripts) == 13, (
    "BLOOM and OPT have a convert_checkpoint.py; all others have a build.py of their own."
)
