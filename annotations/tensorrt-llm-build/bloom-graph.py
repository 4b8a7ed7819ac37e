"""Build a small BLOOM of random weights, compute its graph, and compare with Hugging Face's.

The same is done with 0.5.0, which has other scripts for it.
"""

import math
import sys

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

try:
    import transformers
except ImportError:
    print("transformers, the independent implementation, is not installed")
    raise SystemExit(77) from None

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
torch.set_num_threads(1)  # the tensors are tiny
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
    convert = extract(trees["0.7.1"], name, given=given)["convert_hf_bloom"]
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))
    model.load(convert(theirs.cpu(), rank=0, tensor_parallel=1, dtype="float32"))
    try:
        build_shard_model(model, BuildConfig.from_dict({**SIZES, "max_num_tokens": None}))
    except RuntimeError as error:  # the network is recorded all the same
        return str(error)
    return ""


def build_old():
    """Load the weights by the script of 0.5.0, and fill a network as its build.py does."""
    from tensorrt_llm import Builder, net_guard
    from tensorrt_llm.models import BloomForCausalLM

    name = "examples/bloom/weight.py:load_from_hf_bloom"
    load = extract(trees["0.5.0"], name, imported=["tensorrt_llm"])["load_from_hf_bloom"]
    sizes = {"num_layers": LAYERS, "num_heads": HEADS, "hidden_size": WIDTH, "vocab_size": TOKENS}
    model = BloomForCausalLM(**sizes, max_position_embeddings=64, dtype="float32")
    load(model, theirs.cpu())
    network = Builder().create_network()
    with net_guard(network):
        model(*model.prepare_inputs(4, 8, 8, True))
    return ""


prompt, padded, token = draw(2, 7), draw(2, 7), draw(2, 1)
padded[1, 4:] = -1  # the second sequence has four tokens


def expected(ids):
    """Return Hugging Face's logits of each sequence's last token."""
    ids = ids.to(device)
    with torch.no_grad():
        logits = theirs.to(device)(ids.clamp(min=0), attention_mask=(ids >= 0).int()).logits
    return logits[torch.arange(len(ids)), (ids >= 0).sum(1) - 1]


def compute(version, make, title=""):
    """Make a network; return its logits of the prompt, its layers, and the error of the build.

    With a title, show it, and return the logits of the padded prompt and of one token more, too.
    """
    sys.path.insert(0, str(trees[version]))
    first, second = inputs(draw(2, 5)), inputs(draw(3, 6), past=1)  # to infer shapes from
    pairs = {name: (first[name].cpu(), second[name].cpu()) for name in first}
    with standing_in(inputs=pairs, device=device) as stand_in:
        problem = make()
        found = [stand_in.evaluate(inputs(prompt))]
        if title:
            found.append(stand_in.evaluate(inputs(padded)))
            found.append(stand_in.evaluate(inputs(token, past=7, cache=found[0])))
            stand_in.show(title)
        layers = stand_in.network.num_layers
    sys.path.remove(str(trees[version]))
    return [each["logits"] for each in found], layers, problem


def gaps(ours, others):
    """Return the largest difference of each pair of logits; infinite for other shapes."""
    return [
        (one - other).abs().max().item() if one.shape == other.shape else math.inf
        for one, other in zip(ours, others, strict=True)
    ]


def told(differences):
    return ", ".join(f"{each:.1e}" for each in differences)


def left_alternating(v, n_head, n_hidden, is_bias=False):
    """Leave q, k and v as they alternate by head in Hugging Face's weights."""
    return v.reshape((3, n_hidden) if is_bias else (3, n_hidden, n_hidden))


plain = compute("0.7.1", lambda: build(reorder_qkv_weight_or_bias=left_alternating))[0]
title = "BLOOM with two decoder layers, without plugins"
ours, layers, problem = compute("0.7.1", build, title)
references = [expected(each) for each in (prompt, padded, torch.cat([prompt, token], 1))]
differences = gaps(ours, references)
print(f"logits are up to {references[0].abs().max():.2f}; {layers} TensorRT layers")
print("largest differences (prompt, padded prompt, next token):", told(differences))
assert ours[0].shape == references[0].shape and differences[0] < 1e-5, (
    "In the context phase the graph gives Hugging Face's logits of the last token."
)
assert differences[1] < 1e-5, (
    "A shorter sequence, padded at its end, has the logits of its own last token."
)
assert differences[2] < 1e-5, (
    "A generation step, fed with the graph's own cache, gives the logits of the whole sequence."
)
assert (layers, problem) == (1131, ""), (
    "The framework builds it without an error: two decoder layers are 1131 TensorRT layers."
)

(changed,) = gaps(plain, ours[:1])
print("with q, k and v not reordered, the graph's logits change by:", told([changed]))
assert changed > 0.1, (
    "With the converter's reordering of q, k and v left out, the logits change by more than 0.1."
)

for block in theirs.transformer.h:
    block.apply_residual_connection_post_layernorm = True
(other_form,) = gaps(ours[:1], [expected(prompt)])
for block in theirs.transformer.h:
    block.apply_residual_connection_post_layernorm = False
print("with the residual taken behind the norm, at Hugging Face:", told([other_form]))
assert differences[0] < 1e-5 < 0.1 < other_form, (
    "The residual is taken before the norm; the other form that BloomConfig offers differs."
)

older, older_layers, _ = compute("0.5.0", build_old)
(older_gap,) = gaps(older, ours[:1])
print("0.5.0 differs from 0.7.1 by:", told([older_gap]))
assert older_layers == layers and older_gap < 1e-5, (
    "0.5.0 makes as many layers of the same weights, and they give the same logits."
)
