"""Results that have names: by name, by place, unpacked; and which overload a call fits."""

from tinynet.arrays import Array


def run(x: Array, n: int):
    x.largest(0).values.half()  # -> tinynet._C.ArrayBase.largest [native]; tinynet._C.ArrayBase.half [native]
    x.largest(dim=n).places.half()  # -> tinynet._C.ArrayBase.largest [native]; tinynet._C.ArrayBase.half [native]
    x.largest(0)[1].half()  # -> tinynet._C.ArrayBase.largest [native]; tinynet._C.ArrayBase.half [native]
    x.largest(0).others.half()  # -> tinynet._C.ArrayBase.largest [native]; ? tuple objects have no attribute 'others'
    values, places = x.largest(0, keep=True)  # -> tinynet._C.ArrayBase.largest [native]
    values.half()  # -> tinynet._C.ArrayBase.half [native]
    x.largest().half()  # -> tinynet._C.ArrayBase.largest [native]; tinynet._C.ArrayBase.half [native]
    x.largest(x).half()  # -> tinynet._C.ArrayBase.largest [native]; tinynet._C.ArrayBase.half [native]
    x.largest().values.half()  # -> tinynet._C.ArrayBase.largest [native]; ? Array objects have no attribute 'values'
