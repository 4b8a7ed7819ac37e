"""A holder that takes its modules as arguments runs each of them."""

from tinynet import Identity, Linear, Module, Sequential


class Net(Module):
    def __init__(self):
        self.body = Sequential(Linear(1), Identity())  # -> tinynet.Sequential.__init__ [constructor]; tinynet.Linear.__init__ [constructor]; tinynet.Identity [constructor]

    def forward(self, x):
        return self.body(x)  # -> tinynet.Sequential.forward [forward]


def last():
    body = Sequential(Linear(1))  # -> tinynet.Sequential.__init__ [constructor]; tinynet.Linear.__init__ [constructor]
    body[-1](1)  # -> tinynet.Linear.forward [forward]
