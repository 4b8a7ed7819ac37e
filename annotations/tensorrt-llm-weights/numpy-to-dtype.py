"""Convert arrays between types by the framework's helpers, and see which ways lead nowhere."""

import ast
import tempfile
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
torch.manual_seed(0)

names = ("numpy_to_dtype", "torch_to_numpy", "numpy_fp32_to_bf16", "fromfile")
taken = extract(tree, *(f"tensorrt_llm._utils:{name}" for name in names))
numpy_to_dtype, torch_to_numpy = taken["numpy_to_dtype"], taken["torch_to_numpy"]

floats = torch.randn(1000)
rounded = torch_to_numpy(floats.to(torch.bfloat16))  # NumPy has no bfloat16: two nameless bytes
others = ("float32", "float16", "int32")

results = {name: numpy_to_dtype(rounded, name) for name in others}
print("from bfloat16:", results)
assert [result is None for result in results.values()] == [True] * 3, (
    "From bfloat16 to any other type the result is None."
)

handed_on = np.ascontiguousarray(results["float32"])
print("what its callers make of that without a shape:", repr(handed_on))
assert (handed_on.dtype, handed_on.shape) == (np.dtype(object), (1,)), (
    "np.ascontiguousarray, which the loaders call next, makes an array of one object of it."
)

same = numpy_to_dtype(rounded, "bfloat16")
assert same is rounded, "From bfloat16 to itself nothing happens."
converted = [numpy_to_dtype(floats.numpy(), name) for name in others]
expected = [floats.numpy().astype(name) for name in others]
assert all(map(np.array_equal, converted, expected)), "Between NumPy's own types it converts."
to_brain = numpy_to_dtype(floats.numpy(), "bfloat16")
assert to_brain.tobytes() == rounded.tobytes(), (
    "From other types to bfloat16 it rounds, as torch does."
)

cut = taken["numpy_fp32_to_bf16"](floats.numpy())
differ = (cut.view(np.int16) != rounded.view(np.int16)).mean()
smaller = torch.from_numpy(cut.view(np.int16)).view(torch.bfloat16).float().abs() <= floats.abs()
print(f"numpy_fp32_to_bf16 gives another number for {differ:.0%} of them")
assert smaller.all() and differ > 0.4, (
    "numpy_fp32_to_bf16 cuts the low bytes off instead: about half of the numbers end nearer to 0."
)

older_tree = source_tree("tensorrt-llm==0.5.0")
older = ast.parse((older_tree / "tensorrt_llm/_utils.py").read_text("utf-8"))
defined = {node.name for node in older.body if isinstance(node, ast.FunctionDef)}
load = extract(
    older_tree, "examples/bloom/weight.py:load_from_bin", given={"tensorrt_llm": MagicMock()}
)["load_from_bin"]
model = MagicMock()
del model.quant_mode  # then the loader expects nothing quantised

with tempfile.TemporaryDirectory() as folder:
    sizes = "[bloom]\nhidden_size = 50\nn_head = 5\nn_layer = 0\nvocab_size = 20\n"
    Path(folder, "config.ini").write_text(sizes)
    floats.numpy().tofile(Path(folder, "model.wpe.bin"))
    try:
        taken["fromfile"](folder, "model.wpe.bin")
        failure = "none"
    except NameError as error:
        failure = str(error)
    load(model, folder)
print("fromfile without a type:", failure)
assert "np_dtype" in failure, (
    "fromfile without a type fails on a name that the module does not have."
)
read = model.embedding.weight.value
print("in 0.5.0's module:", defined & set(names), "- its loader reads the file:", read.shape)
assert (
    defined & set(names),
    np.array_equal(read, floats.numpy().reshape(20, 50)),
    "np_dtype" in failure,
) == ({"torch_to_numpy"}, True, True), (
    "0.5.0's module has none of the three; its loader for BLOOM reads a file without a type, "
    "where 0.7.1's fromfile fails."
)
