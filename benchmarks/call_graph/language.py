"""Runs that scenarios of the language models of transformers share: each makes its model anew.

Importing this keeps transformers from asking its hub for anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported

Make = Callable[..., Any]
"""What makes a model, given what its configuration has besides the usual."""


SMALL: Mapping[str, int] = {
    "vocab_size": 32,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
"""What the small configurations of decoders with grouped keys have in common."""


def shared(make: Make, *names: str) -> Mapping[str, Callable[[], object]]:
    """Return runs that many models have, by their names and in this order."""
    return {name: partial(_RUNS[name], make) for name in names}


def own(*runs: Callable[[], object]) -> Mapping[str, Callable[[], object]]:
    """Return runs that one model has, by the names of their functions."""
    return {run.__name__: run for run in runs}


def transformers() -> Any:
    """Import transformers as late as a run asks for it."""
    return import_module("transformers")


def tokens() -> torch.Tensor:
    """Return two texts of five tokens."""
    return torch.arange(10).reshape(2, 5)


def mask() -> torch.Tensor:
    """Return a mask of these tokens that hides the first two of one text."""
    ones = torch.ones_like(tokens())
    ones[0, :2] = 0
    return ones


def _construction(make: Make) -> None:
    make()


def _evaluation(make: Make) -> None:
    with torch.no_grad():
        make().eval()(tokens())


def _training(make: Make) -> None:
    """Train a model that computes its own loss."""
    make().train()(tokens(), labels=tokens()).loss.backward()


def _masked(make: Make) -> None:
    with torch.no_grad():
        make().eval()(tokens(), attention_mask=mask())


def _cached(make: Make) -> None:
    model = make().eval()
    with torch.no_grad():
        first = model(tokens(), use_cache=True)
        model(tokens()[:, :1], past_key_values=first.past_key_values, use_cache=True)


def _eager_attention(make: Make) -> None:
    model = make(attn_implementation="eager").eval()
    with torch.no_grad():
        model(tokens(), output_attentions=True, output_hidden_states=True)


def _by_hand(make: Make) -> None:
    make(attn_implementation="eager")(tokens(), attention_mask=mask(), logits_to_keep=1)


_RUNS: Mapping[str, Callable[[Make], None]] = {
    "construction": _construction,
    "evaluation": _evaluation,
    "training": _training,
    "masked": _masked,
    "cached": _cached,
    "eager_attention": _eager_attention,
    "by_hand": _by_hand,
}
