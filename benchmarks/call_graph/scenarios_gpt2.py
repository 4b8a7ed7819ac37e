"""What is run of transformers' GPT-2: a small configuration with random weights, nothing fetched.

Its first figures were taken blind, and no rule was made for it since.
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
    _model().train()(_tokens()).last_hidden_state.sum().backward()


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


def token_types() -> None:
    with torch.no_grad():
        _model().eval()(_tokens(), token_type_ids=torch.zeros_like(_tokens()))


def _model(**options: Any) -> Any:
    transformers = import_module("transformers")
    config = transformers.GPT2Config(
        vocab_size=32, n_positions=64, n_embd=16, n_layer=2, n_head=4, **options
    )
    return transformers.GPT2Model(config)


def _tokens() -> torch.Tensor:
    return torch.arange(10).reshape(2, 5)


_ALL = (construction, evaluation, training, masked, cached, eager_attention, token_types)
