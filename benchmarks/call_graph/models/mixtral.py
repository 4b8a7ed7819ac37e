"""What is run of transformers' Mixtral."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..language import SMALL, own, shared, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {**shared(_model, "evaluation", "training", "cached", "by_hand"), **own(routed)}


def routed() -> None:
    _model(output_router_logits=True)(tokens(), labels=tokens())


def _model(**options: Any) -> Any:
    config = transformers().MixtralConfig(
        **SMALL,
        num_local_experts=4,
        num_experts_per_tok=2,
        **options,
    )
    return transformers().MixtralForCausalLM(config)
