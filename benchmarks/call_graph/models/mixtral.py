"""What is run of transformers' Mixtral."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, cached, by_hand, routed)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_tokens())


def training() -> None:
    _model().train()(_tokens(), labels=_tokens()).loss.backward()


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(_tokens(), use_cache=True)
        model(_tokens()[:, :1], past_key_values=first.past_key_values, use_cache=True)


def by_hand() -> None:
    mask = torch.ones_like(_tokens())
    mask[0, :2] = 0
    _model(attn_implementation="eager")(_tokens(), attention_mask=mask, logits_to_keep=1)


def routed() -> None:
    _model(output_router_logits=True)(_tokens(), labels=_tokens())


def _model(**options: Any) -> Any:
    transformers = import_module("transformers")
    config = transformers.MixtralConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        num_local_experts=4,
        num_experts_per_tok=2,
        **options,
    )
    return transformers.MixtralForCausalLM(config)


def _tokens() -> torch.Tensor:
    return torch.arange(10).reshape(2, 5)
