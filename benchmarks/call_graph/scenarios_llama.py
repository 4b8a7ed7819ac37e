"""What is run of transformers' Llama: a small configuration with random weights, nothing fetched.

A model that the graph was worked on with: its figures say nothing of models not seen before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from .language import SMALL, own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {
        **shared(
            _model, "construction", "evaluation", "training", "masked", "cached", "eager_attention"
        ),
        **own(embeddings_given, few_logits),
    }


def embeddings_given() -> None:
    model = _model().eval()
    with torch.no_grad():
        model(inputs_embeds=torch.rand(2, 5, 16))


def few_logits() -> None:
    with torch.no_grad():
        _model().eval()(tokens(), logits_to_keep=1)


def _model(**options: Any) -> Any:
    config = transformers().LlamaConfig(
        **SMALL,
        max_position_embeddings=64,
        **options,
    )
    return transformers().LlamaForCausalLM(config)
