"""Import everything from tensorrt_llm.runtime by star, in 0.7.1 and in 0.5.0."""

import importlib
import os
import sys
from types import ModuleType

os.environ["TLLM_LOG_LEVEL"] = "error"

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))


def star_import(module):
    """Return why everything of a module cannot be imported."""
    try:
        exec(f"from {module} import *", {})
    except AttributeError as error:
        return str(error)
    return "it can"


def mend(module, *names):
    """Put the two names into a module's list that the missing comma made one of."""
    module.__all__[:] = [name for name in module.__all__ if name != "".join(names)] + [*names]


with standing_in():
    runtime = importlib.import_module("tensorrt_llm.runtime")
    package = importlib.import_module("tensorrt_llm")
    if must_fail("So `from tensorrt_llm.runtime import *` raises AttributeError."):
        mend(runtime, "LoraManager", "SamplingConfig")
    if must_fail(
        "The list of public names holds the two names as one: a comma is missing between them."
    ):
        mend(runtime, "LoraManager", "SamplingConfig")
    if must_fail(
        "`from tensorrt_llm import *` fails in the same way, over str_dtype_to_torch and mpi_rank."
    ):
        mend(package, "str_dtype_to_torch", "mpi_rank")
    if must_fail("Without compiled bindings there is no ModelRunnerCpp."):
        runtime.ModelRunnerCpp = None
    if must_fail(
        "ModelRunnerCpp is listed all the same, so the comma alone would not mend it there."
    ):
        runtime.__all__.remove("ModelRunnerCpp")
    if must_fail("Both classes can be imported by name."):
        del runtime.LoraManager
    refused = {name: star_import(name) for name in ("tensorrt_llm.runtime", "tensorrt_llm")}
    print("import * is refused:", *refused.values(), sep="\n  ")
    names = set(runtime.__all__)
    assert {"LoraManager", "SamplingConfig", "LoraManagerSamplingConfig"} & names == {
        "LoraManagerSamplingConfig"
    }, "The list of public names holds the two names as one: a comma is missing between them."
    assert "LoraManagerSamplingConfig" in refused["tensorrt_llm.runtime"], (
        "So `from tensorrt_llm.runtime import *` raises AttributeError."
    )
    assert "str_dtype_to_torchmpi_rank" in refused["tensorrt_llm"], (
        "`from tensorrt_llm import *` fails in the same way, over str_dtype_to_torch and mpi_rank."
    )
    assert all(hasattr(runtime, name) for name in ("LoraManager", "SamplingConfig")), (
        "Both classes can be imported by name."
    )
    assert runtime.PYTHON_BINDINGS is False and not hasattr(runtime, "ModelRunnerCpp"), (
        "Without compiled bindings there is no ModelRunnerCpp."
    )
    assert "ModelRunnerCpp" in names, (
        "ModelRunnerCpp is listed all the same, so the comma alone would not mend it there."
    )


class Bindings(ModuleType):
    """Any name can be imported from it, and none does anything."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__getattr__": lambda self, name: name})()


with standing_in():
    sys.modules["tensorrt_llm.bindings"] = Bindings("tensorrt_llm.bindings")
    if must_fail(
        "Any importable tensorrt_llm.bindings, even an empty one, makes PYTHON_BINDINGS true."
    ):
        del sys.modules["tensorrt_llm.bindings"]
    runtime = importlib.import_module("tensorrt_llm.runtime")
    assert runtime.PYTHON_BINDINGS and hasattr(runtime, "ModelRunnerCpp"), (
        "Any importable tensorrt_llm.bindings, even an empty one, makes PYTHON_BINDINGS true."
    )

sys.path[0] = str(trees["0.5.0"])
with standing_in():
    older = {name: star_import(name) for name in ("tensorrt_llm.runtime", "tensorrt_llm")}
    print("in 0.5.0:", *older.values(), sep="\n  ")
    if must_fail("In 0.5.0 the runtime's star import works, and the package's fails."):
        older = refused
    assert (
        older["tensorrt_llm.runtime"] == "it can"
        and older["tensorrt_llm"] == (refused["tensorrt_llm"])
    ), "In 0.5.0 the runtime's star import works, and the package's fails."
