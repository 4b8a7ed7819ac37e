"""A module's forward that takes anything: an array's methods are offered, possible, beside why not.

Not where an annotation or a default says something else, nor in other functions.
"""

from typing import Any

import tinynet


class Net(tinynet.Module):
    def __init__(self):
        self.inner = Inner()  # -> .Inner [constructor]

    def forward(self, x, mask=None, name: str = "a"):
        x.half()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.half [native]
        y = x.T
        y.half()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.half [native]
        rows, columns = x.size()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.size [native]
        (x == rows).half()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.half [native]
        x[0].half()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.half [native]
        x.items()  # -> ? the parameter 'x' may hold anything
        mask.half()  # -> ? a caller may give anything & perhaps tinynet._C.ArrayBase.half [native]
        name.half()  # -> ? str objects have no attribute 'half'
        self.helped(x)  # -> .Net.helped [method]
        return self.inner(x)  # -> .Inner.forward [forward]

    def helped(self, given):
        given.half()  # -> ? may hold anything & perhaps tinynet._C.ArrayBase.half [native]


class Inner(tinynet.Module):
    def forward(self, x: Any):
        return x.half()  # -> ? the parameter 'x' may hold anything & perhaps tinynet._C.ArrayBase.half [native]


def free(x):
    x.half()  # -> ? the parameter 'x' may hold anything


class NoModule:
    def forward(self, x):
        x.half()  # -> ? the parameter 'x' may hold anything
