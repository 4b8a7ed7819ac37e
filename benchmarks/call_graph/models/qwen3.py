"""What is run of transformers' Qwen3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..language import own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {**shared(_model, "evaluation", "training", "cached", "by_hand"), **own(sliding)}


def sliding() -> None:
    _model(use_sliding_window=True, sliding_window=2, max_window_layers=1)(
        tokens(), labels=tokens()
    )


def _model(**options: Any) -> Any:
    config = transformers().Qwen3Config(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        **options,
    )
    return transformers().Qwen3ForCausalLM(config)
