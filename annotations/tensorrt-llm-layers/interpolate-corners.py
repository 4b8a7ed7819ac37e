"""Resize with and without aligned corners in four modes, and compare with torch's."""

import sys

import torch
from torch.nn import functional as F

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

SIZES = {"linear": [9], "bilinear": [7, 9], "bicubic": [7, 9], "trilinear": [7, 9, 8]}
GIVEN = {
    mode: torch.randn(1, 2, *(3, 4, 5)[: len(size)], device=device) for mode, size in SIZES.items()
}


def resized(mode, align_corners):
    """Resize in a network of its own; return the way of placing samples, and the result."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        x = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(GIVEN[mode].shape))
        y = tensorrt_llm.functional.interpolate(
            x, size=SIZES[mode], mode=mode, align_corners=align_corners
        )
    network.trt_network.mark_output(y.trt_tensor)
    (layer,) = network.trt_network.layers
    (result,) = stand_in.evaluate({"x": GIVEN[mode]}).values()
    return layer.coordinate_transformation.name, result


placed, results = {}, {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in(device=device) as stand_in:
        import tensorrt_llm

        for mode in SIZES:
            for corners in (True, False):
                placed[version, mode, corners], results[mode, corners] = resized(mode, corners)
    sys.path.remove(str(tree))


def differences(modes, aligned=None):
    """Compare with torch, given the option that was asked for or another one."""
    found = []
    for mode in modes:
        for asked in (True, False):
            corners = asked if aligned is None else aligned
            by_torch = F.interpolate(GIVEN[mode], SIZES[mode], mode=mode, align_corners=corners)
            found.append((results[mode, asked] - by_torch).abs().max().item())
    return found


for mode in SIZES:
    print(mode, "with align_corners:", placed["0.7.1", mode, True])
IMAGES, OTHERS = ("bilinear", "bicubic"), ("linear", "trilinear")
print("images, from torch without aligned corners:", differences(IMAGES, aligned=False))
print("images, from torch as asked for:", differences(IMAGES))
assert {placed[version, mode, True] for version in trees for mode in IMAGES} == {"HALF_PIXEL"}, (
    "With align_corners=True bilinear and bicubic get half pixels, in 0.5.0 as in 0.7.1."
)
assert max(differences(IMAGES, aligned=False)) < 1e-5, (
    "Bilinear and bicubic give what torch gives with align_corners=False, whatever is asked for."
)
assert max(differences(OTHERS)) < 1e-5, (
    "Linear and trilinear give what torch gives, with align_corners and without."
)
