"""Modules kept by name: gone through, and one put among them; beside them a plain dictionary."""

from tinynet import Identity, Kept, Linear


class Net(Kept):
    def __init__(self):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.first = Linear(1)  # -> tinynet.Linear.__init__ [constructor]
        self.plain = Plain()  # -> .Plain [constructor]
        self.others = {}

    def forward(self, x):
        for name, part in self.named():  # -> tinynet.Kept.named [method]
            x = part(x)  # -> tinynet.Linear.forward [forward]
        return self.others["one"](x)  # -> tinynet.Identity.forward [forward]


class Plain:
    def __call__(self, x):
        pass


def swap(net: Net, name):
    net._parts[name] = Identity()  # -> perhaps tinynet.Identity.forward [forward]; tinynet.Identity [constructor]
    net.others[name] = Identity()  # -> tinynet.Identity [constructor]
