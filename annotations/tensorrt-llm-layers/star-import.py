"""Import everything from the packages by a star, and look at the names that they list."""

import ast
import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
PACKAGES = ("tensorrt_llm", "tensorrt_llm.runtime")


def starred(module):
    """Import everything from a module; return the error's words."""
    try:
        exec(f"from {module} import *", {})
    except AttributeError as error:
        return str(error)
    return ""


def run_together(tree, package):
    """Return the listed names that are two texts in the file: a comma is missing between them."""
    text = (tree / package.replace(".", "/") / "__init__.py").read_text()
    (listed,) = [
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return [name.value for name in listed.elts if name.lineno != name.end_lineno]


told, known = {}, []
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in():
        import tensorrt_llm

        if must_fail(
            "A star import of tensorrt_llm.runtime fails in 0.7.1, for two classes as one, "
            "and not in 0.5.0."
        ):
            tensorrt_llm.runtime.LoraManagerSamplingConfig = None
        for package in PACKAGES:
            told[version, package] = starred(package)
        known.append(hasattr(tensorrt_llm, "str_dtype_to_torch"))
        if version == "0.7.1":
            works = str(tensorrt_llm.str_dtype_to_torch("float16")), tensorrt_llm.mpi_rank()
    sys.path.remove(str(tree))

for (version, package), error in told.items():
    print(version, package, error or "is imported")
missing = "module {!r} has no attribute {!r}".format
first, second = "str_dtype_to_torchmpi_rank", "LoraManagerSamplingConfig"
errors = {told[version, "tensorrt_llm"] for version in trees}
assert (errors, works) == ({missing("tensorrt_llm", first)}, ("torch.float16", 0)), (
    "A star import asks for one name made of two, in 0.5.0 as in 0.7.1, where both are functions."
)
assert (known, works) == ([False, True], ("torch.float16", 0)), (
    "In 0.7.1 each of the two works by its own name; 0.5.0 does not import str_dtype_to_torch."
)
of_runtime = [told[version, "tensorrt_llm.runtime"] for version in trees]
assert of_runtime == ["", missing("tensorrt_llm.runtime", second)], (
    "A star import of tensorrt_llm.runtime fails in 0.7.1, for two classes as one, "
    "and not in 0.5.0."
)
listed = [run_together(trees["0.7.1"], package) for package in PACKAGES]
if must_fail("In each list of 0.7.1 two texts stand side by side without a comma."):
    listed[0] = run_together(trees["0.7.1"], "tensorrt_llm.layers")
assert listed == [[first], [second]], (
    "In each list of 0.7.1 two texts stand side by side without a comma."
)
