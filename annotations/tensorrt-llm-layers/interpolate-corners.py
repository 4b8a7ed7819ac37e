"""Resample an image with and without aligned corners, and compare with torch's."""

import sys

import torch
from torch.nn import functional as F

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

image, line = torch.randn(1, 2, 4, 5, device=device), torch.randn(1, 2, 5, device=device)


def resampled(x, size, mode, align_corners):
    """Resample in a network of its own; return the way of placing samples, and the result."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        float32 = tensorrt_llm.str_dtype_to_trt("float32")
        given = tensorrt_llm.Tensor(name="x", dtype=float32, shape=list(x.shape))
        y = tensorrt_llm.functional.interpolate(
            given, size=size, mode=mode, align_corners=align_corners
        )
    network.trt_network.mark_output(y.trt_tensor)
    (layer,) = network.trt_network.layers
    (result,) = stand_in.evaluate({"x": x}).values()
    return layer.coordinate_transformation.name, result


found = {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in(device=device) as stand_in:
        import tensorrt_llm

        for corners in (True, False):
            found[version, "bilinear", corners] = resampled(image, [7, 9], "bilinear", corners)
            found[version, "linear", corners] = resampled(line, [9], "linear", corners)
    sys.path.remove(str(tree))


def difference(version, mode, asked, aligned):
    """Compare what came of asking for aligned corners or not with what torch gives."""
    x, size = (image, (7, 9)) if mode == "bilinear" else (line, 9)
    by_torch = F.interpolate(x, size, mode=mode, align_corners=aligned)
    return (found[version, mode, asked][1] - by_torch).abs().max().item()


placed = {key: name for key, (name, _) in found.items()}
for key, name in placed.items():
    print(*key, name)
asked = difference("0.7.1", "bilinear", True, True)
given = difference("0.7.1", "bilinear", True, False)
print("from torch with aligned corners:", asked, "| without:", given)
assert {placed[version, "bilinear", True] for version in trees} == {"HALF_PIXEL"}, (
    "Bilinear with align_corners=True is recorded with half pixels, in 0.5.0 as in 0.7.1."
)
assert given < 1e-5 and asked > 0.1, (
    "It gives what torch gives without aligned corners, and not what was asked for."
)
assert torch.equal(found["0.7.1", "bilinear", True][1], found["0.7.1", "bilinear", False][1]), (
    "For images the option changes nothing."
)
assert placed["0.7.1", "linear", True] == "ALIGN_CORNERS", (
    "For the one-dimensional mode linear the option is obeyed."
)
assert max(difference("0.7.1", "linear", each, each) for each in (True, False)) < 1e-5, (
    "There both ways give what torch gives."
)
