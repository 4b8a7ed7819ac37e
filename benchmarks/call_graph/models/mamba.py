"""What is run of transformers' Mamba, which without CUDA takes the slow way through its scan."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, cached, hidden)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_tokens())


def training() -> None:
    _model().train()(_tokens(), labels=_tokens()).loss.backward()


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(_tokens(), use_cache=True)
        model(_tokens()[:, :1], cache_params=first.cache_params, use_cache=True)


def hidden() -> None:
    _model(residual_in_fp32=False, use_conv_bias=False)(_tokens(), output_hidden_states=True)


def _model(**options: Any) -> Any:
    transformers = import_module("transformers")
    config = transformers.MambaConfig(
        vocab_size=32, hidden_size=16, state_size=4, num_hidden_layers=2, **options
    )
    return transformers.MambaForCausalLM(config)


def _tokens() -> torch.Tensor:
    return torch.arange(10).reshape(2, 5)
