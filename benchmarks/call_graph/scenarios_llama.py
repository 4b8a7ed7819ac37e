"""What is run of transformers' Llama: a small configuration with random weights, nothing fetched.

A model that the graph was worked on with: its figures say nothing of models not seen before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in _ALL}


def prepare() -> None:
    """Make the next scenario's numbers the same in every run."""
    torch.manual_seed(0)
    torch.set_num_threads(1)


def construction() -> None:
    _model()


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_tokens())


def training() -> None:
    model = _model().train()
    model(_tokens(), labels=_tokens()).loss.backward()


def masked() -> None:
    mask = torch.ones_like(_tokens())
    mask[0, :2] = 0
    with torch.no_grad():
        _model().eval()(_tokens(), attention_mask=mask)


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(_tokens(), use_cache=True)
        model(_tokens()[:, :1], past_key_values=first.past_key_values, use_cache=True)


def eager_attention() -> None:
    model = _model(attn_implementation="eager").eval()
    with torch.no_grad():
        model(_tokens(), output_attentions=True, output_hidden_states=True)


def embeddings_given() -> None:
    model = _model().eval()
    with torch.no_grad():
        model(inputs_embeds=torch.rand(2, 5, 16))


def few_logits() -> None:
    with torch.no_grad():
        _model().eval()(_tokens(), logits_to_keep=1)


def _model(**options: Any) -> Any:
    transformers = import_module("transformers")
    config = transformers.LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        **options,
    )
    return transformers.LlamaForCausalLM(config)


def _tokens() -> torch.Tensor:
    return torch.arange(10).reshape(2, 5)


_ALL = (
    construction,
    evaluation,
    training,
    masked,
    cached,
    eager_attention,
    embeddings_given,
    few_logits,
)
