"""Import everything from the packages by a star, and look at the names that they list."""

import ast
import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}


def starred(module):
    """Import everything from a module; return the error's words."""
    try:
        exec(f"from {module} import *", {})
    except AttributeError as error:
        return str(error)
    return ""


def run_together(tree, package):
    """Return the listed names that are two texts in the file: a comma is missing between them."""
    text = (tree / package / "__init__.py").read_text()
    (listed,) = [
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return [name.value for name in listed.elts if name.lineno != name.end_lineno]


told, names = {}, {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in():
        import tensorrt_llm

        if must_fail(
            "A star import of tensorrt_llm is an AttributeError that names two functions as one."
        ):
            tensorrt_llm.str_dtype_to_torchmpi_rank = None
        if must_fail("So is that of tensorrt_llm.runtime, with two classes as one."):
            tensorrt_llm.runtime.LoraManagerSamplingConfig = None
        if must_fail("A list without that fault is imported."):
            del tensorrt_llm.layers.Linear
        for package in ("tensorrt_llm", "tensorrt_llm.runtime", "tensorrt_llm.layers"):
            told[version, package] = starred(package)
            names[version, package] = run_together(tree, package.replace(".", "/"))
        if version == "0.7.1":
            type_by_name, rank = tensorrt_llm.str_dtype_to_torch("float16"), tensorrt_llm.mpi_rank()
    sys.path.remove(str(tree))

for (version, package), error in told.items():
    print(version, package, error or "is imported", names[version, package])
if must_fail("In each list one comma is missing between two texts, which Python then joins."):
    names["0.7.1", "tensorrt_llm"] = names["0.7.1", "tensorrt_llm.layers"]
if must_fail("0.5.0 has the first of the two faults already, and not the second."):
    told["0.5.0", "tensorrt_llm.runtime"] = told["0.7.1", "tensorrt_llm.runtime"]
missing = "module {!r} has no attribute {!r}".format
first, second = "str_dtype_to_torchmpi_rank", "LoraManagerSamplingConfig"
assert told["0.7.1", "tensorrt_llm"] == missing("tensorrt_llm", first), (
    "A star import of tensorrt_llm is an AttributeError that names two functions as one."
)
assert told["0.7.1", "tensorrt_llm.runtime"] == missing("tensorrt_llm.runtime", second), (
    "So is that of tensorrt_llm.runtime, with two classes as one."
)
assert names["0.7.1", "tensorrt_llm"] == [first] and names["0.7.1", "tensorrt_llm.runtime"] == [
    second
], "In each list one comma is missing between two texts, which Python then joins."
assert told["0.7.1", "tensorrt_llm.layers"] == "", "A list without that fault is imported."
assert told["0.5.0", "tensorrt_llm"] and not told["0.5.0", "tensorrt_llm.runtime"], (
    "0.5.0 has the first of the two faults already, and not the second."
)
assert str(type_by_name) == "torch.float16" and rank == 0, (
    "By their own names both functions can be used: only the list is wrong."
)
