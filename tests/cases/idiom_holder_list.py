"""A list of modules, by loop, by index and by comprehension; beside it an empty one."""

import copy

from tinynet import Identity, Linear, Module, ModuleList


def _clones(module, n):
    return ModuleList([copy.deepcopy(module) for _ in range(n)])  # -> tinynet.ModuleList.__init__ [constructor]


class Net(Module):
    def __init__(self):
        self.layers = ModuleList([Linear(1), Identity()])  # -> tinynet.ModuleList.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        self.copies = _clones(Identity(), 2)  # -> ._clones [direct]; tinynet.Identity [constructor]
        self.nothing = ModuleList()  # -> tinynet.ModuleList.__init__ [constructor]

    def forward(self, x):
        for layer in self.layers:  # -> tinynet.ModuleList.__iter__ [method]
            x = layer(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        x = self.copies[0](x)  # -> tinynet.ModuleList.__getitem__ [method]; tinynet.Identity.forward [forward]
        for index, layer in enumerate(self.copies):  # -> tinynet.ModuleList.__iter__ [method]
            x = layer(x)  # -> tinynet.Identity.forward [forward]
        return x
