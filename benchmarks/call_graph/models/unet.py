"""What is run of diffusers' UNet2DConditionModel."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # read when diffusers is imported


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, by_class, linear)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(*_inputs())


def training() -> None:
    _model(dropout=0.1).train()(*_inputs()).sample.sum().backward()


def by_class() -> None:
    _model(num_class_embeds=4)(*_inputs(), class_labels=torch.tensor([1, 2]))


def linear() -> None:
    model = _model(use_linear_projection=True, resnet_time_scale_shift="scale_shift")
    model(*_inputs(), return_dict=False)


def _model(**options: Any) -> Any:
    diffusers = import_module("diffusers")
    return diffusers.UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=8,
        attention_head_dim=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        **options,
    )


def _inputs() -> tuple[torch.Tensor, int, torch.Tensor]:
    return torch.rand(2, 4, 8, 8), 3, torch.rand(2, 5, 8)
