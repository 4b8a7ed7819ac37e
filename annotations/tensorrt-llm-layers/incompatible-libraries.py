"""Let each step of loading fail in turn, and see what a user is told.

The libraries are not here; what a mismatch would really do inside them is not shown.
"""

import ctypes
import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}

MISMATCH = "undefined symbol: a name that another torch has"
loaded = []


def told():
    """Initialise the package again, and return the error that comes of it."""
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
    except (ImportError, OSError) as error:
        return error
    return None


first, second = {}, {}
for version, tree in trees.items():
    sys.path.insert(0, str(tree))
    with standing_in():
        load_library, cdll = torch.ops.load_library, ctypes.CDLL
        torch.ops.load_library = mismatched
        first[version] = tried()
        torch.ops.load_library = loaded.append
        second[version] = tried(), loaded.copy()
        torch.ops.load_library = load_library
        print(version, type(first[version]).__name__, "| then", *second[version])
        if version == "0.7.1":
            _common = sys.modules["tensorrt_llm._common"]
            ctypes.CDLL = missing
            absent = told()
            ctypes.CDLL = lambda path, **options: Other()
            other = told()
            ctypes.CDLL = lambda path, **options: Refusing()
            refusing = told()
            ctypes.CDLL = cdll
    sys.path.remove(str(tree))

operators = first["0.7.1"]
for error in (operators, absent, other, refusing):
    print(type(error).__name__, "|", str(error).replace(str(trees["0.7.1"]), "…"))

assert type(operators) is ImportError and str(operators).startswith(MISMATCH), (
    "Where the library for torch does not load, an ImportError begins with the loader's words."
)
assert "incompatibility between PyTorch and TensorRT-LLM" in str(operators), (
    "It goes on to suspect that torch and TensorRT-LLM do not belong together."
)
raised = [type(error).__name__ for error in first.values()]
assert raised == ["OSError", "ImportError"], (
    "For the same fault 0.5.0 raises the loader's error, and 0.7.1 an ImportError."
)
assert type(absent) is OSError, (
    "Where the plugins' library does not load, the loader's error comes."
)
assert type(other) is ImportError and str(other) == "TensorRT-LLM Plugin is unavailable", (
    "A library without the registering function is reported as an unavailable plugin."
)
assert type(refusing) is AssertionError and not str(refusing), (
    "A registration that fails is an assertion without a message."
)
assert second == dict.fromkeys(trees, (None, [])), (
    "After an import that failed, the next one in the same process passes, and loads nothing."
)
