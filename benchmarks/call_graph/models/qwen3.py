"""What is run of transformers' Qwen3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..language import SMALL, own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {**shared(_model, "evaluation", "training", "cached", "by_hand"), **own(sliding)}


def sliding() -> None:
    _model(use_sliding_window=True, sliding_window=2, max_window_layers=1)(
        tokens(), labels=tokens()
    )


def _model(**options: Any) -> Any:
    config = transformers().Qwen3Config(
        **SMALL,
        head_dim=8,
        **options,
    )
    return transformers().Qwen3ForCausalLM(config)
