"""What is run of transformers' BERT: a small configuration with random weights, nothing fetched.

Its first figures were taken blind, and no rule was made for it since.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in _ALL}


def prepare() -> None:
    """Make the next scenario's numbers the same in every run."""
    torch.manual_seed(0)
    torch.set_num_threads(1)


def construction() -> None:
    _model()


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_tokens())


def training() -> None:
    _model().train()(_tokens()).pooler_output.sum().backward()


def masked() -> None:
    mask = torch.ones_like(_tokens())
    mask[0, :2] = 0
    with torch.no_grad():
        _model().eval()(_tokens(), attention_mask=mask)


def pairs_of_sentences() -> None:
    with torch.no_grad():
        _model().eval()(_tokens(), token_type_ids=torch.zeros_like(_tokens()))


def eager_attention() -> None:
    model = _model(attn_implementation="eager").eval()
    with torch.no_grad():
        model(_tokens(), output_attentions=True, output_hidden_states=True)


def decoder() -> None:
    model = _model(is_decoder=True, add_cross_attention=True).eval()
    with torch.no_grad():
        model(_tokens(), encoder_hidden_states=torch.rand(2, 3, 16), use_cache=True)


def in_chunks() -> None:
    with torch.no_grad():
        _model(chunk_size_feed_forward=1).eval()(_tokens())


def _model(**options: Any) -> Any:
    transformers = import_module("transformers")
    config = transformers.BertConfig(
        vocab_size=32,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=24,
        max_position_embeddings=64,
        **options,
    )
    return transformers.BertModel(config)


def _tokens() -> torch.Tensor:
    return torch.arange(10).reshape(2, 5)


_ALL = (
    construction,
    evaluation,
    training,
    masked,
    pairs_of_sentences,
    eager_attention,
    decoder,
    in_chunks,
)
