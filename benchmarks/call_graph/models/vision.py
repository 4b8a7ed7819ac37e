"""What torchvision wants to find before it is imported where its compiled library does not load.

The library that comes with the wheel wants CUDA's. No operator of it is called here; torchvision
looks these up while it is imported, so they are declared, without a kernel.
"""

from __future__ import annotations

import ctypes
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

_LOOKED_UP = (
    "nms",
    "qnms",
    "qroi_align",
    "roi_align",
    "roi_pool",
    "ps_roi_align",
    "ps_roi_pool",
    "deform_conv2d",
    "_roi_align_backward",
    "_roi_pool_backward",
    "_ps_roi_align_backward",
    "_ps_roi_pool_backward",
    "_deform_conv2d_backward",
)
_declared: list[Any] = []


def declare_operators() -> None:
    """Declare torchvision's operators, if it is installed and its library does not load."""
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None or _declared or _loads(Path(spec.origin).parent):
        return
    library = torch.library.Library("torchvision", "DEF")
    for name in _LOOKED_UP:
        library.define(f"{name}(Tensor input) -> Tensor")
    _declared.append(library)  # they last as long as the library does


def _loads(folder: Path) -> bool:
    """Tell whether the compiled library loads: torchvision then declares them itself."""
    try:
        ctypes.CDLL(str(folder / "_C.so"))
    except OSError:
        return False
    return True
