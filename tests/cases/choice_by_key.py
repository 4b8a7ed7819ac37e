"""A table that names many classes: what it makes, by a default, by a fallback, by nothing."""

from functools import partial

from .parts.offered import ACTS, Elu, Gelu, Relu

WITH_ARGUMENTS = {name: (act, {}) for name, act in ACTS.items()}
READY = {
    "gelu": Gelu(),
    "relu": Relu(),
    "elu": Elu(),
}


def by_name(name):
    if not isinstance(name, str):
        return name
    name = name.lower()
    return ACTS[name]


class Mlp:
    def __init__(self, act="gelu", other=Relu, third: "str | None" = None):
        self.act = by_name(act)()  # -> .by_name [direct]; cases.parts.offered.Gelu [constructor] | ? a caller may give anything
        self.other = by_name(other)()  # -> .by_name [direct]; cases.parts.offered.Relu [constructor] | ? a caller may give anything
        self.third = (ACTS.get(third) or Elu)()  # -> cases.parts.offered.Elu [constructor] | ? one of the 14 that cases.choice_by_key.ACTS names

    def run(self):
        self.act.go()  # -> cases.parts.offered.Gelu.go [method] | ? a caller may give anything
        self.third.go()  # -> cases.parts.offered.Elu.go [method] | ? one of the 14


def fixed():
    by_name("relu")().go()  # -> .by_name [direct]; cases.parts.offered.Relu [constructor]; cases.parts.offered.Relu.go [method]
    by_name(partial(Gelu))().go()  # -> .by_name [direct]; cases.parts.offered.Gelu [constructor]; cases.parts.offered.Gelu.go [method]


def of_pair(name):
    cls, keywords = WITH_ARGUMENTS[name]
    cls(**keywords).go()  # -> ? one of the 14; ? one of the 14


def ready(name):
    READY[name].go()  # -> cases.parts.offered.Elu.go [method] | cases.parts.offered.Gelu.go [method] | cases.parts.offered.Relu.go [method]
