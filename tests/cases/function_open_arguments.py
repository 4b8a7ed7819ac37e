"""A call that may give more than its text tells leaves no default certain: `**kw`, `*args`.

What is given by name counts, and of a dictionary that is told all.
"""

from dataclasses import dataclass


def relu():
    pass


def gelu():
    pass


ACTS = {"relu": relu, "gelu": gelu}


def _use(act="relu", run=relu):
    ACTS[act]()  # -> .relu [direct] | .gelu [direct]
    run()  # -> .relu [direct] | ? a caller may give anything


def _use_told(act="relu", run=relu):
    ACTS[act]()  # -> .gelu [direct]
    run()  # -> .relu [direct]


def _use_named(act="relu", run=relu):
    ACTS[act]()  # -> .relu [direct] | .gelu [direct]
    run()  # -> .gelu [direct]


class Layer:
    def __init__(self, act="relu"):
        self.act = act

    def run(self):
        ACTS[self.act]()  # -> .relu [direct] | .gelu [direct]


@dataclass
class _Config:
    act: str = "relu"


def build(_config):
    ACTS[_config.act]()  # -> .relu [direct] | .gelu [direct]


def passing(**options):
    _use(**options)  # -> ._use [direct]


def placing(*values):
    _use(*values)  # -> ._use [direct]


def given(options):
    Layer(**options).run()  # -> .Layer.__init__ [constructor]; .Layer.run [method]
    build(_Config(**options))  # -> .build [direct]; ._Config [constructor]
    _use_named(**options, run=gelu)  # -> ._use_named [direct]


def taken(**options):
    act = options.pop("act", "relu")
    ACTS[act]()  # -> .relu [direct] | .gelu [direct]


def almost():
    _use_told(**{"act": "gelu"})  # -> ._use_told [direct]
