"""A field's default is one of what may be there, of an object that somebody else made.

What else may be there is what its annotation allows; of an object that is made here it is known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Optional

import unread


class Norm:
    def go(self):
        pass


class Other(Norm):
    pass


def relu(x):
    pass


def gelu(x):
    pass


ACTS = {"relu": relu, "gelu": gelu, "none": None}


@dataclass
class Inner:
    act: str = "relu"


@dataclass
class Config:
    act: str = "relu"
    one_of: Literal["relu", "none"] = "relu"
    norm: type = Norm
    run: Any = None
    hook: Optional[Norm] = None
    inner: Inner = field(default_factory=Inner)
    parts: list[Callable] = field(default_factory=lambda: [relu])
    run_with: Callable = relu
    size: int = 2


class Place(NamedTuple):
    act: str = "relu"


class Settings(unread.Base):
    act: str = "relu"


class Written:
    act: str = "relu"

    def __init__(self, size: int = 2):
        self.size = size


def given(config: Config, x):
    ACTS[config.act](x)  # -> .relu [direct] | .gelu [direct]
    ACTS[config.one_of](x)  # -> .relu [direct]
    ACTS[config.inner.act](x)  # -> .relu [direct] | .gelu [direct]
    config.norm()  # -> .Norm [constructor] | ? a caller may give anything
    config.run(x)  # -> ? a caller may give anything
    config.hook.go()  # -> .Norm.go [method]
    config.parts[0](x)  # -> .relu [direct] | ? a caller may give anything
    config.run_with(x)  # -> .relu [method] | ? a caller may give anything
    handed(config.act, x)  # -> .handed [direct]


def handed(act, x):
    ACTS[act](x)  # -> .relu [direct] | .gelu [direct]


def by_name(config: Config, norms: Norm):
    getattr(norms, config.act)()  # -> ? the name that builtins.getattr looks up is made when it runs


def others(place: Place, settings: Settings, written: Written, x):
    ACTS[place.act](x)  # -> .relu [direct] | .gelu [direct]
    ACTS[settings.act](x)  # -> .relu [direct] | .gelu [direct]
    ACTS[written.act](x)  # -> .relu [direct]


class Layer:
    def __init__(self, config: Config):
        self.act = ACTS[config.act]
        self.config = config

    def run(self, x):
        self.act(x)  # -> .relu [direct] | .gelu [direct]
        ACTS[self.config.act](x)  # -> .relu [direct] | .gelu [direct]


def almost(x):
    ACTS[Config().act](x)  # -> .relu [direct]; .Config [constructor] & .Inner [constructor] & .Config.<lambda> [direct]
    ACTS[Config(act="gelu").act](x)  # -> .gelu [direct]; .Config [constructor] & .Inner [constructor] & .Config.<lambda> [direct]
    ACTS[Place().act](x)  # -> .relu [direct]; .Place [constructor]
