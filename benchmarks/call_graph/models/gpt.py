"""What is run of `tiny_gpt`: one training step and sampling, both ways of attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (by_hand, fused, sampling)}


def by_hand() -> None:
    _model(flash=False, bias=False).train()(_tokens(), _tokens())[1].backward()


def fused() -> None:
    with torch.no_grad():
        _model().eval()(_tokens())


def sampling() -> None:
    _read().sample(20)


def _model(**options: Any) -> Any:
    return _read().GPT(_read().GPTConfig(16, 32, 2, 2, 8, 0.1, **options))


def _tokens() -> torch.Tensor:
    return torch.arange(8).view(1, 8)


def _read() -> Any:
    return import_module("tiny_gpt")
