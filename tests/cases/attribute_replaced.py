"""What is put in the place of a function or a text counts, also where it is not known what it is.

A number in the place of a function chooses nothing, and is never called.
"""

import json
from dataclasses import dataclass


def relu():
    pass


def gelu():
    pass


ACTS = {"relu": relu, "gelu": gelu}


class Layer:
    def __init__(self):
        self.act = relu
        self.name = "relu"

    def run(self):
        self.act()  # -> .relu [direct] | ? the result of json.loads is not followed
        ACTS[self.name]()  # -> .relu [direct] | .gelu [direct]


class Almost(Layer):
    def run(self):
        self.act()  # -> .relu [direct]
        ACTS[self.name]()  # -> .relu [direct]


@dataclass
class Config:
    act: str = "relu"


def run(text):
    layer = Layer()  # -> .Layer.__init__ [constructor]
    layer.act = json.loads(text)
    layer.name = "gelu"
    layer.run()  # -> .Layer.run [method]
    almost = Almost()  # -> .Layer.__init__ [constructor]
    almost.act = 3
    almost.run()  # -> .Almost.run [method]


def configured():
    config = Config()  # -> .Config [constructor]
    config.act = "gelu"
    by_config(config)  # -> .by_config [direct]


def by_config(config):
    ACTS[config.act]()  # -> .relu [direct] | .gelu [direct]
