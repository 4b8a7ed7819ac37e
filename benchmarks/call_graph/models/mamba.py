"""What is run of transformers' Mamba, which without CUDA takes the slow way through its scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from ..language import own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {**shared(_model, "evaluation", "training"), **own(cached, hidden)}


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(tokens(), use_cache=True)
        model(tokens()[:, :1], cache_params=first.cache_params, use_cache=True)


def hidden() -> None:
    _model(residual_in_fp32=False, use_conv_bias=False)(tokens(), output_hidden_states=True)


def _model(**options: Any) -> Any:
    config = transformers().MambaConfig(
        vocab_size=32, hidden_size=16, state_size=4, num_hidden_layers=2, **options
    )
    return transformers().MambaForCausalLM(config)
