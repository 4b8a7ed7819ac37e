"""What is run of transformers' Whisper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from ..language import tokens, transformers


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, cached, by_hand)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_sound(), decoder_input_ids=tokens())


def training() -> None:
    model = _model(dropout=0.1, apply_spec_augment=True, mask_time_length=2).train()
    model(_sound(), decoder_input_ids=tokens()).last_hidden_state.sum().backward()


def cached() -> None:
    model = _model().eval()
    with torch.no_grad():
        first = model(_sound(), decoder_input_ids=tokens(), use_cache=True)
        more = {"past_key_values": first.past_key_values, "use_cache": True}
        model(_sound(), decoder_input_ids=tokens()[:, :1], **more)


def by_hand() -> None:
    model = _model(attn_implementation="eager")
    model(_sound(), decoder_input_ids=tokens(), output_attentions=True)


def _model(**options: Any) -> Any:
    config = transformers().WhisperConfig(
        vocab_size=32,
        num_mel_bins=8,
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        max_source_positions=16,
        max_target_positions=16,
        pad_token_id=0,
        decoder_start_token_id=1,
        bos_token_id=1,
        eos_token_id=2,
        **options,
    )
    return transformers().WhisperModel(config)


def _sound() -> torch.Tensor:
    return torch.rand(2, 8, 32)
