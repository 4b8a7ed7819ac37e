"""Watch which libraries the package loads, and what it asks of the first.

The libraries are not here: a stand-in takes their place, so what is in them is not shown.
"""

import ctypes
import platform
import sys
from pathlib import Path

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))

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


with standing_in():
    ctypes.CDLL = watched("CDLL", ctypes.CDLL)
    torch.ops.load_library = watched("load_library", torch.ops.load_library)
    import tensorrt_llm  # noqa: F401  (it loads when it is imported)
    from tensorrt_llm import _common

    at_import = events.copy()
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
libs = tree / "tensorrt_llm" / "libs"
folders = {path.parent for path in paths}
assert (folders, libs.exists()) == ({libs}, False), (
    "Both are looked for in the package's own folder libs, which the sources do not have."
)
