"""Functions and objects that Python's own functions call, with the elements that they are given."""

import functools

from tinynet import Identity, Linear, Module, ModuleList


class Net(Module):
    def __init__(self):
        self.layers = ModuleList([Linear(1)])  # -> tinynet.ModuleList.__init__ [constructor]; tinynet.Linear.__init__ [constructor]
        self.last = Identity()  # -> tinynet.Identity [constructor]

    def forward(self, x):
        x = functools.reduce(lambda h, layer: layer(h), self.layers, x)  # -> perhaps .Net.forward.<locals>.<lambda> [direct] & tinynet.ModuleList.__iter__ [method]; tinynet.Linear.forward [forward]
        parts = list(map(lambda layer: layer(x), self.layers))  # -> perhaps .Net.forward.<locals>.<lambda>~2 [direct] & tinynet.ModuleList.__iter__ [method]; tinynet.Linear.forward [forward]
        kept = list(filter(lambda layer: layer(x), self.layers))  # -> perhaps .Net.forward.<locals>.<lambda>~3 [direct] & tinynet.ModuleList.__iter__ [method]; tinynet.Linear.forward [forward]
        best = min(self.layers, key=lambda layer: layer(x))  # -> perhaps .Net.forward.<locals>.<lambda>~4 [direct] & tinynet.ModuleList.__iter__ [method]; tinynet.Linear.forward [forward]
        ordered = sorted([self.last], key=lambda layer: layer(x))  # -> perhaps .Net.forward.<locals>.<lambda>~5 [direct]; tinynet.Identity.forward [forward]
        return list(map(self.last, parts)), kept, best, ordered  # -> perhaps tinynet.Identity.forward [forward]


def chosen():
    functools.reduce(lambda last, new: new, [one, two])()  # -> perhaps .chosen.<locals>.<lambda> [direct]; .one [direct] | .two [direct]


def one():
    pass


def two():
    pass
