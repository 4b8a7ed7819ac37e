"""Names that are made when the code runs, kept in a list and looked up later."""

from tinynet import Identity, Kept, Linear


class Stages(Kept):
    def __init__(self, count):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.names = []
        for place in range(count):
            name = f"stage{place}"
            self.add_part(name, Linear(1))  # -> tinynet.Kept.add_part [method]; tinynet.Linear.__init__ [constructor]
            self.names.append(name)
        self.last = Identity()  # -> tinynet.Identity [constructor]

    def forward(self, x, other):
        for name in self.names:
            x = getattr(self, name)(x)  # -> tinynet.Linear.forward [forward] | ? is made when it runs
        x = getattr(self, "last")(x)  # -> tinynet.Identity.forward [forward]
        return getattr(other, name)(x)  # -> ? the parameter 'other' may hold anything


class Given(Kept):
    def __init__(self, parts):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        for name, part in parts.items():
            self.add_part(name, part)  # -> tinynet.Kept.add_part [method]
        self.names = [text + "_" for text in parts]

    def forward(self, x):
        for name in self.names:
            x = getattr(self, name)(x)  # -> tinynet.Identity.forward [forward] | tinynet.Linear.forward [forward] | ? is made when it runs
        return x


class Pairs(Kept):
    def __init__(self, count):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        pairs = []
        for place in range(count):
            pairs.append((f"part{place}", Linear(1)))  # -> tinynet.Linear.__init__ [constructor]
        for pair in pairs:
            self.add_part(*pair)  # -> tinynet.Kept.add_part [method]

    def forward(self, x):
        return self.part0(x)  # -> tinynet.Linear.forward [forward] | ? is made when it runs


class Without(Kept):
    def __init__(self):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.only = Linear(1)  # -> tinynet.Linear.__init__ [constructor]

    def forward(self, x, name):
        return getattr(self, name + "")(x)  # -> ? is made when it runs


def run(x):
    Stages(2)(x, x)  # -> .Stages.__init__ [constructor]; .Stages.forward [forward]
    Given({"a": Linear(1), "b": Identity()})(x)  # -> .Given.__init__ [constructor]; .Given.forward [forward]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
    Pairs(2)(x)  # -> .Pairs.__init__ [constructor]; .Pairs.forward [forward]
    Without()(x, "only")  # -> .Without.__init__ [constructor]; .Without.forward [forward]
