"""What is run of transformers' BERT: a small configuration with random weights, nothing fetched.

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
        **shared(_model, "masked"),
        **own(pairs_of_sentences),
        **shared(_model, "eager_attention"),
        **own(decoder, in_chunks),
    }


def training() -> None:
    _model().train()(tokens()).pooler_output.sum().backward()


def pairs_of_sentences() -> None:
    with torch.no_grad():
        _model().eval()(tokens(), token_type_ids=torch.zeros_like(tokens()))


def decoder() -> None:
    model = _model(is_decoder=True, add_cross_attention=True).eval()
    with torch.no_grad():
        model(tokens(), encoder_hidden_states=torch.rand(2, 3, 16), use_cache=True)


def in_chunks() -> None:
    with torch.no_grad():
        _model(chunk_size_feed_forward=1).eval()(tokens())


def _model(**options: Any) -> Any:
    config = transformers().BertConfig(
        vocab_size=32,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=24,
        max_position_embeddings=64,
        **options,
    )
    return transformers().BertModel(config)
