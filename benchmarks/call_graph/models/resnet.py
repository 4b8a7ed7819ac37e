"""What is run of torchvision's ResNet, as its builders make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

import torch


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (fifty, eighteen, dilated)}


def fifty() -> None:
    import_module("torchvision.models").resnet50(num_classes=2).train()(_image()).sum().backward()


def eighteen() -> None:
    model = import_module("torchvision.models").resnet18(num_classes=2, zero_init_residual=True)
    with torch.no_grad():
        model.eval()(_image())


def dilated() -> None:
    dilation = [False, True, True]
    models = import_module("torchvision.models")
    models.resnet50(num_classes=2, replace_stride_with_dilation=dilation)(_image())


def _image() -> torch.Tensor:
    return torch.rand(2, 3, 32, 32)
