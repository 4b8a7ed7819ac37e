"""What is run of transformers' T5: a small configuration with random weights, nothing fetched.

Its first figures were taken blind; some of what they missed was mended since, so it counts as
seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from .language import mask, tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in _ALL}


def construction() -> None:
    _model()


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(input_ids=tokens(), decoder_input_ids=tokens())


def training() -> None:
    model = _model().train()
    model(input_ids=tokens(), decoder_input_ids=tokens()).last_hidden_state.sum().backward()


def masked() -> None:
    with torch.no_grad():
        _model().eval()(input_ids=tokens(), attention_mask=mask(), decoder_input_ids=tokens())


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(input_ids=tokens(), decoder_input_ids=tokens(), use_cache=True)
        model(
            encoder_outputs=(first.encoder_last_hidden_state,),
            decoder_input_ids=tokens()[:, :1],
            past_key_values=first.past_key_values,
            use_cache=True,
        )


def gated() -> None:
    with torch.no_grad():
        _model(feed_forward_proj="gated-gelu").eval()(
            input_ids=tokens(), decoder_input_ids=tokens(), output_attentions=True
        )


def _model(**options: Any) -> Any:
    config = transformers().T5Config(
        vocab_size=32, d_model=16, d_kv=4, d_ff=24, num_layers=2, num_heads=4, **options
    )
    return transformers().T5Model(config)


_ALL = (construction, evaluation, training, masked, cached, gated)
