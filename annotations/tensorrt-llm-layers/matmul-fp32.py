"""Record and compute an fp16 matmul, and compare it with torch's and with that of 0.5.0."""

import sys
from collections import Counter

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def multiplied(left, right, strongly_typed=False):
    """Multiply by a transposed right side in a network of its own; return kinds and result."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        a, b = (
            tensorrt_llm.Tensor(
                name=name,
                dtype=tensorrt_llm.str_dtype_to_trt(str(tensor.dtype).removeprefix("torch.")),
                shape=list(tensor.shape),
            )
            for name, tensor in (("a", left), ("b", right))
        )
        product = tensorrt_llm.functional.matmul(a, b, transb=True)
    network.trt_network.mark_output(product.trt_tensor)
    (result,) = stand_in.evaluate({"a": left, "b": right}).values()
    return [layer.kind.name for layer in network.trt_network.layers], result


a, b = torch.randn(4, 64, device=device).half(), torch.randn(8, 64, device=device).half()
large = torch.full((1, 64), 40.0, device=device).half()  # sums to 102,400; fp16 ends at 65,504

sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm

    older, _ = multiplied(a, b)

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm

    kinds, product = multiplied(a, b)
    mixed = [multiplied(a, b.float())[1].dtype, multiplied(a.float(), b)[1].dtype]
    others = [multiplied(a.to(dtype), b.to(dtype))[0] for dtype in (torch.float32, torch.bfloat16)]
    strong, _ = multiplied(a, b, strongly_typed=True)
    _, over = multiplied(large, large)

print("0.5.0:", *older, "| 0.7.1:", *kinds, "| strongly typed:", *strong)
print("fp32 and bfloat16:", others, "| 64 x 40 x 40:", over.item())
assert kinds == ["CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
    "A matmul of fp16 tensors is four layers: two casts, the product, and a cast back."
)
assert torch.equal(product, (a.float() @ b.float().mT).half()), (
    "The result is the product in fp32, rounded to fp16 once."
)
assert mixed == [torch.float16, torch.float16], (
    "An fp16 and an fp32 input give an fp16 result, in either order."
)
assert over.isinf().all(), "A sum beyond the range of fp16 is infinite after the last cast."
assert others == [["MATRIX_MULTIPLY"]] * 2, (
    "A matmul of two fp32 or two bfloat16 tensors is one layer."
)
assert strong == ["MATRIX_MULTIPLY"], (
    "In a strongly typed network a matmul of fp16 tensors is one layer."
)
assert (older, Counter(kinds) - Counter(older)) == (["MATRIX_MULTIPLY"], {"CAST": 3}), (
    "0.5.0 makes one layer of the same call, and 0.7.1 adds three casts to it."
)
