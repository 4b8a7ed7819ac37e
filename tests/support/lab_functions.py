"""A program: TensorRT-LLM's functions, recorded and computed, against torch's.

    python tests/support/lab_functions.py TREE

It prints, as JSON, the largest difference for each function that the tree has.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from srcread.lab.tensorrt import StandIn, standing_in

Case = tuple[str, Callable[..., Any], Callable[..., Any], tuple[Any, ...]]


def random(*shape: int) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def integers(*values: Any) -> Any:
    return torch.tensor(values, dtype=torch.int32)


def activations(f: Any) -> Iterator[Case]:
    x = random(2, 3, 8)
    yield "gelu", f.gelu, lambda x: functional.gelu(x, approximate="tanh"), (x,)
    yield "silu", f.silu, functional.silu, (x,)
    yield "relu", f.relu, torch.relu, (x,)
    yield "clip", lambda x: f.clip(x, -0.5, 0.5), lambda x: x.clamp(-0.5, 0.5), (x,)
    yield "softmax", lambda x: f.softmax(x, -1), lambda x: torch.softmax(x, -1), (x,)
    plus = (2.0, 20.0)
    yield "softplus", lambda x: f.softplus(x, *plus), lambda x: functional.softplus(x, *plus), (x,)
    yield "swiglu", f.swiglu, lambda x: x[..., :4] * functional.silu(x[..., 4:]), (x,)


def norms(f: Any) -> Iterator[Case]:
    x, w, b = random(2, 3, 8), random(8), random(1, 8)[0]
    image, scale = random(2, 4, 3, 3), random(4)
    yield (
        "layer_norm",
        lambda x, w, b: f.layer_norm(x, 8, w, b, 1e-3),
        lambda x, w, b: functional.layer_norm(x, (8,), w, b, 1e-3),
        (x, w, b),
    )
    yield (
        "rms_norm",
        lambda x, w: f.rms_norm(x, 8, w, 1e-3),
        lambda x, w: functional.rms_norm(x, (8,), w, 1e-3),
        (x, w),
    )
    yield (
        "group_norm",
        lambda x, w, b: f.group_norm(x, 2, w, b),
        lambda x, w, b: functional.group_norm(x, 2, w, b),
        (image, scale, scale),
    )


def products(f: Any) -> Iterator[Case]:
    x, y = random(2, 3, 8), random(2, 5, 8)
    image, kernel, bias = random(1, 3, 6, 6), random(4, 3, 3, 3), random(4)
    yield "matmul", lambda x, y: f.matmul(x, y, transb=True), lambda x, y: x @ y.mT, (x, y)
    yield (
        "matmul of halves",
        lambda x, y: f.matmul(x, y, transb=True),
        lambda x, y: (x.float() @ y.float().mT).half(),
        (x.half(), y.half()),
    )
    yield "outer", f.outer, torch.outer, (random(3), random(4))
    yield (
        "conv2d",
        lambda x: f.conv2d(x, f.constant(kernel.numpy()), f.constant(bias.numpy()), (2, 1), (1, 0)),
        lambda x: functional.conv2d(x, kernel, bias, (2, 1), (1, 0)),
        (image,),
    )
    yield (
        "conv_transpose2d",
        lambda x: f.conv_transpose2d(x, f.constant(kernel.numpy()), None, (2, 2), (1, 1)),
        lambda x: functional.conv_transpose2d(x, kernel, None, 2, 1),
        (random(1, 4, 5, 5),),
    )
    yield (
        "avg_pool2d",
        lambda x: f.avg_pool2d(x, (2, 2)),
        lambda x: functional.avg_pool2d(x, 2),
        (image,),
    )


def moves(f: Any) -> Iterator[Case]:
    x, places = random(2, 3, 8), integers(2, 0)
    each = integers([[0] * 8], [[2] * 8])
    yield "concat", lambda x, y: f.concat([x, y], 1), lambda x, y: torch.cat([x, y], 1), (x, x)
    yield "split", lambda x: f.split(x, 4, 2)[1], lambda x: x[..., 4:], (x,)
    yield "select", lambda x: f.select(x, 1, 2), lambda x: x[:, 2], (x,)
    yield (
        "index_select",
        lambda x, i: f.index_select(x, 1, i),
        lambda x, i: x[:, i.long()],
        (x, places),
    )
    yield "gather", lambda x, i: f.gather(x, 1, i), lambda x, i: x.gather(1, i.long()), (x, each)
    yield "embedding", f.embedding, lambda i, w: w[i.long()], (places, random(4, 5))
    yield "permute", lambda x: f.permute(x, (2, 0, 1)), lambda x: x.permute(2, 0, 1), (x,)
    yield "flip", lambda x: f.flip(x, [1]), lambda x: x.flip(1), (x,)
    yield (
        "expand",
        lambda x: f.expand(x, f.concat([2, 3, 4])),
        lambda x: x.expand(2, 3, 4),
        (random(2, 1, 4),),
    )
    yield "arange", lambda x: f.arange(3, 9, "int32"), lambda x: torch.arange(3, 9), (x,)
    yield "where", lambda x, y: f.where(x > y, x, y), torch.maximum, (x, x.flip(0))
    yield "mean", lambda x: f.mean(x, 1), lambda x: x.mean(1), (x,)
    yield "max", lambda x: f.max(x, 1), lambda x: x.amax(1), (x,)
    yield "argmax", lambda x: f.argmax(x, -1, True), lambda x: x.argmax(-1, True), (x,)


def resamplings(f: Any) -> Iterator[Case]:
    image = random(1, 3, 4, 5)
    for mode in ("nearest", "bilinear", "bicubic"):
        yield (
            f"interpolate {mode}",
            lambda x, mode=mode: f.interpolate(x, size=[7, 9], mode=mode),
            lambda x, mode=mode: functional.interpolate(x, (7, 9), mode=mode),
            (image,),
        )
    corners: dict[str, Any] = {"mode": "bilinear", "align_corners": True}
    yield (
        "interpolate bilinear, corners aligned",
        lambda x: f.interpolate(x, size=[7, 9], **corners),
        lambda x: functional.interpolate(x, (7, 9), **corners),
        (image,),
    )


def difference(framework: Any, stand_in: StandIn, case: Case) -> float:
    """Record a function in a network of its own, compute it, and compare."""
    _, ours, theirs, tensors = case
    types = {torch.float32: "float32", torch.float16: "float16", torch.int32: "int32"}
    given = {f"x{number}": tensor for number, tensor in enumerate(tensors)}
    network = framework.Builder().create_network()
    with framework.net_guard(network):
        inputs = [
            framework.Tensor(
                name=name,
                dtype=framework.str_dtype_to_trt(types[tensor.dtype]),
                shape=list(tensor.shape),
            )
            for name, tensor in given.items()
        ]
        network.trt_network.mark_output(ours(*inputs).trt_tensor)
    (result,) = stand_in.evaluate(given).values()
    expected = theirs(*tensors)
    assert result.shape == expected.shape, (case[0], result.shape, expected.shape)
    return float((result.double() - expected.double()).abs().max())


def main() -> None:
    """Compare every function and print."""
    sys.path.insert(0, str(Path(sys.argv[1])))
    with standing_in() as stand_in:
        import tensorrt_llm as framework  # TREE's

        families = (activations, norms, products, moves, resamplings)
        found = {
            case[0]: difference(framework, stand_in, case)
            for family in families
            for case in family(framework.functional)
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
