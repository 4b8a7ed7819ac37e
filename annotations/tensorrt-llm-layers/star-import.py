"""Import everything from the packages by a star."""

import sys

from srcread.lab import source_tree
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


told, known = {}, []
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in():
        import tensorrt_llm

        for package in PACKAGES:
            told[version, package] = starred(package)
        known.append(hasattr(tensorrt_llm, "str_dtype_to_torch"))
        if version == "0.7.1":
            works = str(tensorrt_llm.str_dtype_to_torch("float16")), tensorrt_llm.mpi_rank()
    sys.path.remove(str(tree))

for (version, package), error in told.items():
    print(version, package, error or "is imported")
missing = "module 'tensorrt_llm' has no attribute 'str_dtype_to_torchmpi_rank'"
errors = {told[version, "tensorrt_llm"] for version in trees}
assert (errors, works) == ({missing}, ("torch.float16", 0)), (
    "A star import asks for one name made of two, in 0.5.0 as in 0.7.1, where both are functions."
)
assert (known, works) == ([False, True], ("torch.float16", 0)), (
    "In 0.7.1 each of the two works by its own name; 0.5.0 does not import str_dtype_to_torch."
)
