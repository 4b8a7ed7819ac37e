"""What an object keeps, looked up by a path that is a text."""

from tinynet import Identity, Kept, Linear, Sequential


class Net(Kept):
    def __init__(self):
        super().__init__()  # -> tinynet.Kept.__init__ [super]
        self.body = Sequential(Linear(1), Identity())  # -> tinynet.Sequential.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]
        self.head = Kept()  # -> tinynet.Kept.__init__ [constructor]
        self.head.out = Linear(1)  # -> tinynet.Linear.__init__ [constructor]

    def forward(self, x):
        x = self.find_part("body.1")(x)  # -> tinynet.Kept.find_part [method]; tinynet.Identity.forward [forward]
        x = self.find_part("head.out")(x)  # -> tinynet.Kept.find_part [method]; tinynet.Linear.forward [forward]
        return self.find_part("body")(x)  # -> tinynet.Kept.find_part [method]; tinynet.Sequential.forward [forward]
