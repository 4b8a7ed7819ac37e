"""Pad a batch as the runner does, and run it through the graph of a small BLOOM, two steps."""

import os
import sys
from types import SimpleNamespace

os.environ["TLLM_LOG_LEVEL"] = "error"

import torch
from torch.nn import functional as F

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
torch.set_grad_enabled(False)
device = "cuda" if torch.cuda.is_available() else "cpu"
FAULTS = (AssertionError, AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)
HEADS, WIDTH, TOKENS, PAD = 4, 32, 32, 0
BOTH = "weight", "bias"


def integers(values):
    return torch.tensor(values, dtype=torch.int32, device=device)


def batch_of(prompts, packed=False, pad=PAD):
    """Return what the runner makes of prompts: ids and lengths."""
    runner = SimpleNamespace(remove_input_padding=packed)
    tensors = [torch.tensor([prompt]) for prompt in prompts]
    try:
        ids, lengths = ModelRunner._prepare_inputs(runner, tensors, pad)
        return ids.to(device), lengths.to(device)
    except FAULTS as error:
        print("no batch:", error)
        return integers([[PAD]] * len(prompts)), integers([1] * len(prompts))


def run(ids, prepared, past):
    """Run one step with the inputs that the session prepared; return logits and the cache."""
    given = {**prepared, "input_ids": ids, "past_key_value_0": past}
    given["cache_indirection"] = torch.zeros(len(ids), 1, 16).int()
    results = stand_in.evaluate(given)
    return results["logits"], results["present_key_value_0"]


def two_steps(ids, lengths):
    """Return the logits after the prompts, and after one token more; no numbers if it fails."""
    try:
        return both_steps(ids, lengths)
    except FAULTS as error:
        print("no logits:", error)
        return (torch.full((len(ids), TOKENS), torch.nan, device=device),) * 2


def both_steps(ids, lengths, token=9):
    """Run the prompts, and one token more."""
    session = SimpleNamespace(has_position_embedding=True)
    sizes = {"batch_size": len(ids), "context_lengths": lengths, "remove_input_padding": False}
    prepared = GenerationSession._prepare_context_inputs(
        session,
        **sizes,
        host_context_lengths=lengths,
        use_gpt_attention_plugin=False,
        input_ids=ids,
        pad_id=PAD,
    )
    nothing = torch.zeros(len(ids), 2, HEADS, 0, WIDTH // HEADS)
    first, cache = run(ids, prepared, nothing)
    prepared = GenerationSession._prepare_generation_inputs(
        session,
        **sizes,
        use_gpt_attention_plugin=False,
        attention_mask=prepared["attention_mask"],
        num_beams=1,
    )
    tokens = torch.full((len(ids), 1), token, dtype=torch.int32, device=device)
    return first, run(tokens, prepared, cache)[0]


def by_hand(prompt, padding, token=9):
    """Return the logits after a prompt, so much hidden padding, and a token; computed by torch."""
    places = torch.tensor([*range(len(prompt)), len(prompt) + padding])
    x = norm("ln_embed", weights["transformer.embedding.weight"][[*prompt, token]])
    mixed = linear("layers.0.attention.qkv", norm("layers.0.input_layernorm", x))
    q, k, v = mixed.view(len(x), 3, HEADS, -1).permute(1, 2, 0, 3)
    bias = 0.25 ** torch.arange(1, HEADS + 1)[:, None, None] * places
    attended = F.scaled_dot_product_attention(q[:, -1:], k, v, attn_mask=bias)
    x = x[-1] + linear("layers.0.attention.dense", attended.flatten())
    inner = linear("layers.0.mlp.fc", norm("layers.0.post_layernorm", x))
    x = x + linear("layers.0.mlp.proj", F.gelu(inner, approximate="tanh"))
    return F.linear(norm("ln_f", x), weights["lm_head.weight"])


def norm(name, x):
    return F.layer_norm(x, (WIDTH,), *(weights[f"transformer.{name}.{kind}"] for kind in BOTH))


def linear(name, x):
    return F.linear(x, *(weights[f"transformer.{name}.{kind}"] for kind in BOTH))


def example(batch, length, past):
    """Return inputs of the network, from which its dimensions are inferred."""
    given = {"input_ids": torch.zeros(batch, length), "position_ids": torch.zeros(batch, length)}
    given |= {"last_token_ids": torch.ones(batch), "cache_indirection": torch.zeros(batch, 1, 16)}
    given |= {"attention_mask": torch.ones(batch, length + past)}
    given = {name: each.int() for name, each in given.items()}
    return given | {"past_key_value_0": torch.zeros(batch, 2, HEADS, past, WIDTH // HEADS)}


config = {"architecture": "BloomForCausalLM", "dtype": "float32", "vocab_size": TOKENS}
config |= {"hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": HEADS}
config |= {"hidden_act": "gelu", "position_embedding_type": "alibi"}
config |= {"use_parallel_embedding": False, "embedding_sharding_dim": 0}
config |= {"share_embedding_table": False, "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1}}
sizes = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
one, other = example(2, 5, 0), example(3, 6, 1)
pairs = {name: (one[name], other[name]) for name in one}
with standing_in(inputs=pairs, device=device) as stand_in:
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
    from tensorrt_llm.runtime import GenerationSession, ModelRunner, generation

    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))
    shapes = {name: each.raw_value.shape for name, each in model.named_parameters()}
    weights = {name: torch.randn(shape) * 0.5 for name, shape in shapes.items()}
    model.load(weights)
    build_shard_model(model, BuildConfig.from_dict({**sizes, "max_num_tokens": None}))

    equal, by_three = [[11, 31, 6], [5, 23, 8]], [[11, 31, 6], [5]]
    assert batch_of(equal)[0].tolist() == equal, "Prompts of one length get no padding."
    assert batch_of(by_three, pad=3)[0].tolist() == [[11, 31, 6], [5, 3, 3]], (
        "The runner pads on the right, whatever the tokenizer was told."
    )
    prompts = [[11, 31, 6, 18, 25], [5, 23]]
    padded, packed = batch_of(prompts), batch_of(prompts, packed=True)
    mask = generation._prepare_attention_mask(integers([[5, PAD, 23, 6, PAD]]), PAD)
    together = two_steps(*padded)
    alone = two_steps(*batch_of([prompts[1]]))
    left = two_steps(integers([prompts[0], [PAD] * 3 + prompts[1]]), integers([5, 5]))

gaps = [(one[-1] - other[0]).abs().max().item() for one, other in zip(together, alone, strict=True)]
left_gaps = [
    (one[-1] - other[0]).abs().max().item() for one, other in zip(left, alone, strict=True)
]
further = (together[1][-1].cpu() - by_hand(prompts[1], padding=3)).abs().max().item()
print("the second, against torch with the prompt three places further away:", further)
print("padded:", padded[0].tolist(), "packed:", packed[0].tolist())
print("the short prompt against itself alone:", {"padded right": gaps, "padded left": left_gaps})
assert packed[0].tolist() == [prompts[0] + prompts[1]] and packed[1].tolist() == [5, 2], (
    "An engine for packed input gets one row of all prompts, and no pad id."
)
assert (gaps[0] < 1e-5, gaps[1] > 0.01, further < 1e-5) == (True, True, True), (
    "The first token of the shorter prompt is that of the prompt alone, the second is not: by then "
    "there is padding between prompt and token."
)
assert max(left_gaps) < 1e-5, (
    "Padded on the left, both would be: ALiBi counts places, masked ones among them."
)
assert mask.tolist() == [[1, 0, 1, 1, 0]], (
    "Every pad id is masked, also one that stands inside a prompt."
)
