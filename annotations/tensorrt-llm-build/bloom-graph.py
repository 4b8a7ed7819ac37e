"""Build a small BLOOM of random weights, compute its graph, and compare with Hugging Face's."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

try:
    import transformers
except ImportError:
    print("transformers, the independent implementation, is not installed")
    raise SystemExit(77) from None

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

LAYERS, HEADS, WIDTH, TOKENS = 2, 4, 32, 64
CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float32",
    "vocab_size": TOKENS,
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}

their_config = transformers.BloomConfig(
    vocab_size=TOKENS, hidden_size=WIDTH, n_layer=LAYERS, n_head=HEADS
)
theirs = transformers.BloomForCausalLM(their_config).float().eval()
torch.nn.utils.vector_to_parameters(
    0.2 * torch.randn(sum(each.numel() for each in theirs.parameters())), theirs.parameters()
)


def inputs(ids, past=0, cache=None):
    """Return the network's inputs for token ids, padded with -1, behind `past` tokens."""
    batch, length = ids.shape
    mask = torch.cat([torch.ones(batch, past), (ids >= 0).float()], dim=1)
    empty = torch.zeros(batch, 2, HEADS, past, WIDTH // HEADS)
    named = {
        "input_ids": ids.clamp(min=0),
        "position_ids": torch.arange(past, past + length).expand(batch, length),
        "last_token_ids": (ids >= 0).sum(1),
        "attention_mask": mask,
        "cache_indirection": torch.zeros(batch, 1, 16),
    }
    named = {name: tensor.int().to(device) for name, tensor in named.items()}
    caches = [cache[f"present_key_value_{i}"] if cache else empty for i in range(LAYERS)]
    return named | {f"past_key_value_{i}": past.to(device) for i, past in enumerate(caches)}


def draw(batch, length):
    return torch.randint(0, TOKENS, (batch, length))


def build(**given):
    """Convert the weights and build, by the framework's own code but what is given.

    Return the error, or none.
    """
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

    name = "examples/bloom/convert_checkpoint.py:convert_hf_bloom"
    convert = extract(tree, name, given=given)["convert_hf_bloom"]
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))
    model.load(convert(theirs.cpu(), rank=0, tensor_parallel=1, dtype="float32"))
    try:
        build_shard_model(model, BuildConfig.from_dict({**SIZES, "max_num_tokens": None}))
    except RuntimeError as error:  # the network is recorded all the same
        return str(error)
    return ""


prompt, padded, token = draw(2, 7), draw(2, 7), draw(2, 1)
padded[1, 4:] = -1  # the second sequence has four tokens


def expected(ids):
    """Return Hugging Face's logits of each sequence's last token."""
    ids = ids.to(device)
    with torch.no_grad():
        logits = theirs.to(device)(ids.clamp(min=0), attention_mask=(ids >= 0).int()).logits
    return logits[torch.arange(len(ids)), (ids >= 0).sum(1) - 1]


def compare(**given):
    """Return logits of both for a prompt, a padded one, and one token more; layers; the error."""
    first, second = inputs(draw(2, 5)), inputs(draw(3, 6), past=1)  # to infer shapes from
    pairs = {name: (first[name].cpu(), second[name].cpu()) for name in first}
    with standing_in(inputs=pairs, device=device) as stand_in:
        problem = build(**given)
        context = stand_in.evaluate(inputs(prompt))
        short = stand_in.evaluate(inputs(padded))
        step = stand_in.evaluate(inputs(token, past=7, cache=context))
        if not given:
            stand_in.show("BLOOM with two decoder layers, without plugins")
        layers = stand_in.network.num_layers
    ids = (prompt, padded, torch.cat([prompt, token], 1))
    ours = (context, short, step)
    pairs = [(mine["logits"], expected(each)) for mine, each in zip(ours, ids, strict=True)]
    return pairs, layers, problem


def gap(ours, other):
    return (ours - other).abs().max().item()


def told(gaps):
    return ", ".join(f"{each:.1e}" for each in gaps)


def left_alternating(v, n_head, n_hidden, is_bias=False):
    """Leave q, k and v as they alternate by head in Hugging Face's weights."""
    return v.reshape((3, n_hidden) if is_bias else (3, n_hidden, n_hidden))


given = {"reorder_qkv_weight_or_bias": left_alternating}
if must_fail(
    "With the converter's reordering of q, k and v left out, the logits differ by more than 0.1."
):
    given = {}
plain, *_ = compare(**given)
plain_gaps = [gap(*pair) for pair in plain]
print("with q, k and v not reordered:", told(plain_gaps))
assert min(plain_gaps) > 0.1, (
    "With the converter's reordering of q, k and v left out, the logits differ by more than 0.1."
)

pairs, layers, problem = compare()
gaps = [gap(*pair) for pair in pairs]
print(f"logits are up to {pairs[0][1].abs().max():.2f}; {layers} TensorRT layers")
print("largest differences (prompt, padded prompt, next token):", told(gaps))
assert gaps[0] < 1e-5, "In the context phase the graph gives Hugging Face's logits."
assert gaps[1] < 1e-5, (
    "A shorter sequence, padded at its end, has the logits of its own last token."
)
assert gaps[2] < 1e-5, (
    "A generation step, fed with the graph's own cache, gives the logits of the whole sequence."
)
assert (layers, problem) == (1131, ""), (
    "The framework builds it without an error: two decoder layers are 1131 TensorRT layers."
)

for block in theirs.transformer.h:
    block.apply_residual_connection_post_layernorm = True
    if must_fail(
        "The residual is taken before the norm; the other form that BloomConfig offers differs."
    ):
        block.apply_residual_connection_post_layernorm = False
other_gap = gap(pairs[0][0], expected(prompt))
print("with the residual taken behind the norm, at Hugging Face:", told([other_gap]))
assert other_gap > 0.1, (
    "The residual is taken before the norm; the other form that BloomConfig offers differs."
)
