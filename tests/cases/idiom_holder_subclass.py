"""A list of modules whose own constructor makes them, of a class given as an argument."""

from tinynet import Identity, Linear, Module, ModuleList


class Layers(ModuleList):
    def __init__(self, cls, count):
        super().__init__([cls(number) for number in range(count)])  # -> tinynet.ModuleList.__init__ [super]; tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        for layer, _ in zip(self, x):  # -> tinynet.ModuleList.__iter__ [method]
            x = layer(x)  # -> tinynet.Linear.forward [forward]
        return x


class Empty(ModuleList):
    def __init__(self, cls):
        super().__init__()  # -> tinynet.ModuleList.__init__ [super]
        self.cls = cls


class Net(Module):
    def __init__(self):
        self.layers = Layers(Linear, 2)  # -> .Layers.__init__ [constructor]
        self.empty = Empty(Identity)  # -> .Empty.__init__ [constructor]

    def forward(self, x):
        self.layers(x)  # -> .Layers.forward [forward]
        self.empty[0](x)  # -> tinynet.ModuleList.__getitem__ [method]; ? what is in the container is not known
