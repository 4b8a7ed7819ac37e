"""A holder of deep holders still holds them, by name and by place; far below only their classes."""

from collections import OrderedDict

from tinynet import Identity, Linear, Module, PartDict, Sequential


class Block(Module):
    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return self.inner(x)  # -> .Block.forward [forward] | tinynet.Identity.forward [forward] | tinynet.Sequential.forward [forward]


class Deep(Module):
    def __init__(self):
        self.stem = Linear(1)  # -> tinynet.Linear.__init__ [constructor]
        self.body = deep()  # -> .deep [direct]


def deep():
    return Block(Block(Sequential(Identity(), Block(Identity()))))  # -> .Block.__init__ [constructor]; .Block.__init__ [constructor]; tinynet.Sequential.__init__ [constructor]; tinynet.Identity [constructor]; .Block.__init__ [constructor]; tinynet.Identity [constructor]


class Getter(PartDict):
    def __init__(self, model):
        found = OrderedDict()
        found["stem"] = model.stem
        found["body"] = model.body
        super().__init__(found)  # -> tinynet.PartDict.__init__ [super]

    def forward(self, x):
        for name, part in self.items():  # -> tinynet.PartDict.items [method]
            x = part(x)  # -> .Block.forward [forward] | tinynet.Linear.forward [forward]
        return x


def run(x):
    got = Getter(Deep())  # -> .Getter.__init__ [constructor]; .Deep.__init__ [constructor]
    got(x)  # -> .Getter.forward [forward]
