"""What `replace` puts into a dataclass's field, and what its factory or `field` says of a default."""

import copy
import dataclasses
from dataclasses import dataclass, field, replace
from typing import Any, Callable


def one():
    pass


def two():
    pass


def both():
    return [Spec(), Spec(two)]  # -> .Spec [constructor]; .Spec [constructor]


TABLE = {"one": one, "two": two}


@dataclass(frozen=True)
class Spec:
    act: Callable = one
    kind: str = "one"


@dataclass
class Plan:
    specs: list[Spec] = field(default_factory=both)
    single: Spec = field(default_factory=Spec)
    act: Callable = field(default=two)
    loose: Any = field(default_factory=lambda: Spec(two))  # -> .Spec [constructor]


def replaced():
    replace(Spec(), act=two).act()  # -> .two [direct]; .Spec [constructor]
    dataclasses.replace(Spec(two), kind="two").act()  # -> .two [direct]; .Spec [constructor]
    TABLE[copy.replace(Spec(), kind="two").kind]()  # -> .two [direct]; .Spec [constructor]
    replace(object(), act=two).act()  # -> ? the result of dataclasses.replace is not followed


def by_factory():
    plan = Plan()  # -> .Plan [constructor] & .both [direct] & .Spec [constructor] & .Plan.<lambda> [direct]
    plan.single.act()  # -> .one [method]
    plan.act()  # -> .two [method]
    plan.loose.act()  # -> .two [direct]
    for spec in plan.specs:
        spec.act()  # -> .one [method] | .two [direct]
    Plan(act=one).act()  # -> .Plan [constructor] & .both [direct] & .Spec [constructor] & .Plan.<lambda> [direct]; .one [direct]
    Plan([Spec(two)]).specs[0].act()  # -> .Plan [constructor] & .Spec [constructor] & .Plan.<lambda> [direct]; .two [direct]; .Spec [constructor]


def not_known(act, kind: str):
    spec = Spec(act, kind)  # -> .Spec [constructor]
    spec.act()  # -> ? a caller may give anything
    TABLE[spec.kind]()  # -> .one [direct] | .two [direct]
    replace(Spec(), act=act).act()  # -> ? a caller may give anything; .Spec [constructor]
    Spec(kind=str(kind)).act()  # -> .Spec [constructor]; .one [method]
    TABLE[Spec(kind=f"{kind}!").kind]()  # -> .one [direct] | .two [direct]; .Spec [constructor]
