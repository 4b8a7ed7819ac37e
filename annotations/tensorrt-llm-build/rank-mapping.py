"""Ask the framework's Mapping who works with whom, and on which layers."""

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
taken = extract(
    tree,
    "tensorrt_llm.mapping:Mapping",
    "tensorrt_llm.models.modeling_utils:PretrainedConfig",
)
Mapping, PretrainedConfig = taken["Mapping"], taken["PretrainedConfig"]


def world(tp_size, pp_size):
    """Return the mapping as each rank has it."""
    size = tp_size * pp_size
    return [Mapping(world_size=size, rank=r, tp_size=tp_size, pp_size=pp_size) for r in range(size)]


def refusal(function, *arguments, **named):
    """Return the message with which a call is refused, or 'none'."""
    try:
        function(*arguments, **named)
    except ValueError as error:
        return str(error)
    return "none"


ranks = world(tp_size=2, pp_size=3)
for mapping in ranks:
    print(
        f"rank {mapping.rank}: splits with {mapping.tp_group}, passes on along {mapping.pp_group},",
        f"from {mapping.prev_pp_rank()} to {mapping.next_pp_rank()},",
        f"layers {mapping.pp_layers(12)}",
    )

groups = [(mapping.pp_rank, mapping.tp_group) for mapping in ranks]
assert groups == [(stage, [2 * stage, 2 * stage + 1]) for stage in range(3) for part in range(2)], (
    "Neighbouring ranks are one stage: they split its matrices among them."
)
pipelines = [(mapping.tp_rank, mapping.pp_group) for mapping in ranks]
assert pipelines == [(0, [0, 2, 4]), (1, [1, 3, 5])] * 3, (
    "A pipeline goes through every tp_size-th rank, one from each stage."
)

pairs = [(mapping.prev_pp_rank(), mapping.next_pp_rank()) for mapping in ranks]
assert pairs == [(4, 2), (5, 3), (0, 4), (1, 5), (2, 0), (3, 1)], (
    "Within a pipeline each rank knows the one before and behind it, and the ends are joined."
)

by_stage = [mapping.pp_layers(12) for mapping in ranks[::2]]
assert by_stage == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], (
    "A stage has a run of layers, the same ones in each of its ranks."
)
given = {layer for mapping in ranks for layer in mapping.pp_layers(14)}
print("of 14 layers on 3 stages nobody has", sorted(set(range(14)) - given))
assert given == set(range(12)), "Layers that are left over when divided by pp_size are nobody's."

wrong = refusal(Mapping, world_size=8, tp_size=2, pp_size=3)
print("refused:", wrong)
assert "world_size must equal" in wrong, "The number of ranks must be tp_size times pp_size."

config = {
    "architecture": "BloomForCausalLM",
    "dtype": "float32",
    "vocab_size": 32,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_act": "gelu",
}
told = refusal(PretrainedConfig.from_dict, dict(config, mapping={"world_size": 1, "tp_size": 1}))
untold = refusal(PretrainedConfig.from_dict, dict(config))
print("a configuration without a mapping:", untold)
assert (told, untold) == ("none", wrong), (
    "A checkpoint whose configuration has no mapping is refused: the default has pp_size 0."
)
