"""What is run of timm's VisionTransformer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, averaged, unfused, masked)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_image())


def training() -> None:
    model = _model(drop_rate=0.1, attn_drop_rate=0.1, proj_drop_rate=0.1, drop_path_rate=0.1)
    model.train()(_image()).sum().backward()


def averaged() -> None:
    _model(global_pool="avg", class_token=False, qk_norm=True, init_values=0.1)(_image())


def unfused() -> None:
    model = _model()
    for block in model.blocks:
        block.attn.fused_attn = False
    model(_image())


def masked() -> None:
    _model(global_pool="map", no_embed_class=True, pre_norm=True)(_image())


def _model(**options: Any) -> Any:
    timm = import_module("timm.models")
    return timm.VisionTransformer(
        img_size=16, patch_size=8, embed_dim=16, depth=2, num_heads=2, num_classes=3, **options
    )


def _image() -> torch.Tensor:
    return torch.rand(2, 3, 16, 16)
