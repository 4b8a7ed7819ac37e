"""What a dataclass's constructor is given stands in its fields: by place, by name, through bases."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Callable, ClassVar


def one():
    pass


def two():
    pass


@dataclass
class _Spec:
    act: Callable = one
    shared: ClassVar[Callable] = two
    size: int = 0
    made: Any = field(default=None, init=False)

    def run(self):
        self.act()  # -> .one [method] | .two [direct]


@dataclasses.dataclass(frozen=True)
class _More(_Spec):
    then: object = None


class _Plain:
    act: object = one


@dataclass
class _Late:
    act: object

    def __post_init__(self):
        self.act = two


def run():
    _Spec().act()  # -> ._Spec [constructor]; .one [method]
    _Spec(two).act()  # -> ._Spec [constructor]; .two [direct]
    _Spec(act=two, size=3).act()  # -> ._Spec [constructor]; .two [direct]
    _Spec(size=3).act()  # -> ._Spec [constructor]; .one [method]
    _Spec(two).shared()  # -> ._Spec [constructor]; .two [method]
    _Spec(two).run()  # -> ._Spec [constructor]; ._Spec.run [method]
    _Spec().run()  # -> ._Spec [constructor]; ._Spec.run [method]
    _More(two, 1, one).then()  # -> ._More [constructor]; .one [direct]
    _More(two, then=one).act()  # -> ._More [constructor]; .two [direct]


def other():
    _Late(one).act()  # -> ._Late [constructor] & ._Late.__post_init__ [method]; .one [direct] | .two [direct]
