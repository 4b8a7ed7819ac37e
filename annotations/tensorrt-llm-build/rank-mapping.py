"""Ask the framework's Mapping who works with whom, and on which layers; build with it."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import install

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
OldMapping = extract(trees["0.5.0"], "tensorrt_llm.mapping:Mapping")["Mapping"]
sys.path.insert(0, str(trees["0.7.1"]))
install()

from tensorrt_llm.builder import BuildConfig, build
from tensorrt_llm.mapping import Mapping
from tensorrt_llm.models import PretrainedConfig

torch.manual_seed(0)

CONFIG = {
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "do_layer_norm_before": True,
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
MODELS = {
    "BloomForCausalLM": {"hidden_act": "gelu", "position_embedding_type": "alibi"},
    "OPTForCausalLM": {"hidden_act": "relu"},
}
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}


def world(tp_size, pp_size, kind=Mapping):
    """Return the mapping as each rank has it."""
    size = tp_size * pp_size
    return [kind(world_size=size, rank=r, tp_size=tp_size, pp_size=pp_size) for r in range(size)]


def configured(architecture="BloomForCausalLM", **more):
    """Return a model's configuration, as config.json would give it."""
    whole = {**CONFIG, **MODELS[architecture], "architecture": architecture, **more}
    return PretrainedConfig.from_dict(whole)


def refusal(function, *arguments, **named):
    """Return the error with which a call is refused, or 'none'."""
    try:
        function(*arguments, **named)
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"


ranks = world(tp_size=4, pp_size=2)
groups, pipelines = ([vars(mapping).get(f"{x}_group") for mapping in ranks] for x in ("tp", "pp"))
for mapping, group, pipeline in zip(ranks, groups, pipelines, strict=True):
    print(
        f"rank {mapping.rank}: splits with {group}, passes on along {pipeline},",
        f"from {mapping.prev_pp_rank()} to {mapping.next_pp_rank()},",
        f"layers {mapping.pp_layers(6)}",
    )

assert groups == [[0, 1, 2, 3]] * 4 + [[4, 5, 6, 7]] * 4, (
    "With tp_size 4 and pp_size 2, ranks 0 to 3 are one group and 4 to 7 are the other."
)
assert pipelines == [[0, 4], [1, 5], [2, 6], [3, 7]] * 2, (
    "A pipeline takes every tp_size-th rank, one from each stage."
)
pairs = [(mapping.prev_pp_rank(), mapping.next_pp_rank()) for mapping in world(2, 3)]
assert pairs == [(4, 2), (5, 3), (0, 4), (1, 5), (2, 0), (3, 1)], (
    "A rank knows the stage before and the stage behind it; the last stage leads to the first."
)


NODE = 8  # GPUs


def is_spread(mapping):
    """Tell whether a tensor-parallel group has ranks on two nodes, filled one after the other."""
    return len({rank // NODE for rank in mapping.tp_group}) > 1


spread = {size: any(map(is_spread, world(size, 48 // size))) for size in (2, 3, 4, 6, 8, 16)}
assumed = vars(ranks[0]).get("gpus_per_node")
print(f"groups on two nodes of {NODE} GPUs, by tp_size: {spread}; a Mapping assumes {assumed}")
assert assumed == NODE and spread == {2: False, 3: True, 4: False, 6: True, 8: False, 16: True}, (
    "On nodes of 8 GPUs a group stays on one node if tp_size divides 8, not with 3 or 6."
)

assert [mapping.pp_layers(6) for mapping in ranks] == [[0, 1, 2]] * 4 + [[3, 4, 5]] * 4, (
    "All ranks of a stage have the same consecutive layers."
)
given = {layer for mapping in world(1, 4) for layer in mapping.pp_layers(14)}
print("of 14 layers on 4 stages no rank has", sorted(set(range(14)) - given))
assert given == set(range(12)), "Of 14 layers on 4 stages, the last two belong to no rank."

wrong = refusal(Mapping, world_size=8, tp_size=2, pp_size=3)
print("refused:", wrong)
assert wrong == "ValueError: world_size must equal to pp_size * tp_size", (
    "The number of ranks must be tp_size times pp_size."
)

partly = {n: refusal(configured, mapping={"world_size": n, "tp_size": 2}) for n in (2, 4)}
print("a mapping with tp_size 2 and no pp_size, by world_size:", partly)
assert partly == {2: "none", 4: wrong}, "In a mapping without pp_size, it is 1."
untold = refusal(configured)
print("a configuration without a mapping:", untold)
assert untold == wrong, "Without a mapping, pp_size is 0, and the error speaks of world_size."


def build_stage(architecture, pp_size, rank):
    """Build one stage, with plugins; return the error, or 'none'."""
    mapping = {"world_size": pp_size, "tp_size": 1, "pp_size": pp_size}
    plugins = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": plugins}
    config = configured(architecture, mapping=mapping)
    return refusal(build, BuildConfig.from_dict(sizes), rank, model_config=config)


stages = {name: [build_stage(name, 2, rank) for rank in range(2)] for name in MODELS}
alone = [build_stage(name, 1, 0) for name in MODELS]
for name in MODELS:
    print(f"{name} in two stages:", *stages[name], sep="\n  ")
assert alone == ["none", "none"] and all(
    (first, second)
    == (
        f"AttributeError: '{name}' object has no attribute 'dtype'",
        "TypeError: DecoderModelForCausalLM.forward() got an unexpected keyword argument "
        "'hidden_states_input'",
    )
    for name, (first, second) in stages.items()
), "Neither stage of BLOOM or OPT can be built with pp_size 2; with pp_size 1 both can."

sizes = [(tp_size, pp_size) for tp_size in range(1, 5) for pp_size in range(1, 5)]
found = {
    kind: [[(each.tp_group, each.pp_group) for each in world(*size, kind)] for size in sizes]
    for kind in (OldMapping, Mapping)
}
assert found[OldMapping] == found[Mapping], "0.5.0 forms the same groups."
