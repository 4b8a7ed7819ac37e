"""Record and compute a product of halves, and compare it with torch's and with that of 0.5.0."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
NAMES = {torch.float16: "float16", torch.float32: "float32"}


def multiplied(left, right, strongly_typed=False, **sides):
    """Multiply in a network of its own; return the layers' kinds, and the result computed."""
    builder = tensorrt_llm.Builder()
    builder.strongly_typed = strongly_typed
    network = builder.create_network()
    with tensorrt_llm.net_guard(network):
        a, b = (
            tensorrt_llm.Tensor(
                name=name,
                dtype=tensorrt_llm.str_dtype_to_trt(NAMES[tensor.dtype]),
                shape=list(tensor.shape),
            )
            for name, tensor in (("a", left), ("b", right))
        )
        product = tensorrt_llm.functional.matmul(a, b, **sides)
    network.trt_network.mark_output(product.trt_tensor)
    (result,) = stand_in.evaluate({"a": left, "b": right}).values()
    return [layer.kind.name for layer in network.trt_network.layers], result


a, b = torch.randn(4, 64, device=device).half(), torch.randn(8, 64, device=device).half()
at, bt = a.mT.contiguous(), b.mT.contiguous()
large = torch.full(
    (1, 64), 40.0, device=device
).half()  # the product is 102,400, a half ends at 65,504

sys.path.insert(0, str(trees["0.5.0"]))
if must_fail("In 0.5.0 a product of halves is one layer, without casts."):
    sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device, version="9.1.0") as stand_in:
    import tensorrt_llm

    older, _ = multiplied(a, b, transb=True)

sys.path[0] = str(trees["0.7.1"])
with standing_in(device=device) as stand_in:
    import tensorrt_llm

    kinds, product = multiplied(a, b, transb=True)
    mixed = [multiplied(a, b.float(), transb=True), multiplied(a.float(), b, transb=True)]
    floats, exact = multiplied(a.float(), b.float(), transb=True)
    strong, _ = multiplied(a, b, strongly_typed=True, transb=True)
    sides = [multiplied(a, bt)[1], multiplied(at, bt, transa=True)[1]]
    _, over = multiplied(large, large, transb=True)

print("0.5.0:", *older)
print("0.7.1:", *kinds)
print(
    "halves of",
    a[0, :2].tolist(),
    "… give",
    product[0, :2].tolist(),
    "… and 64 x 40 x 40:",
    over.item(),
)
assert kinds == ["CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
    "A product of halves is four layers: both sides are cast, multiplied, and the result cast back."
)
assert torch.equal(product, (a.float() @ b.float().mT).half()), (
    "It is the product of the floats, rounded once at the end."
)
assert [each.dtype for _, each in mixed] == [torch.float16] * 2, (
    "One half is enough: with a float on either side the result is a half."
)
assert floats == ["MATRIX_MULTIPLY"] and torch.equal(exact, a.float() @ b.float().mT), (
    "A product of floats is one layer and stays a float."
)
assert strong == ["MATRIX_MULTIPLY"], "In a strongly typed network nothing is cast."
assert all(torch.equal(each, product) for each in sides), (
    "Each side can be given transposed, by an option of the one layer."
)
assert over.isinf().all(), "What is too large for a half is infinite after the cast back."
assert older == ["MATRIX_MULTIPLY"], "In 0.5.0 a product of halves is one layer, without casts."
