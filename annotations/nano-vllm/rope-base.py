"""Build attention from configurations with another base and with YaRN, and read its table."""

from types import SimpleNamespace
from unittest.mock import patch

import torch
from transformers import Qwen3Config

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
SIZES = {"hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}


def config_of(base, **scaling):
    """Return a configuration with this base."""
    rope = {"rope_type": "default", **scaling, "rope_theta": base}
    rest = {"max_position_embeddings": 128, "intermediate_size": 8, "vocab_size": 8}
    return Qwen3Config(**SIZES, **rest, rope_parameters=rope)


def table(config):
    """Return the cosines and sines of the attention of a layer that is made of a configuration."""
    with standing_in("nanovllm"), patch.object(torch, "empty", torch.zeros):
        layer = extract(tree, "nanovllm.models.qwen3:Qwen3DecoderLayer")["Qwen3DecoderLayer"]
        return layer(config).self_attn.rotary_emb.cos_sin_cache[:, 0]


def expected(base):
    """Return the table of a base: the angle is the position times base to the power of -2i / 8."""
    angles = torch.arange(128.0)[:, None] * base ** (-torch.arange(0, 8, 2) / 8)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


plain, scaled = config_of(500.0), config_of(500.0, **YARN)
print(plain.rope_parameters, "| rope_theta:", hasattr(plain, "rope_theta"))
assert torch.allclose(table(plain), expected(500.0), atol=1e-4), (
    "With a base of 500 cosines and sines are those of 500."
)
assert torch.equal(table(scaled), table(plain)), (
    "With YaRN by a factor of 4 the table is that without scaling."
)

fields = {**SIZES, "max_position_embeddings": 128, "rms_norm_eps": 1e-6, "hidden_act": "silu"}
later = SimpleNamespace(**fields, intermediate_size=8, rope_parameters=plain.rope_parameters)
assert (hasattr(plain, "rope_theta"), plain.rope_parameters["rope_theta"]) == (False, 500.0) and (
    torch.allclose(table(later), expected(1000000.0), atol=1e-4)
), "With rope_parameters alone the base is 1,000,000, and not the 500 that was set there."
