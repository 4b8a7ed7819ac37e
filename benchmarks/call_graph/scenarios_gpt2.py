"""What is run of transformers' GPT-2: a small configuration with random weights, nothing fetched.

Its first figures were taken blind, and no rule was made for it since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from .language import own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {
        **shared(_model, "construction", "evaluation"),
        **own(training),
        **shared(_model, "masked", "cached", "eager_attention"),
        **own(token_types),
    }


def training() -> None:
    _model().train()(tokens()).last_hidden_state.sum().backward()


def token_types() -> None:
    with torch.no_grad():
        _model().eval()(tokens(), token_type_ids=torch.zeros_like(tokens()))


def _model(**options: Any) -> Any:
    config = transformers().GPT2Config(
        vocab_size=32, n_positions=64, n_embd=16, n_layer=2, n_head=4, **options
    )
    return transformers().GPT2Model(config)
