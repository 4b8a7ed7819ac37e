"""A decorator writes a dataclass's constructor, whatever its base has written itself."""

from dataclasses import dataclass


class Output:
    def __init__(self, *args, **kwargs):
        self.args = args

    def __post_init__(self):
        helper()  # -> .helper [direct]


def helper():
    pass


@dataclass
class Written(Output):
    size: int = 1


class Inherits(Written):
    pass


class Plain(Output):
    size: int = 1


@dataclass
class Own(Output):
    def __init__(self):
        pass


def run():
    Written(2)  # -> .Output.__post_init__ [method] & .Written [constructor]
    Inherits(2)  # -> .Inherits [constructor] & .Output.__post_init__ [method]
    Plain(2)  # -> .Output.__init__ [constructor]
    Own()  # -> .Own.__init__ [constructor]
