"""A holder is filled after it is made, by `append` in a constructor; a list beside it is, too."""

from tinynet import Identity, Linear, Module, ModuleList


class Net(Module):
    def __init__(self, decodes):
        self.layers = ModuleList()  # -> tinynet.ModuleList.__init__ [constructor]
        self.layers.append(Linear(1))  # -> tinynet.ModuleList.append [method]; tinynet.Linear.__init__ [constructor]
        if decodes:
            self.layers.append(Identity())  # -> tinynet.ModuleList.append [method] if decodes; tinynet.Identity [constructor] if decodes
        self.empty = ModuleList()  # -> tinynet.ModuleList.__init__ [constructor]

    def forward(self, x):
        x = self.layers[0](x)  # -> tinynet.ModuleList.__getitem__ [method]; tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        for layer in self.layers:  # -> tinynet.ModuleList.__iter__ [method]
            x = layer(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        return self.empty[0](x)  # -> tinynet.ModuleList.__getitem__ [method]; ? not known
