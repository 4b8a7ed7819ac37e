"""Let each step of loading fail in turn, and see what a user is told.

The libraries are not here; what a mismatch would really do inside them is not shown.
"""

import ctypes
import sys

import torch

from srcread.lab import must_fail, source_tree
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
    message = MISMATCH
    if must_fail(
        "Where the library for torch does not load, an ImportError begins with the loader's words."
    ):
        message = "cannot be loaded"
    raise OSError(message)


def missing(path, **options):
    """Fail as a loader does without the library, or without one that it needs."""
    raise OSError(f"{path}: cannot open shared object file")


class Other:
    """A library without the function that registers the plugins."""


def unregistering(path, **options):
    """Load such a library."""
    return Other()


class Refusing:
    """A library whose registration fails."""

    def __init__(self):
        self.initTrtLlmPlugins = lambda *arguments: False
        self.initTrtLlmPlugins.argtypes = None


def tried():
    """Import the package, and return the error that comes of it."""
    try:
        import tensorrt_llm  # noqa: F401  (it loads the libraries)
    except ImportError as error:
        return error
    return None


absence, others, refusal = missing, Other, Refusing
if must_fail("Where the plugins' library does not load, the loader's error comes."):
    absence = unregistering
if must_fail("A library without the registering function is reported as an unavailable plugin."):
    others = Refusing
if must_fail("A registration that fails is an assertion without words."):
    refusal = Other

with standing_in():
    load_library, cdll = torch.ops.load_library, ctypes.CDLL
    torch.ops.load_library = mismatched
    operators, second = tried(), tried()
    torch.ops.load_library = load_library
    from tensorrt_llm import _common

    ctypes.CDLL = absence
    absent = told()
    ctypes.CDLL = lambda path, **options: others()
    other = told()
    ctypes.CDLL = lambda path, **options: refusal()
    refusing = told()
    ctypes.CDLL = cdll
    if must_fail("With both libraries there is no error."):
        ctypes.CDLL = missing
    fine = told()
    ctypes.CDLL = cdll

if must_fail("It goes on to suspect that torch and TensorRT-LLM do not belong together."):
    operators = ImportError(MISMATCH)
for error in (operators, absent, other, refusing):
    print(type(error).__name__, "|", str(error).replace(str(tree), "…"))

assert type(operators) is ImportError and str(operators).startswith(MISMATCH), (
    "Where the library for torch does not load, an ImportError begins with the loader's words."
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
assert second is None, (
    "After an import that failed, the next one in the same process passes: nothing is tried again."
)
