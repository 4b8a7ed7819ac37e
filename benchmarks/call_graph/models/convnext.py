"""What is run of timm's ConvNeXt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (evaluation, training, as_convolutions, other_stem)}


def evaluation() -> None:
    with torch.no_grad():
        _model().eval()(_image())


def training() -> None:
    _model(drop_rate=0.1, drop_path_rate=0.1).train()(_image()).sum().backward()


def as_convolutions() -> None:
    _model(conv_mlp=True, use_grn=True, ls_init_value=None)(_image())


def other_stem() -> None:
    _model(stem_type="overlap_tiered", head_norm_first=True)(_image())


def _model(**options: Any) -> Any:
    timm = import_module("timm.models")
    return timm.ConvNeXt(num_classes=3, depths=(1, 1, 2, 1), dims=(8, 16, 24, 32), **options)


def _image() -> torch.Tensor:
    return torch.rand(2, 3, 64, 64)
