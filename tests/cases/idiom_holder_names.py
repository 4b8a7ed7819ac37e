"""A holder by names: made of a dictionary, of `dict`, of pairs, or filled; by item and attribute."""

from collections import OrderedDict

from tinynet import Identity, Linear, Module, PartDict, Sequential


class Net(Module):
    def __init__(self, names):
        self.literal = PartDict({"one": Linear(1), "two": Identity()})  # -> tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        self.called = PartDict(dict(one=Linear(1), two=Identity()))  # -> tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        self.pairs = PartDict([["one", Linear(1)], ("two", Identity())])  # -> tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        self.later = PartDict()  # -> tinynet.PartDict.__init__ [constructor]
        self.later["one"] = Linear(1)  # -> tinynet.PartDict.__setitem__ [method]; tinynet.Linear.__init__ [constructor]
        self.later.update({"two": Identity()})  # -> tinynet.PartDict.update [method]; tinynet.Identity [constructor]
        self.made = PartDict({name: Linear(1) for name in names})  # -> tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]
        self.inner = PartDict(dict(deep=PartDict(dict(one=Linear(1)))))  # -> tinynet.PartDict.__init__ [constructor]; tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        x = self.literal.one(x)  # -> tinynet.Linear.forward [forward]
        x = self.literal["two"](x)  # -> tinynet.PartDict.__getitem__ [method]; tinynet.Identity.forward [forward]
        x = self.called.one(x)  # -> tinynet.Linear.forward [forward]
        x = self.called.two(x)  # -> tinynet.Identity.forward [forward]
        x = self.pairs.two(x)  # -> tinynet.Identity.forward [forward]
        x = self.pairs["one"](x)  # -> tinynet.PartDict.__getitem__ [method]; tinynet.Linear.forward [forward]
        x = self.later.one(x)  # -> tinynet.Linear.forward [forward]
        x = self.later.two(x)  # -> tinynet.Identity.forward [forward]
        x = self.made["any"](x)  # -> tinynet.PartDict.__getitem__ [method]; tinynet.Linear.forward [forward]
        return self.inner.deep.one(x)  # -> tinynet.Linear.forward [forward]


class Through(Module):
    def __init__(self):
        self.literal = PartDict({"one": Linear(1), "two": Identity()})  # -> tinynet.PartDict.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]

    def forward(self, x):
        for part in self.literal.values():  # -> tinynet.PartDict.values [method]
            x = part(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        for name, part in self.literal.items():  # -> tinynet.PartDict.items [method]
            x = part(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        for name in self.literal:  # -> tinynet.PartDict.__iter__ [method]
            x = self.literal[name](x)  # -> tinynet.PartDict.__getitem__ [method]; tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        for name in self.literal.keys():  # -> tinynet.PartDict.keys [method]
            x = self.literal[name](x)  # -> tinynet.PartDict.__getitem__ [method]; tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        return x


class Chain(Module):
    def __init__(self):
        self.named = Sequential(OrderedDict([("one", Linear(1)), ("two", Identity())]))  # -> tinynet.Sequential.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        filled = OrderedDict()
        filled["one"] = Linear(1)  # -> tinynet.Linear.__init__ [constructor]
        self.filled = Sequential(filled)  # -> tinynet.Sequential.__init__ [constructor]
        self.placed = Sequential(Linear(1), Identity())  # -> tinynet.Sequential.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]

    def forward(self, x):
        x = self.named.two(x)  # -> tinynet.Identity.forward [forward]
        x = self.filled.one(x)  # -> tinynet.Linear.forward [forward]
        x = self.placed[0](x)  # -> tinynet.Linear.forward [forward]
        x = self.placed[-1](x)  # -> tinynet.Identity.forward [forward]
        return self.named(x)  # -> tinynet.Sequential.forward [forward]
