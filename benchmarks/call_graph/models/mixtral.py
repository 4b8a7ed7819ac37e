"""What is run of transformers' Mixtral."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..language import own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {**shared(_model, "evaluation", "training", "cached", "by_hand"), **own(routed)}


def routed() -> None:
    _model(output_router_logits=True)(tokens(), labels=tokens())


def _model(**options: Any) -> Any:
    config = transformers().MixtralConfig(
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
    return transformers().MixtralForCausalLM(config)
