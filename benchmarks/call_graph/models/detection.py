"""What is run of torchvision's detection backbones: a ResNet or a MobileNet below a pyramid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

import torch

BACKBONES = "torchvision.models.detection.backbone_utils"


def scenarios() -> Mapping[str, Callable[[], object]]:
    """Return the scenarios by name, in the order in which they run."""
    return {item.__name__: item for item in (resnet, mobilenet)}


def resnet() -> None:
    backbone = import_module(BACKBONES).resnet_fpn_backbone(
        backbone_name="resnet18", weights=None, trainable_layers=5
    )
    backbone.train()(_image())["0"].sum().backward()


def mobilenet() -> None:
    backbone = import_module(BACKBONES).mobilenet_backbone(
        backbone_name="mobilenet_v3_small", weights=None, fpn=True
    )
    with torch.no_grad():
        backbone.eval()(_image())


def _image() -> torch.Tensor:
    return torch.rand(2, 3, 64, 64)
