"""Import everything from the packages by a star."""

import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
PACKAGES = ("tensorrt_llm", "tensorrt_llm.runtime")
CLASSES = ["LoraManager", "SamplingConfig"]


def starred(module):
    """Import everything from a module; return the error's words."""
    try:
        exec(f"from {module} import *", {})
    except AttributeError as error:
        return str(error)
    return ""


def by_name(module, names):
    """Return those of the names that can be imported from a module."""
    found = {}
    exec(f"import {module} as module", found)
    return [name for name in names if hasattr(found["module"], name)]


told, known = {}, []
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in():
        import tensorrt_llm
        import tensorrt_llm.runtime

        for package in PACKAGES:
            told[version, package] = starred(package)
        known.append(hasattr(tensorrt_llm, "str_dtype_to_torch"))
        if version == "0.7.1":
            works = str(tensorrt_llm.str_dtype_to_torch("float16")), tensorrt_llm.mpi_rank()
            imported = by_name("tensorrt_llm.runtime", CLASSES)
            listed = tensorrt_llm.runtime.__all__
            mended = [name for name in listed if name != "".join(CLASSES)] + CLASSES
            tensorrt_llm.runtime.__all__ = mended
            with_comma = starred("tensorrt_llm.runtime")
    sys.path.remove(str(tree))

for (version, package), error in told.items():
    print(version, package, error or "is imported")
print("0.7.1 tensorrt_llm.runtime, with the comma:", with_comma)
missing = "module 'tensorrt_llm' has no attribute 'str_dtype_to_torchmpi_rank'"
errors = {told[version, "tensorrt_llm"] for version in trees}
assert (errors, works) == ({missing}, ("torch.float16", 0)), (
    "A star import asks for one name made of two, in 0.5.0 as in 0.7.1, where both are functions."
)
assert (known, works) == ([False, True], ("torch.float16", 0)), (
    "In 0.7.1 each of the two works by its own name; 0.5.0 does not import str_dtype_to_torch."
)
of_runtime = [told[version, "tensorrt_llm.runtime"] for version in trees]
if must_fail("So does a star import of the runtime in 0.7.1; in 0.5.0 it works."):
    of_runtime.reverse()
assert of_runtime == [
    "",
    "module 'tensorrt_llm.runtime' has no attribute 'LoraManagerSamplingConfig'",
], "So does a star import of the runtime in 0.7.1; in 0.5.0 it works."
if must_fail("LoraManager and SamplingConfig can be imported by name."):
    imported = imported[:1]
assert imported == CLASSES, "LoraManager and SamplingConfig can be imported by name."
if must_fail(
    "With the comma, a star import of the runtime fails for ModelRunnerCpp, without the bindings."
):
    with_comma = of_runtime[0]
assert with_comma == "module 'tensorrt_llm.runtime' has no attribute 'ModelRunnerCpp'", (
    "With the comma, a star import of the runtime fails for ModelRunnerCpp, without the bindings."
)
