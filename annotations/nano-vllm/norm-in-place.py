"""Norm a tensor of each floating type, and look at what else has changed."""

import torch

from srcread.lab import equation, source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
with standing_in("nanovllm"):
    Norm = extract(tree, "nanovllm.layers.layernorm:RMSNorm")["RMSNorm"]

wide = torch.randn(3, 8, dtype=torch.float64)
before = torch.randn(3, 8, dtype=torch.float64)
weight = torch.rand(8, dtype=torch.float64) + 0.5


def normed(x):
    """Norm without changing anything in place."""
    return x * torch.rsqrt(x.pow(2).mean(dim=-1, keepdim=True) + 1e-6) * weight.to(x.dtype)


def run(dtype):
    """Norm without and with a residual; return what came out, and the input, before and after."""
    norm = Norm(8).to(dtype)
    norm.weight.data.copy_(weight)
    x, alone = wide.to(dtype), wide.to(dtype)
    with torch.no_grad():
        out_alone = norm(alone)
        out, residual = norm(x, before.to(dtype))
    return out_alone, alone, out, residual, x


with torch.no_grad():
    for dtype, close in ((torch.bfloat16, 0.04), (torch.float16, 0.01)):
        out_alone, alone, out, residual, x = run(dtype)
        total = wide.to(dtype).float() + before.to(dtype).float()
        good = [
            torch.equal(alone, wide.to(dtype)),
            torch.equal(x, wide.to(dtype)),
            isinstance(residual, torch.Tensor) and torch.equal(residual, total.to(dtype)),
            torch.allclose(out.double(), normed(total.double()), atol=close),
            torch.allclose(out_alone.double(), normed(wide), atol=close),
        ]
        print(dtype, good)
        assert good == [True] * 5, (
            "In bfloat16 and fp16 the input is as before, and the residual is the sum."
        )

    out_alone, alone, out, residual, x = run(torch.float64)
    gap = (out - normed(wide + before)).abs().max().item()
    print("float64: gap", gap)
    assert equation("residual", residual, x=wide.float(), residual=before.float()), (
        "The residual is the sum of input and residual."
    )
    assert torch.equal(alone, wide) and torch.equal(x, wide) and 1e-9 < gap < 1e-6, (
        "In float64 input and residual are right, and the numbers are those of float32."
    )

    out_alone, alone, out, residual, x = run(torch.float32)
    total = (wide + before).float()
    places = {one.data_ptr() for one in (out, residual, x)}
    print("float32: residual is off by", (residual - total).abs().max().item())
    assert len(places) == 1, "In float32 the output, the residual and the input are one memory."
    assert torch.equal(alone, out_alone) and torch.allclose(alone, normed(wide.float())), (
        "In float32 the plain norm changes its input into its output."
    )
    assert torch.allclose(residual, normed(total)) and not torch.allclose(
        residual, total, atol=0.1
    ), "In float32 the residual that comes back is the output, and not the sum."
