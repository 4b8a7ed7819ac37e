"""A dataclass's constructor sets the fields by the class's own `__setattr__`, not if it is frozen."""

from dataclasses import dataclass


class Watched:
    def __setattr__(self, name, value):
        helper()  # -> .helper [direct]
        super().__setattr__(name, value)


def helper():
    pass


@dataclass
class Open(Watched):
    size: int = 1


@dataclass(frozen=True)
class Frozen(Watched):
    size: int = 1


@dataclass
class Plain:
    size: int = 1


def run():
    Open(2)  # -> .Open [constructor] & .Watched.__setattr__ [method]
    Frozen(2)  # -> .Frozen [constructor]
    Plain(2)  # -> .Plain [constructor]
