"""What a compiled class has, by its stub and the list of operators; beside it what neither has."""

from tinynet import _C
from tinynet.arrays import Array


def run(x: Array):
    x.half()  # -> tinynet._C.ArrayBase.half [native]
    x.listed()  # -> tinynet._C.ArrayBase.listed [native]
    x.twice()  # -> tinynet.arrays.Array.twice [method]
    x.startswith("a")  # -> ? Array objects have no attribute 'startswith'
    x.append(1).get("b")  # -> ? Array objects have no attribute 'append'; ? Array objects have no attribute 'append'
    x.half.config()  # -> ? the native function tinynet._C.ArrayBase.half has no attribute 'config'
    x.half().missing.deeper()  # -> tinynet._C.ArrayBase.half [native]; ? Array objects have no attribute 'missing'
    x.place.beside().beside()  # -> tinynet._C.Place.beside [native]; tinynet._C.Place.beside [native]
    x.place.under()  # -> ? Place objects have no attribute 'under'
    x.looked.up()  # -> ? a stub says 'Any' of it


def of_classes():
    _C.ArrayBase.half(1)  # -> tinynet._C.ArrayBase.half [native]
    _C.ArrayBase.lower(1)  # -> ? tinynet._C.ArrayBase has no attribute 'lower'
    Array.half(1)  # -> tinynet._C.ArrayBase.half [native]
    _C.ArrayBase.mro()  # -> builtins.type.mro [external]
    _C.default_place.beside()  # -> tinynet._C.Place.beside [native]
    _C.default_place.under()  # -> ? Place objects have no attribute 'under'
    _C.not_in_the_stub()  # -> tinynet._C.not_in_the_stub [native]


class Own(Array):
    def __init__(self):
        self.set_here = Own2()  # -> .Own2 [constructor]

    def go(self):
        self.half()  # -> tinynet._C.ArrayBase.half [native]
        super().half()  # -> tinynet._C.ArrayBase.half [native]
        self.set_here.go()  # -> .Own2.go [method]
        self.set_nowhere.go()  # -> ? no 'set_nowhere' is ever set on


class Own2:
    def go(self):
        pass
