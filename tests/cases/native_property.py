"""Attributes that run an operator when they are read; beside them those that only hold something."""

from tinynet.arrays import Array


def run(x: Array):
    y = x.T  # -> tinynet._C.ArrayBase.T [native]
    y.half()  # -> tinynet._C.ArrayBase.half [native]
    y.gradient.T.half()  # -> tinynet._C.ArrayBase.T [native]; tinynet._C.ArrayBase.half [native]
    return x.place.T
