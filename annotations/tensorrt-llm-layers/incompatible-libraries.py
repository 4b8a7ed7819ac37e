"""Let each step of loading fail in turn, and see what a user is told.

The libraries are not here; what a mismatch would really do inside them is not shown.
"""

import ctypes
import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))

MISMATCH = "undefined symbol: a name that another torch has"


def told():
    """Initialise the package anew, and return the error that comes of it."""
    _common._inited = False
    try:
        _common._init()
    except Exception as error:
        return error
    return None


def mismatched(path):
    """Fail as a loader does with a library that was built against another torch."""
    raise OSError(MISMATCH)


def missing(path, **options):
    """Fail as a loader does without the library, or without one that it needs."""
    raise OSError(f"{path}: cannot open shared object file")


class Other:
    """A library without the function that registers the plugins."""


class Refusing:
    """A library whose registration fails."""

    def __init__(self):
        self.initTrtLlmPlugins = lambda *arguments: False
        self.initTrtLlmPlugins.argtypes = None


with standing_in():
    load_library, cdll = torch.ops.load_library, ctypes.CDLL
    torch.ops.load_library = mismatched
    try:
        import tensorrt_llm
    except ImportError as error:
        operators = error
    import tensorrt_llm
    from tensorrt_llm import _common

    mismatch_later = told()
    torch.ops.load_library, ctypes.CDLL = load_library, missing
    absent = told()
    ctypes.CDLL = lambda path, **options: Other()
    other = told()
    ctypes.CDLL = lambda path, **options: Refusing()
    refusing = told()
    ctypes.CDLL = cdll
    fine = told()

for error in (operators, absent, other, refusing):
    print(type(error).__name__, "|", str(error).replace(str(tree), "…"))

assert type(operators) is ImportError and str(operators).startswith(MISMATCH), (
    "Where the library for torch does not load, an ImportError begins with the loader's own words."
)
assert "incompatibility between PyTorch and TensorRT-LLM" in str(operators), (
    "It goes on to suspect that torch and TensorRT-LLM do not belong together."
)
assert type(absent) is OSError, (
    "Where the plugins' library does not load, the loader's error comes."
)
assert type(other) is ImportError and str(other) == "TensorRT-LLM Plugin is unavailable", (
    "A library without the registering function is reported as an unavailable plugin."
)
assert type(refusing) is AssertionError, "A registration that fails is an assertion without words."
assert fine is None, "With both libraries there is no error."
assert tensorrt_llm.__version__ == "0.7.1", (
    "After an import that failed, the next one in the same process passes: nothing is tried again."
)
