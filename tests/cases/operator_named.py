"""An operator that no Python registers is the C++ of a library; a method beside it is a method."""

from tinynet.operators import Operators, operators


class Other:
    def __getattr__(self, name):
        return helper


def helper(*arguments):
    pass


def run(x):
    operators.other.scaled(x)  # -> other::scaled [native]
    operators.other.scaled.default(x)  # -> other::scaled [native]
    operators.other.scaled.out(x)  # -> other::scaled.out [native]
    Operators().other.Kind(x)  # -> tinynet.operators.Operators [constructor]; other::Kind [native]
    operators.load(x)  # -> tinynet.operators.Operators.load [method]
    Other().other(x)  # -> .Other [constructor]; .Other.__getattr__ [method]; .helper [direct]
