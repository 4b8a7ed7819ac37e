"""A package that puts an object in its place, and has a module inside."""

import sys
import types


def twice(side):
    return side + side


class Asked(types.ModuleType):
    def __getattr__(self, name):
        return twice


sys.modules[__name__] = Asked(__name__)
