"""Watch which libraries the package loads, and what it asks of the first; in 0.5.0, too.

The libraries are not here: a stand-in takes their place, so what is in them is not shown.
"""

import ctypes
import platform
import sys
from pathlib import Path

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
events, paths = [], []


def watched(name, load):
    """Note that a loader is called, with the library's name and, if it has one, the mode."""

    def watch(path, **options):
        paths.append(Path(path))
        mode = {ctypes.RTLD_GLOBAL: "global"}.get(options.get("mode"), "")
        events.append((name, paths[-1].name.removeprefix("lib"), mode))
        handle = load(path, **options)
        if handle is not None:
            handle.initTrtLlmPlugins = initialise
        return handle

    return watch


def initialise(*arguments):
    """Stand for the function that the plugins' library exports."""
    types = initialise.argtypes, initialise.restype
    events.append(("initTrtLlmPlugins", arguments, types))
    return True


def imported():
    """Import the package; return what was loaded and called then, and the folders of libraries."""
    events.clear()
    paths.clear()
    initialise.argtypes = initialise.restype = None
    ctypes.CDLL = watched("CDLL", ctypes.CDLL)
    torch.ops.load_library = watched("load_library", torch.ops.load_library)
    import tensorrt_llm

    package = Path(tensorrt_llm.__file__).parent
    return events.copy(), {path.parent.relative_to(package) for path in paths}


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in():
    older = imported()
sys.path[0] = str(trees["0.7.1"])
with standing_in():
    at_import, folders = imported()
    from tensorrt_llm import _common

    events.clear()
    _common._init()
    again = events.copy()
    _common._inited = False
    _common._init()

for event in events:
    print(*event)
loaded = [(loader, library) for loader, library, _ in events if loader != "initTrtLlmPlugins"]
suffix = {"Windows": ".dll"}.get(platform.system(), ".so")
plugins, operators = f"nvinfer_plugin_tensorrt_llm{suffix}", f"th_common{suffix}"
assert loaded == [("CDLL", plugins), ("load_library", operators)], (
    "Two libraries are loaded: the plugins for TensorRT by ctypes, then the operators for torch."
)
assert ("CDLL", plugins, "global") in events, (
    "The plugins' symbols are made global for libraries that are loaded later."
)
calls = [event[1:] for event in events if event[0] == "initTrtLlmPlugins"]
types = ([ctypes.c_void_p, ctypes.c_char_p], ctypes.c_bool)
assert calls == [((None, b"tensorrt_llm"), types)], (
    "One function of the first library is called: without a logger, with the plugins' namespace."
)
assert at_import == events, "All of this happens when the package is imported."
assert again == [], "A second initialisation loads nothing."
libs = [(tree / "tensorrt_llm/libs").exists() for tree in trees.values()]
assert (folders, libs) == ({Path("libs")}, [False, False]), (
    "Both are looked for in the package's own folder libs, which the sources do not have."
)
print("in 0.5.0:", *older[0])
assert older == (at_import, folders), (
    "0.5.0 loads the same two libraries from its folder libs, and calls the same function."
)
