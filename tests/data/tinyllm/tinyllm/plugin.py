"""Plugins live in a library that is loaded when the package is imported."""

import ctypes
from pathlib import Path

NAMESPACE = "tinyllm"


def load_plugins():
    library = ctypes.CDLL(str(Path(__file__).parent / "libs" / "libtinyllm.so"))
    library.initPlugins.restype = ctypes.c_bool
    assert library.initPlugins(None)
