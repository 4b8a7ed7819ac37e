"""What compiled functions return, by their stub; beside it one of which nothing tells."""

from tinynet import _C
from tinynet.arrays import Array


def run(x: Array, n: int):
    x.half().half()  # -> tinynet._C.ArrayBase.half [native]; tinynet._C.ArrayBase.half [native]
    _C.make([n]).half()  # -> tinynet._C.make [native]; tinynet._C.ArrayBase.half [native]
    _C.Place().beside()  # -> tinynet._C.Place [native]; tinynet._C.Place.beside [native]
    x.size().product()  # -> tinynet._C.ArrayBase.size [native]; tinynet._C.Shape.product [native]
    x.size().index(n)  # -> tinynet._C.ArrayBase.size [native]; builtins.list.index [external]
    x.size(0).bit_length()  # -> tinynet._C.ArrayBase.size [native]; builtins.int.bit_length [external]
    x.size(0).product()  # -> tinynet._C.ArrayBase.size [native]; ? int objects have no attribute 'product'
    first, second = x.halves()  # -> tinynet._C.ArrayBase.halves [native]
    second.half()  # -> tinynet._C.ArrayBase.half [native]
    x.untold().half()  # -> tinynet._C.ArrayBase.untold [native]; ? what the native function tinynet._C.ArrayBase.untold returns is not known


def read(x: Array):
    x.width.bit_length()  # -> builtins.int.bit_length [external]
    x.place.kind.upper()  # -> builtins.str.upper [external]
    rows, columns = x.shape
    rows.bit_length()  # -> builtins.int.bit_length [external]
    x.shape[-1].bit_length()  # -> builtins.int.bit_length [external]
    x.gradient.half()  # -> tinynet._C.ArrayBase.half [native]


def annotated(ids: _C.LongArray):
    ids.half()  # -> tinynet._C.ArrayBase.half [native]
    (ids == 0).half()  # -> tinynet._C.ArrayBase.half [native]
    (0 < ids).half()  # -> tinynet._C.ArrayBase.half [native]
    (3 * ids - 1).half()  # -> tinynet._C.ArrayBase.half [native]
    sum([ids, ids]).half()  # -> builtins.sum [external]; tinynet._C.ArrayBase.half [native]
    max(ids, ids).half()  # -> builtins.max [external]; tinynet._C.ArrayBase.half [native]
    max([ids]).half()  # -> builtins.max [external]; tinynet._C.ArrayBase.half [native]
