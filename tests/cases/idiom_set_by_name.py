"""Attributes that methods keep by name, as their source tells; names made when the code runs."""

from tinynet import Identity, Kept, Linear


class Net(Kept):
    def __init__(self):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.add_part("first", Linear(1))  # -> tinynet.Kept.add_part [method]; tinynet.Linear.__init__ [constructor]
        self.register_part(value=Identity(), key="last")  # -> tinynet.Kept.register_part [method]; tinynet.Identity [constructor]
        for name in ("left", "right"):
            setattr(self, name, Linear(1))  # -> tinynet.Linear.__init__ [constructor]
        self.plain = 1

    def forward(self, x):
        x = self.first(x)  # -> tinynet.Linear.forward [forward]
        x = self.left(x)  # -> tinynet.Linear.forward [forward]
        x = self.last(x)  # -> tinynet.Identity.forward [forward]
        for name, part in self.named():  # -> tinynet.Kept.named [method]
            x = part(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward]
        return x


class Inner(Kept):
    def __init__(self):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.chain = Kept()  # -> tinynet.Kept.__init__ [constructor]
        self.chain.add_part("one", Linear(1))  # -> tinynet.Kept.add_part [method]; tinynet.Linear.__init__ [constructor]
        self.chain.two = Identity()  # -> tinynet.Identity [constructor]
        self.other = Kept()  # -> tinynet.Kept.__init__ [constructor]
        self.other.two = Linear(1)  # -> tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        x = self.chain.one(x)  # -> tinynet.Linear.forward [forward]
        x = self.chain.two(x)  # -> tinynet.Identity.forward [forward]
        return self.other.two(x)  # -> tinynet.Linear.forward [forward]


class Plain:
    def __init__(self):
        self.__dict__["one"] = Linear(1)  # -> tinynet.Linear.__init__ [constructor]
        self.__dict__.update(two=Identity())  # -> tinynet.Identity [constructor]
        object.__setattr__(self, "three", Linear(1))  # -> tinynet.Linear.__init__ [constructor]
        super().__setattr__("four", Identity())  # -> tinynet.Identity [constructor]

    def run(self, x):
        self.one(x)  # -> tinynet.Linear.forward [forward]
        self.two(x)  # -> tinynet.Identity.forward [forward]
        self.three(x)  # -> tinynet.Linear.forward [forward]
        return self.four(x)  # -> tinynet.Identity.forward [forward]
