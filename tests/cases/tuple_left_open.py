"""What a tuple holds stays as open as it was: a default that a caller may replace, a large table."""

from .dict_large import MANY


def a():
    pass


def b():
    pass


def pair(first=a):
    return first, b


def of_table(key):
    return MANY[key], b


def run(anything):
    one, two = pair()  # -> .pair [direct]
    one()  # -> .a [direct]
    two()  # -> .b [direct]


def called(key):
    one, two = of_table(key)  # -> .of_table [direct]
    one()  # -> ? one of the 14 that cases.tuple_left_open.MANY names
    two()  # -> .b [direct]


class Model:
    def __init__(self, layer=a):
        self.layer, self.other = layer, b

    def run(self):
        self.layer()  # -> .a [direct] | ? a caller may give anything
        self.other()  # -> .b [direct]
